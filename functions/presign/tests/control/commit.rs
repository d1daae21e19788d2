use std::time::Duration;

use or3_domain::ids::WorkspaceId;
use or3_domain::limits::Policies;
use or3_domain::storage::FileIndex;
use or3_testkit::blob_store_suite::key_of;
use serde_json::{Value, json};

use crate::desk::{CONTENT, Calls, Deployment, Desk, commit, hash, with, workspace};

#[tokio::test]
async fn a_commit_is_ok_again_and_again() {
    let desk = Desk::open().await;
    desk.upload().await;
    for _ in 0..2 {
        let answer = desk.owner.commit(&commit()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({"ok": true}))
        );
    }
    let facts = desk.files.find(&workspace(), key_of(CONTENT).hash()).await;
    let committed = facts.expect("facts").committed.expect("a record");
    assert_eq!(
        (committed.size_bytes, committed.name.as_str()),
        (CONTENT.len() as u64, "pic.png")
    );
}

#[tokio::test]
async fn the_mark_beside_the_blob_is_the_one_that_the_original_writes() {
    let desk = Desk::open().await;
    desk.store().await;
    let name = format!("{}.meta.json", key_of(CONTENT).hash().file_name());
    let mark = std::fs::read(desk.root.path().join("workspaces/ws").join(name)).expect("a mark");
    let mark: Value = serde_json::from_slice(&mark).expect("JSON");
    let at = "2026-01-01T00:00:00.000Z";
    assert_eq!(
        mark,
        json!({"workspace_id": "ws", "hash": hash(), "committed_at": at})
    );
}

#[tokio::test]
async fn what_was_not_uploaded_cannot_be_committed() {
    let desk = Desk::open().await;
    let answer = desk.owner.commit(&commit()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (404, "Uploaded file not found")
    );
}

#[tokio::test]
async fn a_commit_of_another_size_is_refused() {
    let desk = Desk::open().await;
    desk.upload().await;
    let answer = desk.owner.commit(&with(commit(), "size_bytes", 1)).await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (400, "Invalid commit input")
    );
}

#[tokio::test]
async fn a_malformed_hash_is_400_with_this_endpoints_text() {
    let desk = Desk::open().await;
    for bad in ["zzz", "../../../etc/passwd", "sha256:..%2f", "sha1:aa"] {
        let answer = desk.owner.commit(&with(commit(), "hash", bad)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (400, "Invalid path parameters")
        );
    }
}

#[tokio::test]
async fn the_kinds_are_image_pdf_and_file() {
    let desk = Desk::open().await;
    desk.upload().await;
    for (kind, status) in [
        ("image", 200),
        ("pdf", 200),
        ("file", 200),
        ("audio", 400),
        ("", 400),
    ] {
        assert_eq!(
            desk.owner
                .commit(&with(commit(), "kind", kind))
                .await
                .status,
            status,
            "{kind}"
        );
    }
    let mut without = commit();
    without.as_object_mut().and_then(|body| body.remove("kind"));
    assert_eq!(desk.owner.commit(&without).await.status, 400);
}

#[tokio::test]
async fn a_newer_clients_fields_are_welcome() {
    let desk = Desk::open().await;
    desk.upload().await;
    let body = with(commit(), "file_kind_capability", "v1");
    let body = with(with(body, "intent_id", "i"), "page_count", 3);
    assert_eq!(desk.owner.commit(&body).await.status, 200);
}

#[tokio::test]
async fn of_three_commits_at_once_two_pass_a_limit_of_two() {
    let policies = Policies::standard().with("storage:commit", Some(2), None);
    let desk = Desk::of(Deployment {
        policies,
        ..Deployment::default()
    })
    .await;
    desk.upload().await;
    let body = commit();
    let calls = (0..3).map(|_| desk.owner.commit(&body));
    let answers = futures_util::future::join_all(calls).await;
    let passed = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().find(|answer| answer.status == 429);
    assert_eq!(passed, 2);
    assert_eq!(
        refused.map(|answer| answer.header("retry-after")),
        Some("60")
    );
    desk.clock.advance(Duration::from_mins(1));
    assert_eq!(desk.owner.commit(&body).await.status, 200);
}

#[tokio::test]
async fn nothing_is_written_for_another_workspace() {
    let desk = Desk::open().await;
    desk.store().await;
    let body = with(commit(), "workspace_id", "elsewhere");
    assert_eq!(desk.owner.commit(&body).await.status, 403);
    assert_eq!(
        desk.stranger.commit(&body).await.status,
        404,
        "the bytes are not shared"
    );
    let facts = desk
        .files
        .find(&WorkspaceId::new("elsewhere"), key_of(CONTENT).hash())
        .await;
    assert_eq!(facts.expect("facts").committed, None);
}
