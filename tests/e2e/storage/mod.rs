//! `/api/storage/*` (storage contract), and what sync says of files.

mod bucket;
mod files;
mod fs;
mod presign_upload;
mod quota;
mod shelf;

use or3_tests::Newcomer;
use serde_json::{Value, json};

/// A file.
pub(crate) const BYTES: &[u8] = b"not really a picture";
/// The name of its bytes.
pub(crate) const HASH: &str =
    "sha256:fe1a4ab1fb6347036bead73597d5d2958b26ac0b96f68ca2f6dcee53a50f297e";

/// What clients say of the file when they ask for a URL.
fn file(workspace: &str) -> Value {
    json!({
        "workspace_id": workspace, "hash": HASH,
        "mime_type": "image/png", "size_bytes": BYTES.len(),
    })
}

/// A signed URL to upload the file to.
async fn upload_url(owner: &mut Newcomer) -> String {
    let file = file(&owner.workspace);
    let answer = owner
        .browser
        .post("/api/storage/presign-upload", &file)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    answer.json()["url"].as_str().expect("a URL").to_owned()
}
