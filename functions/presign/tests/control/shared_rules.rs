use http::Method;
use or3_testkit::{Answer, Client};
use serde_json::{Value, json};

use crate::desk::{Deployment, Desk, commit, presign_download, presign_upload, with};

/// Every endpoint with a body that it takes.
fn endpoints() -> [(&'static str, Value); 3] {
    [
        ("/api/storage/presign-upload", presign_upload()),
        ("/api/storage/presign-download", presign_download()),
        ("/api/storage/commit", commit()),
    ]
}

async fn raw(client: &Client, path: &str, body: impl Into<String>) -> Answer {
    let client = client.with_header("content-type", "application/json");
    client.send(Method::POST, path, body.into()).await
}

#[tokio::test]
async fn switched_off_storage_is_404_before_anything_else() {
    let desk = Desk::of(Deployment {
        enabled: false,
        ..Deployment::default()
    })
    .await;
    for (path, _) in endpoints() {
        let answer = raw(&desk.nobody, path, "rubbish").await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (404, "Not Found")
        );
    }
}

#[tokio::test]
async fn nobody_is_401_and_another_workspace_is_403() {
    let desk = Desk::open().await;
    for (path, body) in endpoints() {
        assert_eq!(desk.nobody.post(path, &body).await.status, 401, "{path}");
        assert_eq!(desk.stranger.post(path, &body).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn presigns_are_never_kept_errors_included_and_commits_say_nothing_of_it() {
    let desk = Desk::open().await;
    for (path, body) in endpoints() {
        for client in [&desk.owner, &desk.nobody] {
            let answer = client.post(path, &body).await;
            let kept = (answer.header("cache-control"), answer.header("pragma"));
            let never = ("no-store, no-cache, must-revalidate", "no-cache");
            assert_eq!(
                kept == never,
                path != "/api/storage/commit",
                "{path}: {kept:?}"
            );
        }
    }
}

#[tokio::test]
async fn every_required_field_is_required() {
    let desk = Desk::open().await;
    let optional = ["storage_id", "expires_in_ms", "width", "height"];
    for (path, body) in endpoints() {
        let names: Vec<_> = body.as_object().expect("fields").keys().cloned().collect();
        for name in names {
            if optional.contains(&name.as_str()) && path != "/api/storage/commit" {
                continue;
            }
            for value in [Value::Null, json!(true), json!([])] {
                if value.is_null() && optional[2..].contains(&name.as_str()) {
                    continue;
                }
                let answer = desk
                    .owner
                    .post(path, &with(body.clone(), &name, value.clone()))
                    .await;
                assert_eq!(answer.status, 400, "{path} {name} {value}");
                assert_eq!(answer.message(), "Invalid request");
            }
        }
    }
}

#[tokio::test]
async fn bodies_of_other_shapes_are_400() {
    let desk = Desk::open().await;
    for (path, _) in endpoints() {
        for (body, text) in [
            ("", "Invalid request"),
            ("{}", "Invalid request"),
            ("null", "Invalid request"),
            ("\"text\"", "Invalid request"),
            ("7", "Invalid request"),
            ("{", "The request body must be valid JSON."),
            ("hello", "The request body must be valid JSON."),
        ] {
            let answer = raw(&desk.owner, path, body).await;
            assert_eq!(
                (answer.status.as_u16(), answer.message().as_str()),
                (400, text),
                "{body}"
            );
        }
    }
}

#[tokio::test]
async fn expiries_and_dispositions_off_their_range_are_400() {
    let desk = Desk::open().await;
    for (path, body) in &endpoints()[..2] {
        for value in [json!(0), json!(1.5), json!(86_400_001), json!(-1)] {
            let answer = desk
                .owner
                .post(path, &with(body.clone(), "expires_in_ms", value))
                .await;
            assert_eq!(answer.status, 400);
        }
        let odd = with(body.clone(), "disposition", "inline; filename=x");
        assert_eq!(desk.owner.post(path, &odd).await.status, 400);
        let odd = with(body.clone(), "file_kind_capability", "v2");
        assert_eq!(desk.owner.post(path, &odd).await.status, 400);
    }
}

#[tokio::test]
async fn blank_and_endless_ids_are_400() {
    let desk = Desk::open().await;
    for (path, body) in endpoints() {
        for name in ["workspace_id", "hash"] {
            for value in ["", "   ", &"a".repeat(257)] {
                let answer = desk
                    .owner
                    .post(path, &with(body.clone(), name, value))
                    .await;
                assert_eq!(answer.status, 400, "{path} {name}");
            }
        }
    }
}

#[tokio::test]
async fn hostile_workspaces_are_403_and_hostile_hashes_400() {
    let desk = Desk::open().await;
    for hostile in [
        "..", "../ws", "ws/..", "%2e%2e", "ws\0", ".", "ws\\..", "WS",
    ] {
        for (path, body) in endpoints() {
            let answer = desk
                .owner
                .post(path, &with(body.clone(), "workspace_id", hostile))
                .await;
            assert_eq!(answer.status, 403, "{path} {hostile:?}");
            let answer = desk.owner.post(path, &with(body, "hash", hostile)).await;
            assert_eq!(answer.status, 400, "{path} {hostile:?}");
        }
    }
}

#[tokio::test]
async fn a_malformed_hash_is_named_on_the_presigns() {
    let desk = Desk::open().await;
    for (path, body) in &endpoints()[..2] {
        let answer = desk
            .owner
            .post(path, &with(body.clone(), "hash", "zzz"))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (400, "Invalid hash")
        );
    }
}

#[tokio::test]
async fn sixteen_kibibytes_pass_and_one_more_is_413_before_authentication() {
    let desk = Desk::open().await;
    for (path, body) in endpoints() {
        let room = 16 * 1024 - with(body.clone(), "padding", "").to_string().len();
        let exact = with(body.clone(), "padding", "x".repeat(room)).to_string();
        assert_eq!(exact.len(), 16 * 1024);
        assert_eq!(raw(&desk.nobody, path, exact).await.status, 401, "{path}");
        let more = with(body, "padding", "x".repeat(room + 1)).to_string();
        let answer = raw(&desk.nobody, path, more).await;
        assert_eq!(answer.status, 413, "{path}");
        assert_eq!(answer.message(), "The request body is too large.");
    }
}

#[tokio::test]
async fn another_media_type_is_415_and_another_sites_page_is_403() {
    let desk = Desk::open().await;
    for (path, body) in endpoints() {
        let form = desk.owner.with_header("content-type", "text/plain");
        let answer = form.send(Method::POST, path, body.to_string()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (415, "JSON request required")
        );
        let evil = desk.owner.with_header("origin", "https://evil.example");
        assert_eq!(evil.post(path, &body).await.status, 403, "{path}");
        let own = desk.owner.with_header("origin", "http://or3.test");
        assert_ne!(own.post(path, &body).await.status, 403, "{path}");
    }
}
