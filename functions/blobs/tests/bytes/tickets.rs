//! Who may use a URL, in both directions.

use std::time::Duration;

use http::Method;
use or3_domain::access::Role;
use or3_domain::clock::Clock;
use or3_domain::ids::UserId;
use or3_domain::storage::{Grant, UploadGrant, UrlTokens};
use or3_testkit::{Answer, Client, says, session, told};

use crate::dock::{Dock, download, elsewhere, put, upload};

const CONTENT: &[u8] = b"content";

/// Uses an upload URL and a download URL with the same token.
async fn both(client: &Client, token: &str) -> [Answer; 2] {
    let uploaded = put(
        client,
        &format!("/api/storage/fs/upload?token={token}"),
        CONTENT,
    )
    .await;
    let downloaded = client
        .get(&format!("/api/storage/fs/download?token={token}"))
        .await;
    [uploaded, downloaded]
}

fn grants() -> [Grant; 2] {
    [
        Grant::Upload(upload(CONTENT)),
        Grant::Download(download(CONTENT)),
    ]
}

/// Uses each direction's URL in its own direction.
async fn each(dock: &Dock, client: &Client) -> [Answer; 2] {
    [
        put(client, &dock.upload_url(CONTENT), CONTENT).await,
        client.get(&dock.download_url(CONTENT)).await,
    ]
}

#[tokio::test]
async fn without_a_token_it_is_400() {
    let dock = Dock::open().await;
    for path in ["", "?", "?token=", "?other=x"] {
        let uploaded = put(&dock.ann, &format!("/api/storage/fs/upload{path}"), CONTENT).await;
        let downloaded = dock
            .ann
            .get(&format!("/api/storage/fs/download{path}"))
            .await;
        assert_eq!(told(&uploaded), says(400, "Missing token"), "{path}");
        assert_eq!(told(&downloaded), says(400, "Missing token"), "{path}");
    }
}

#[tokio::test]
async fn rubbish_tampered_foreign_and_unsigned_tokens_are_403() {
    let dock = Dock::open().await;
    let good = dock.token(&grants()[0]);
    let foreign = UrlTokens::new("another secret", Duration::from_mins(15));
    let (foreign, _) = foreign
        .issue(&grants()[0], dock.clock.now())
        .expect("a token");
    let (head, signature) = good.rsplit_once('.').expect("three parts");
    let claims = head.split_once('.').expect("two parts").1;
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    let mixed = foreign.rsplit_once('.').expect("three parts").0;
    let mixed = format!("{mixed}x.{signature}");
    for token in [
        "garbage",
        "a.b.c",
        "%00",
        &foreign,
        &none,
        &mixed,
        &format!("{head}."),
    ] {
        for answer in both(&dock.ann, token).await {
            assert_eq!(
                told(&answer),
                says(403, "Invalid or expired token"),
                "{token}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_ends_to_the_second() {
    let dock = Dock::open().await;
    dock.store(CONTENT).await;
    let tokens = grants().map(|grant| dock.token(&grant));
    dock.clock
        .advance(Duration::from_mins(15) - Duration::from_secs(1));
    assert_eq!(both(&dock.ann, &tokens[0]).await[0].status, 200);
    assert_eq!(both(&dock.ann, &tokens[1]).await[1].status, 200);
    dock.clock.advance(Duration::from_secs(1));
    for token in &tokens {
        for answer in both(&dock.ann, token).await {
            assert_eq!(told(&answer), says(403, "Invalid or expired token"));
        }
    }
}

#[tokio::test]
async fn the_other_directions_token_is_403() {
    let dock = Dock::open().await;
    dock.store(CONTENT).await;
    let [upload, download] = grants().map(|grant| dock.token(&grant));
    let wrong = says(403, "Invalid operation token");
    assert_eq!(told(&both(&dock.ann, &download).await[0]), wrong);
    assert_eq!(told(&both(&dock.ann, &upload).await[1]), wrong);
}

#[tokio::test]
async fn a_url_without_its_users_cookies_is_401_and_with_anothers_403() {
    let dock = Dock::open().await;
    dock.store(CONTENT).await;
    dock.people
        .sign_in("bob", session("bob", "ws", Role::Owner));
    let refused = async || {
        for answer in each(&dock, &dock.nobody).await {
            assert_eq!(told(&answer), says(401, "Unauthorized"));
        }
        for answer in each(&dock, &dock.nobody.signed_in("bob")).await {
            assert_eq!(told(&answer), says(403, "Invalid token subject"));
        }
    };
    refused().await;
    std::fs::remove_dir_all(dock.root.path().join("workspaces")).expect("removed");
    // Nor is anybody told how the volume is.
    refused().await;
}

#[tokio::test]
async fn a_url_dies_when_its_user_leaves_the_workspace() {
    let dock = Dock::open().await;
    dock.store(CONTENT).await;
    dock.people
        .sign_in("ann", session("ann", "another", Role::Owner));
    for answer in each(&dock, &dock.ann).await {
        assert_eq!(told(&answer), says(403, "Forbidden"));
    }
}

#[tokio::test]
async fn who_is_a_viewer_by_now_may_still_read_and_no_longer_write() {
    let dock = Dock::open().await;
    dock.store(CONTENT).await;
    dock.people
        .sign_in("ann", session("ann", "ws", Role::Viewer));
    let [uploaded, downloaded] = each(&dock, &dock.ann).await;
    assert_eq!(told(&uploaded), says(403, "Forbidden"));
    assert_eq!(downloaded.status, 200);
}

#[tokio::test]
async fn a_url_for_a_workspace_where_its_user_is_not_is_403() {
    let dock = Dock::open().await;
    let grant = UploadGrant {
        key: elsewhere(CONTENT),
        ..upload(CONTENT)
    };
    let token = dock.token(&Grant::Upload(grant));
    let [uploaded, _] = both(&dock.ann, &token).await;
    assert_eq!(told(&uploaded), says(403, "Forbidden"));
}

#[tokio::test]
async fn a_token_for_nobody_is_no_token() {
    let dock = Dock::open().await;
    let grant = UploadGrant {
        user: UserId::new("  "),
        ..upload(CONTENT)
    };
    let token = dock.token(&Grant::Upload(grant));
    let [uploaded, _] = both(&dock.ann, &token).await;
    assert_eq!(told(&uploaded), says(403, "Invalid or expired token"));
}

#[tokio::test]
async fn other_methods_are_405() {
    let dock = Dock::open().await;
    for (method, url) in [
        (Method::POST, dock.upload_url(CONTENT)),
        (Method::GET, dock.upload_url(CONTENT)),
        (Method::PUT, dock.download_url(CONTENT)),
        (Method::DELETE, dock.download_url(CONTENT)),
    ] {
        assert_eq!(dock.ann.send(method, &url, "").await.status, 405);
    }
}

#[tokio::test]
async fn switched_off_storage_is_404() {
    let dock = Dock::with(false).await;
    for answer in each(&dock, &dock.ann).await {
        assert_eq!(told(&answer), says(404, "Not Found"));
    }
}
