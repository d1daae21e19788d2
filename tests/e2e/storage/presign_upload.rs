//! `POST /api/storage/presign-upload` (storage contract, 2.1).

use or3_tests::{Newcomer, Server};
use serde_json::json;

use super::{BYTES, HASH, file};
use crate::http_rules::{assert_error_form, assert_never_kept};

const PRESIGN: &str = "/api/storage/presign-upload";

#[tokio::test]
async fn a_member_gets_a_url_that_takes_the_file() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let answer = ada.browser.post(PRESIGN, &file(&ada.workspace)).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    assert_never_kept(&answer);
    let body = answer.json();
    assert_eq!(body["method"], "PUT");
    assert_eq!(body["storageId"], format!("{}:{HASH}", ada.workspace));
    assert!(body["expiresAt"].is_i64());
}

#[tokio::test]
async fn what_may_not_be_stored_gets_no_url() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let file = |hash, mime, size| {
        json!({
            "workspace_id": ada.workspace, "hash": hash, "mime_type": mime, "size_bytes": size,
        })
    };
    let size = BYTES.len();
    let cases = [
        (file("zzz", "image/png", size), 400),
        (file(HASH, "application/zip", size), 415),
        (file(HASH, "image/png", 104_857_601), 413),
    ];
    for (file, status) in cases {
        let answer = ada.browser.post(PRESIGN, &file).await;
        assert_eq!(answer.status, status, "{file}");
        assert_error_form(&answer);
        assert_never_kept(&answer);
    }
}

#[tokio::test]
async fn nobody_gets_a_url_for_a_workspace_of_somebody_else() {
    let server = Server::start().await;
    let ada = Newcomer::of(&server).await;
    let mut bob = Newcomer::of(&server).await;
    let answer = bob.browser.post(PRESIGN, &file(&ada.workspace)).await;
    assert_eq!(answer.status, 403);
    let answer = server.browser().post(PRESIGN, &file(&ada.workspace)).await;
    assert_eq!(answer.status, 401);
}
