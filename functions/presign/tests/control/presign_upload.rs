use std::time::Duration;

use or3_domain::clock::Clock;
use or3_domain::limits::Policies;
use or3_domain::storage::Grant;
use serde_json::json;

use crate::desk::{CONTENT, Calls, Deployment, Desk, hash, presign_upload, with};

#[tokio::test]
async fn a_url_for_one_upload_comes_back() {
    let desk = Desk::open().await;
    let answer = desk.owner.presign_upload(&presign_upload()).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    let body = answer.json();
    assert_eq!(body["method"], "PUT");
    assert_eq!(body["storageId"], format!("ws:{}", hash()));
    let expiry = desk.clock.now().plus(Duration::from_mins(15));
    assert_eq!(
        body["expiresAt"],
        expiry.millis(),
        "not what the client asked for"
    );
    assert_eq!(
        body.as_object().map(serde_json::Map::len),
        Some(4),
        "{body}"
    );
    let url = body["url"].as_str().expect("a url");
    assert!(url.starts_with("/api/storage/fs/upload?token="), "{url}");
    assert_eq!(answer.header("x-ratelimit-limit"), "");
}

#[tokio::test]
async fn the_token_permits_what_was_asked_for() {
    let desk = Desk::open().await;
    let upper = with(presign_upload(), "hash", hash().to_uppercase());
    let body = desk
        .owner
        .presign_upload(&with(upper, "mime_type", "IMAGE/PNG; q=1"))
        .await;
    let body = body.json();
    let token = body["url"]
        .as_str()
        .and_then(|url| url.split_once("token="));
    let grant = desk
        .tokens
        .read(token.expect("a token").1, desk.clock.now());
    let Some(Grant::Upload(grant)) = grant else {
        panic!("an upload's token")
    };
    assert_eq!(grant.user.as_str(), "ann");
    assert_eq!(grant.key.workspace().as_str(), "ws");
    assert_eq!(grant.key.hash().to_string(), hash());
    assert_eq!(grant.size_bytes, CONTENT.len() as u64);
    assert_eq!(grant.mime_type, "IMAGE/PNG; q=1");
    assert_eq!(
        body["storageId"],
        format!("ws:{}", hash().to_uppercase()),
        "as it was sent"
    );
}

#[tokio::test]
async fn the_disposition_is_echoed() {
    let desk = Desk::open().await;
    let body = with(presign_upload(), "disposition", "inline");
    assert_eq!(
        desk.owner.presign_upload(&body).await.json()["disposition"],
        "inline"
    );
}

#[tokio::test]
async fn sizes_that_are_no_sizes_are_400() {
    let desk = Desk::open().await;
    for size in [json!(-1), json!(1.5), json!("7"), json!(null)] {
        let answer = desk
            .owner
            .presign_upload(&with(presign_upload(), "size_bytes", size))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (400, "Invalid request")
        );
    }
    let empty = with(presign_upload(), "size_bytes", 0);
    assert_eq!(desk.owner.presign_upload(&empty).await.status, 200);
}

#[tokio::test]
async fn a_file_over_the_maximum_is_413_and_one_of_exactly_the_maximum_is_not() {
    let desk = Desk::open().await;
    for size in [104_857_601_u64, 9_007_199_254_740_991] {
        let answer = desk
            .owner
            .presign_upload(&with(presign_upload(), "size_bytes", size))
            .await;
        assert_eq!(answer.status, 413);
        assert_eq!(
            answer.message(),
            "File size exceeds maximum of 104857600 bytes"
        );
    }
    let answer = desk
        .owner
        .presign_upload(&with(presign_upload(), "size_bytes", 104_857_600))
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_type_off_the_list_is_415_and_named() {
    let desk = Desk::open().await;
    let answer = desk
        .owner
        .presign_upload(&with(presign_upload(), "mime_type", "application/zip"))
        .await;
    assert_eq!(answer.status, 415);
    assert_eq!(answer.message(), "MIME type application/zip not allowed");
}

#[tokio::test]
async fn a_deployment_can_list_other_types() {
    let types = vec!["application/json".to_owned()];
    let desk = Desk::of(Deployment {
        types,
        ..Deployment::default()
    })
    .await;
    let body = with(presign_upload(), "mime_type", "application/json");
    assert_eq!(desk.owner.presign_upload(&body).await.status, 200);
    assert_eq!(
        desk.owner.presign_upload(&presign_upload()).await.status,
        415
    );
}

#[tokio::test]
async fn over_the_quota_is_413_with_both_numbers_and_the_same_file_again_is_not() {
    let desk = Desk::of(Deployment {
        quota: Some(5000),
        ..Deployment::default()
    })
    .await;
    let first = with(presign_upload(), "size_bytes", 3000);
    assert_eq!(desk.owner.presign_upload(&first).await.status, 200);
    let second = with(first.clone(), "hash", "d".repeat(64));
    let answer = desk.owner.presign_upload(&second).await;
    assert_eq!(answer.status, 413);
    assert_eq!(
        answer.message(),
        "Workspace storage quota exceeded (6000 > 5000 bytes)"
    );
    assert_eq!(desk.owner.presign_upload(&first).await.status, 200);
    // Two URLs share the room, and it ends right after the last of them.
    let lifetime = Duration::from_mins(15) + Duration::from_millis(1);
    desk.clock.advance(lifetime);
    assert_eq!(
        desk.owner.presign_upload(&second).await.status,
        200,
        "both URLs are over"
    );
}

#[tokio::test]
async fn what_a_byte_url_cannot_carry_is_413_with_the_way_out() {
    let desk = Desk::of(Deployment {
        max_byte_url_bytes: Some(10),
        ..Deployment::default()
    })
    .await;
    let answer = desk.owner.presign_upload(&presign_upload()).await;
    assert_eq!(answer.status, 413);
    assert!(answer.message().contains("s3"), "{}", answer.message());
    let small = with(presign_upload(), "size_bytes", 10);
    assert_eq!(desk.owner.presign_upload(&small).await.status, 200);
}

#[tokio::test]
async fn a_viewer_may_not_upload() {
    let desk = Desk::open().await;
    assert_eq!(
        desk.viewer.presign_upload(&presign_upload()).await.status,
        403
    );
}

#[tokio::test]
async fn only_admitted_requests_count_against_the_limit() {
    let policies = Policies::standard().with("storage:upload", Some(1), None);
    let desk = Desk::of(Deployment {
        policies,
        ..Deployment::default()
    })
    .await;
    let refused = with(presign_upload(), "mime_type", "application/zip");
    assert_eq!(desk.owner.presign_upload(&refused).await.status, 415);
    assert_eq!(
        desk.owner.presign_upload(&presign_upload()).await.status,
        200
    );
    let answer = desk.owner.presign_upload(&presign_upload()).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(answer.message(), "Rate limit exceeded. Retry after 60s");
    desk.clock.advance(Duration::from_mins(1));
    assert_eq!(
        desk.owner.presign_upload(&presign_upload()).await.status,
        200
    );
}
