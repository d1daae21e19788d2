//! What signed URLs permit. The server takes every signature, so that it is read off the URLs
//! what S3 would hold a client to.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use or3_domain::clock::{Clock, Timestamp};
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::storage::mime::Disposition;
use or3_domain::storage::{
    BlobKey, BlobStore, ContentHash, DownloadGrant, Proof, SignedUrl, UploadGrant, UrlSigner,
};
use or3_s3::{S3Blobs, S3UrlSigner};
use or3_settings::S3;
use or3_testkit::{FixedClock, S3Answer, S3Server, blob_store_suite as suite};

use crate::{settings, store};

const CONTENT: &[u8] = b"not really a picture";

/// The settings of a server at which nothing is asked.
fn nowhere(changes: &[(&str, &str)]) -> S3 {
    let pairs = [
        ("OR3_STORAGE_S3_BUCKET", "files"),
        ("OR3_STORAGE_S3_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("OR3_STORAGE_S3_IF_NONE_MATCH", "false"),
    ];
    let pairs = pairs.iter().chain(changes).copied();
    or3_settings::Environment::of(pairs)
        .load()
        .expect("settings")
}

fn signer(settings: &S3) -> S3UrlSigner {
    S3UrlSigner::new(&store(settings), settings)
}

fn now() -> Timestamp {
    FixedClock::default().now()
}

fn upload(key: BlobKey, mime_type: &str) -> UploadGrant {
    UploadGrant {
        user: UserId::new("ann"),
        hash_as_sent: key.hash().to_string(),
        key,
        size_bytes: CONTENT.len() as u64,
        mime_type: mime_type.to_owned(),
    }
}

fn download(mime_type: &str, disposition: Disposition, filename: &str) -> DownloadGrant {
    DownloadGrant {
        user: UserId::new("ann"),
        key: suite::key_of(CONTENT),
        size_bytes: None,
        mime_type: mime_type.to_owned(),
        disposition,
        filename: filename.to_owned(),
    }
}

async fn signed(settings: &S3, key: BlobKey) -> SignedUrl {
    let signed = signer(settings)
        .sign_upload(&upload(key, "Image/PNG; q=1"), now())
        .await;
    signed.expect("a URL")
}

/// The parameters of a URL, as they stand there.
fn parameters(url: &str) -> BTreeMap<&str, &str> {
    let (_, query) = url.split_once('?').expect("a query");
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect()
}

/// Does what the URL says with the headers that it names.
fn follow(server: &S3Server, signed: &SignedUrl, body: &[u8]) -> S3Answer {
    let headers = signed.headers.iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    server.send(signed.method, &signed.url, &headers, body)
}

#[tokio::test]
async fn an_upload_is_bound_to_length_type_and_hash() {
    let settings = nowhere(&[("OR3_STORAGE_S3_KEY_PREFIX", "or3")]);
    let key = suite::key_of(CONTENT);
    let hex = key.hash().hex();
    let signed = signed(&settings, key).await;
    let (place, _) = signed.url.split_once('?').expect("a query");
    let host = "https://files.s3.eu-central-1.amazonaws.com";
    assert_eq!(place, format!("{host}/or3/ws/sha256/{hex}"));
    assert_eq!(signed.method, "PUT");
    let parameters = parameters(&signed.url);
    assert_eq!(
        parameters["X-Amz-SignedHeaders"],
        "content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256%3B\
         x-amz-sdk-checksum-algorithm"
    );
    assert_eq!(parameters["X-Amz-Expires"], "900");
    assert_eq!(parameters["X-Amz-Date"], "20260101T000000Z");
    assert_eq!(signed.expires_at, now().plus(Duration::from_mins(15)));
    let owned = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        signed.headers,
        [
            owned("content-type", "image/png"),
            owned("content-length", "20"),
            owned(
                "x-amz-checksum-sha256",
                "/hpKsftjRwNr6tc1l9XSlYsmrAuW9oyi9tzuU6UPKX4="
            ),
            owned("x-amz-sdk-checksum-algorithm", "SHA256"),
        ]
    );
}

#[tokio::test]
async fn a_legacy_hash_is_bound_by_its_own_header() {
    let hash = ContentHash::Md5([0; 16]);
    let key = BlobKey::new(&WorkspaceId::new("ws"), hash).expect("a plain id");
    let signed = signed(&nowhere(&[]), key).await;
    let names = parameters(&signed.url)["X-Amz-SignedHeaders"].to_owned();
    assert_eq!(names, "content-length%3Bcontent-md5%3Bcontent-type%3Bhost");
}

#[tokio::test]
async fn a_type_that_no_header_can_carry_is_refused() {
    for odd in ["", " ; q=1", "image/png\r\nx: y", "image/\u{7f}"] {
        let grant = upload(suite::key_of(CONTENT), odd);
        let refused = signer(&nowhere(&[])).sign_upload(&grant, now()).await;
        assert!(refused.is_err(), "{odd:?}");
    }
}

