//! The control endpoints over a bucket: the bytes go between client and store, and nothing that a
//! client says of them is believed.

use or3_domain::clock::Clock;
use or3_domain::storage::{FileIndex, FileMeta};
use or3_settings::Environment;
use or3_testkit::blob_store_suite::key_of;
use or3_testkit::{Answer, S3Answer, S3Server};
use serde_json::Value;

use crate::desk::{
    CONTENT, Calls, Deployment, Desk, commit, hash, presign_download, presign_upload, workspace,
};

async fn desk(server: &S3Server) -> Desk {
    let bucket = Environment::of(server.settings()).load();
    Desk::of(Deployment {
        bucket: Some(bucket.expect("settings")),
        ..Deployment::default()
    })
    .await
}

/// Does what the answer of a presign endpoint says, as the client's transfer queue does it.
fn follow(server: &S3Server, presigned: &Answer, body: &[u8]) -> S3Answer {
    assert_eq!(presigned.status, 200, "{}", presigned.message());
    let presigned = presigned.json();
    let headers = presigned["headers"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().expect("text")))
        .collect();
    let text = |member: &Value| member.as_str().expect("text").to_owned();
    let (method, url) = (text(&presigned["method"]), text(&presigned["url"]));
    server.send(&method, &url, &headers, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_go_between_client_and_store_and_never_through_us() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let desk = desk(&server).await;
    let upload = desk.owner.presign_upload(&presign_upload()).await;
    assert_eq!(upload.json()["storageId"], format!("ws:{}", hash()));
    let in_quarter = desk.clock.now().millis() + 900_000;
    assert_eq!(upload.json()["expiresAt"], in_quarter);
    assert_eq!(follow(&server, &upload, CONTENT).status, 200);
    let committed = desk.owner.commit(&commit()).await;
    assert_eq!(committed.status, 200, "{}", committed.message());
    let download = desk.viewer.presign_download(&presign_download()).await;
    assert_eq!(download.json()["disposition"], "inline");
    let file = follow(&server, &download, b"");
    assert_eq!((file.status, &file.body[..]), (200, CONTENT));
    assert_eq!(file.header("content-type"), "image/png");
    assert_eq!(
        file.header("content-disposition"),
        "inline; filename*=UTF-8''pic.png"
    );

    // Of what the store saw, the one PUT and the one GET of bytes were this test's own; we only
    // looked, to commit and to sign the download (and may have looked again).
    let object = format!("/files/ws/sha256/{}", key_of(CONTENT).hash().hex());
    let mut seen = server.requests(5);
    let looks = seen.len();
    seen.retain(|request| *request != format!("HEAD {object}"));
    assert!(looks - seen.len() >= 2, "{seen:?}");
    let bytes = [format!("PUT {object}"), format!("GET {object}")];
    assert_eq!(seen[1..], bytes, "after the bucket itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_uploaded_is_neither_committed_nor_served() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let desk = desk(&server).await;
    let answer = desk.owner.commit(&commit()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (404, "Uploaded file not found")
    );
    let upload = desk.owner.presign_upload(&presign_upload()).await;
    follow(&server, &upload, CONTENT);
    let answer = desk.owner.presign_download(&presign_download()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (404, "File not found"),
        "uploaded, but not committed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_believes_the_store_and_not_the_client() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let desk = desk(&server).await;
    let upload = desk.owner.presign_upload(&presign_upload()).await.json();
    let url = upload["url"].as_str().expect("a URL");
    // S3 would refuse all of these by the signature; this server takes them.
    let other = [
        ("x-amz-sdk-checksum-algorithm", "SHA256"),
        (
            "x-amz-checksum-sha256",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        ),
    ];
    for (headers, body, expected) in [
        (&[][..], &CONTENT[1..], (400, "Invalid commit input")),
        (&other[..], CONTENT, (400, "Hash mismatch")),
        (&[][..], CONTENT, (500, "Server Error")),
    ] {
        assert_eq!(server.send("PUT", url, headers, body).status, 200);
        let answer = desk.owner.commit(&commit()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            expected
        );
    }
    let facts = desk.files.find(&workspace(), key_of(CONTENT).hash()).await;
    assert_eq!(facts.expect("facts").committed, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_that_was_replaced_behind_our_back_gets_no_url() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let desk = desk(&server).await;
    let upload = desk.owner.presign_upload(&presign_upload()).await;
    follow(&server, &upload, CONTENT);
    assert_eq!(desk.owner.commit(&commit()).await.status, 200);
    let url = upload.json()["url"].as_str().expect("a URL").to_owned();
    server.send("PUT", &url, &[], &CONTENT[1..]);
    let answer = desk.owner.presign_download(&presign_download()).await;
    assert_eq!(answer.status, 500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_comes_down_as_an_opaque_attachment() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let desk = desk(&server).await;
    let upload = desk.owner.presign_upload(&presign_upload()).await;
    follow(&server, &upload, CONTENT);
    assert_eq!(desk.owner.commit(&commit()).await.status, 200);
    let page = FileMeta {
        mime_type: "text/html".to_owned(),
        name: "../../evil\r\n.html".to_owned(),
        kind: None,
        deleted: false,
    };
    desk.files
        .describe(&workspace(), *key_of(CONTENT).hash(), Some(page));
    let download = desk.owner.presign_download(&presign_download()).await;
    let file = follow(&server, &download, b"");
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename*=UTF-8''.._.._evil__.html"
    );
}

/// Clients forget what is 404 for good; a bucket that is away must not look like that.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_503() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let desk = desk(&server).await;
    drop(server);
    for answer in [
        desk.owner.commit(&commit()).await,
        desk.owner.presign_download(&presign_download()).await,
    ] {
        assert_eq!(
            (answer.status.as_u16(), answer.header("retry-after")),
            (503, "1")
        );
    }
}
