//! What holds for every request.

use http::Method;
use or3_domain::access::Role;
use or3_testkit::{Answer, Client, says, session, told};

use crate::pier::{Calls, Deployment, Pier, UPLOADS, metadata, said};

const CONTENT: &[u8] = b"content";

/// Every request on an upload that nothing is wrong with.
async fn each(client: &Client, url: &str) -> [Answer; 3] {
    [
        client.patch(url, 0, CONTENT).await,
        client.ask(url).await,
        client.give_up(url).await,
    ]
}

#[tokio::test]
async fn options_says_what_there_is() {
    let pier = Pier::open().await;
    let answer = pier.nobody.send(Method::OPTIONS, UPLOADS, "").await;
    assert_eq!(answer.status, 204);
    for (name, value) in [
        ("tus-resumable", "1.0.0"),
        ("tus-version", "1.0.0"),
        (
            "tus-extension",
            "creation,creation-with-upload,checksum,expiration,termination",
        ),
        ("tus-max-size", "1000000"),
        ("tus-checksum-algorithm", "sha1,sha256,sha512"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn every_answer_names_the_version_and_is_never_kept_errors_included() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    let answers = [
        pier.ann.send(Method::OPTIONS, &url, "").await,
        pier.ann.announce(7, "rubbish").await,
        pier.nobody.ask(&url).await,
        pier.ann.ask(&url).await,
        pier.ann.patch(&url, 1, CONTENT).await,
    ];
    for answer in answers {
        assert_eq!(answer.header("tus-resumable"), "1.0.0");
        assert_eq!(answer.header("cache-control"), "no-store");
        let exposed = answer.header("access-control-expose-headers");
        for name in [
            "Location",
            "Upload-Offset",
            "Upload-Length",
            "Upload-Expires",
        ] {
            assert!(exposed.contains(name), "{exposed}");
        }
    }
}

#[tokio::test]
async fn another_version_is_412_with_ours() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    for version in [None, Some("0.2.2"), Some("1.0")] {
        for answer in each(&pier.other_version(version), &url).await {
            assert_eq!(answer.status, 412, "{version:?}");
            assert_eq!(answer.header("tus-version"), "1.0.0");
        }
    }
    assert_eq!(pier.ann.ask(&url).await.header("upload-offset"), "0");
}

impl Pier {
    fn other_version(&self, version: Option<&str>) -> Client {
        let client = self.ann.without_header("tus-resumable");
        version.map_or(client.clone(), |named| {
            client.with_header("tus-resumable", named)
        })
    }
}

#[tokio::test]
async fn who_may_not_write_may_not_upload() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    let people = &pier.people;
    people.sign_in("viewer", session("vic", "ws", Role::Viewer));
    people.sign_in("stranger", session("sam", "elsewhere", Role::Owner));
    let announced = async |client: Client| told(&client.announce(7, &metadata(CONTENT)).await);
    assert_eq!(
        announced(pier.nobody.clone()).await,
        says(401, "Unauthorized")
    );
    for token in ["viewer", "stranger"] {
        let client = pier.nobody.signed_in(token);
        assert_eq!(announced(client).await, says(403, "Forbidden"), "{token}");
    }
    for answer in each(&pier.nobody, &url).await {
        assert_eq!(answer.status, 401);
    }
    people.sign_in("bob", session("bob", "ws", Role::Owner));
    for answer in each(&pier.nobody.signed_in("bob"), &url).await {
        assert_eq!(answer.status, 403, "an upload is its own user's");
    }
    people.sign_in("ann", session("ann", "ws", Role::Viewer));
    for answer in each(&pier.ann, &url).await {
        assert_eq!(answer.status, 403, "who is a viewer by now");
    }
    assert_eq!(pier.names("uploads").len(), 1);
}

#[tokio::test]
async fn another_sites_page_is_403() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    let evil = pier.ann.with_header("origin", "https://evil.example");
    let announced = evil.announce(7, &metadata(CONTENT)).await;
    assert_eq!(announced.status, 403);
    assert_eq!(evil.patch(&url, 0, CONTENT).await.status, 403);
    assert_eq!(evil.give_up(&url).await.status, 403);
    let own = pier.ann.with_header("origin", "http://or3.test");
    assert_eq!(own.patch(&url, 0, CONTENT).await.status, 204);
}

#[tokio::test]
async fn what_no_upload_was_ever_called_is_404() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    for name in [
        "x",
        "%00",
        "%FF",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "1767312000-0000000000000000",
        &format!("{}x", url.rsplit('/').next().unwrap_or_default()),
    ] {
        for answer in each(&pier.ann, &format!("{UPLOADS}/{name}")).await {
            assert_eq!(answer.status, 404, "{name}");
            if !answer.body.is_empty() {
                assert_eq!(answer.message(), "Upload not found", "{name}");
            }
        }
    }
}

#[tokio::test]
async fn hostile_names_become_no_path() {
    let pier = Pier::open().await;
    let hash = format!("sha256:{}", "a".repeat(64));
    for hostile in ["..", "../ws", "ws/..", "%2e%2e", "ws\0", ".", "ws\\.."] {
        let answer = pier
            .ann
            .announce(7, &said(hostile, &hash, "image/png"))
            .await;
        assert_eq!(answer.status, 403, "{hostile:?}");
        let answer = pier
            .ann
            .announce(7, &said("ws", hostile, "image/png"))
            .await;
        assert_eq!(told(&answer), says(400, "Invalid hash"), "{hostile:?}");
    }
    assert_eq!(pier.names("uploads"), [""; 0]);
}

#[tokio::test]
async fn switched_off_it_is_404() {
    let pier = Pier::of(Deployment {
        enabled: false,
        ..Deployment::default()
    })
    .await;
    let answer = pier.ann.announce(7, &metadata(CONTENT)).await;
    assert_eq!(told(&answer), says(404, "Not Found"));
    let answer = pier.ann.patch(&format!("{UPLOADS}/x"), 0, "").await;
    assert_eq!(told(&answer), says(404, "Not Found"));
}

#[tokio::test]
async fn clients_that_can_only_post_can_say_what_they_mean() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    let posting =
        |client: &Client, meant: &str| client.with_header("x-http-method-override", meant);
    let patch = posting(&crate::pier::part(&pier.ann, 0), "PATCH");
    assert_eq!(patch.send(Method::POST, &url, "con").await.status, 204);
    assert_eq!(pier.ann.ask(&url).await.header("upload-offset"), "3");
    for meant in ["GET", "PUT", ""] {
        let other = posting(&pier.ann, meant);
        assert_eq!(other.send(Method::POST, &url, "").await.status, 405);
    }
    let delete = posting(&pier.ann, "DELETE");
    assert_eq!(delete.send(Method::POST, &url, "").await.status, 204);
    assert_eq!(pier.ann.ask(&url).await.status, 404);
}