#[tokio::test]
async fn no_url_outlives_its_credentials() {
    let ending = |at| {
        nowhere(&[
            ("AWS_SESSION_TOKEN", "t"),
            ("AWS_CREDENTIAL_EXPIRATION", at),
        ])
    };
    let short = signed(&ending("2026-01-01T00:01:40Z"), suite::key_of(CONTENT)).await;
    assert_eq!(parameters(&short.url)["X-Amz-Expires"], "100");
    assert_eq!(parameters(&short.url)["X-Amz-Security-Token"], "t");
    assert_eq!(short.expires_at, now().plus(Duration::from_secs(100)));
    let ended = signer(&ending("2026-01-01T00:00:00Z"));
    let grant = upload(suite::key_of(CONTENT), "image/png");
    assert!(ended.sign_upload(&grant, now()).await.is_err());
    let soon = nowhere(&[("AWS_CREDENTIAL_EXPIRATION", "soon")]);
    let refused = S3Blobs::new(&soon, Arc::new(FixedClock::default())).err();
    let text = refused.map(|error| error.to_string()).unwrap_or_default();
    assert!(
        text.starts_with("AWS_CREDENTIAL_EXPIRATION is `soon`"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_client_uploads_is_proven_by_the_stores_checksum() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let settings = settings(&server, &[]);
    let key = suite::key_of(CONTENT);
    let url = signed(&settings, key.clone()).await;
    assert_eq!(follow(&server, &url, CONTENT).status, 200);
    let stat = store(&settings)
        .stat(&key)
        .await
        .expect("a look")
        .expect("a blob");
    assert_eq!((stat.size_bytes, stat.proof), (20, Proof::Given));
    let page = download("image/png", Disposition::Inline, "a.png");
    let url = signer(&settings).sign_download(&page, now()).await;
    assert_eq!(follow(&server, &url.expect("a URL"), b"").body, CONTENT);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_without_the_right_checksum_is_not_proven() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let (strict, lenient) = (
        settings(&server, &[]),
        settings(&server, &[("OR3_STORAGE_S3_REQUIRE_CHECKSUM", "false")]),
    );
    let key = suite::key_of(CONTENT);
    let proof = async |settings: &S3| {
        let stat = store(settings).stat(&key).await.expect("a look");
        stat.map(|stat| stat.proof)
    };
    let url = signed(&strict, key.clone()).await.url;
    assert_eq!(server.send("PUT", &url, &[], b"whatever").status, 200);
    assert_eq!(proof(&strict).await, Some(Proof::Missing));
    assert_eq!(proof(&lenient).await, Some(Proof::Given));
    let other = [
        ("x-amz-sdk-checksum-algorithm", "SHA256"),
        (
            "x-amz-checksum-sha256",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        ),
    ];
    assert_eq!(server.send("PUT", &url, &other, b"").status, 200);
    assert_eq!(proof(&strict).await, Some(Proof::Contrary));
    assert_eq!(proof(&lenient).await, Some(Proof::Contrary));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_must_be_free_and_a_repeated_upload_comes_through() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let settings = settings(&server, &[("OR3_STORAGE_S3_IF_NONE_MATCH", "true")]);
    let first = signed(&settings, suite::key_of(CONTENT)).await;
    let condition = ("if-none-match".to_owned(), "*".to_owned());
    assert!(first.headers.contains(&condition));
    assert!(parameters(&first.url)["X-Amz-SignedHeaders"].contains("if-none-match"));
    assert_eq!(follow(&server, &first, CONTENT).status, 200);
    assert_eq!(
        follow(&server, &first, CONTENT).status,
        412,
        "a URL that was replayed"
    );
    let again = signed(&settings, suite::key_of(CONTENT)).await;
    assert!(!again.headers.contains(&condition));
    assert_eq!(follow(&server, &again, CONTENT).status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_served_as_the_url_says() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let settings = settings(&server, &[]);
    let key = suite::key_of(CONTENT);
    let put = store(&settings)
        .put(&key, 20, suite::body(CONTENT, 7))
        .await;
    put.expect("stored");
    let page = download(
        "application/octet-stream",
        Disposition::Attachment,
        "a\"; é.html",
    );
    let url = signer(&settings)
        .sign_download(&page, now())
        .await
        .expect("a URL");
    assert_eq!((url.method, url.headers.len()), ("GET", 0));
    let parameters = parameters(&url.url);
    assert_eq!(parameters["X-Amz-SignedHeaders"], "host");
    assert_eq!(
        parameters["response-content-type"],
        "application%2Foctet-stream"
    );
    let answer = follow(&server, &url, b"");
    assert_eq!((answer.status, &answer.body[..]), (200, CONTENT));
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename*=UTF-8''a%22%3B%20%C3%A9.html"
    );
}
