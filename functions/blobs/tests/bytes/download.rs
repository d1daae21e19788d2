use futures_util::StreamExt;
use http::Method;
use or3_domain::storage::mime::Disposition;
use or3_domain::storage::{DownloadGrant, FileIndex, Grant};
use or3_testkit::blob_store_suite::content;
use or3_testkit::{Answer, says, told};

use crate::dock::{Dock, download, key};

async fn range(dock: &Dock, content: &[u8], range: &str) -> Answer {
    let client = dock.ann.with_header("range", range);
    client.get(&dock.download_url(content)).await
}

#[tokio::test]
async fn the_bytes_come_back_with_everything_that_a_client_needs() {
    let dock = Dock::open().await;
    let content = content(600_001);
    dock.store(&content).await;
    let answer = dock.ann.get(&dock.download_url(&content)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, content);
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("content-length"), "600001");
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert_eq!(
        answer.header("etag"),
        format!("\"{}\"", key(&content).hash())
    );
    assert_eq!(answer.header("cache-control"), "private, no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        answer.header("content-disposition"),
        "inline; filename*=UTF-8''pic.png"
    );
}

#[tokio::test]
async fn an_attachment_says_so_with_its_name() {
    let dock = Dock::open().await;
    dock.store(b"<script>").await;
    let grant = DownloadGrant {
        mime_type: "application/octet-stream".to_owned(),
        disposition: Disposition::Attachment,
        filename: "größe 1.html".to_owned(),
        ..download(b"<script>")
    };
    let token = dock.token(&Grant::Download(grant));
    let answer = dock
        .ann
        .get(&format!("/api/storage/fs/download?token={token}"))
        .await;
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    let disposition = "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe%201.html";
    assert_eq!(answer.header("content-disposition"), disposition);
}

#[tokio::test]
async fn an_empty_file_comes_back_empty() {
    let dock = Dock::open().await;
    dock.store(b"").await;
    let answer = dock.ann.get(&dock.download_url(b"")).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
    assert_eq!(answer.header("content-length"), "0");
    assert_eq!(range(&dock, b"", "bytes=0-").await.status, 416);
}

#[tokio::test]
async fn head_answers_as_get_without_the_bytes() {
    let dock = Dock::open().await;
    dock.store(b"content").await;
    let answer = dock
        .ann
        .send(Method::HEAD, &dock.download_url(b"content"), "")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-length"), "7");
    assert!(answer.body.is_empty());
}

/// A range is a matter of `GET` (RFC 9110, 14.2): with `HEAD` it is as if it were not there.
#[tokio::test]
async fn head_knows_no_ranges() {
    let dock = Dock::open().await;
    dock.store(b"content").await;
    let url = dock.download_url(b"content");
    for asked in ["bytes=0-1", "bytes=7-", "bytes=-0"] {
        let client = dock.ann.with_header("range", asked);
        let answer = client.send(Method::HEAD, &url, "").await;
        assert_eq!(answer.status, 200, "{asked}");
        assert_eq!(answer.header("content-length"), "7", "{asked}");
        assert_eq!(answer.header("content-range"), "", "{asked}");
    }
}

#[tokio::test]
async fn one_range_is_206() {
    let dock = Dock::open().await;
    let content = content(600_000);
    dock.store(&content).await;
    for (asked, given, bytes) in [
        ("bytes=0-9", "bytes 0-9/600000", 0..10),
        (
            "bytes=262143-262144",
            "bytes 262143-262144/600000",
            262_143..262_145,
        ),
        (
            "bytes=300000-",
            "bytes 300000-599999/600000",
            300_000..600_000,
        ),
        ("bytes=-5", "bytes 599995-599999/600000", 599_995..600_000),
    ] {
        let answer = range(&dock, &content, asked).await;
        assert_eq!(answer.status, 206, "{asked}");
        assert_eq!(answer.header("content-range"), given);
        assert_eq!(answer.header("content-length"), bytes.len().to_string());
        assert_eq!(answer.body, content[bytes]);
    }
}

#[tokio::test]
async fn a_range_behind_the_end_is_416_with_the_size_and_odd_ranges_get_everything() {
    let dock = Dock::open().await;
    dock.store(b"content").await;
    let answer = range(&dock, b"content", "bytes=7-").await;
    assert_eq!(answer.status, 416);
    assert_eq!(answer.header("content-range"), "bytes */7");
    for odd in ["bytes=0-1,3-4", "bytes=x", "pages=1-2"] {
        let answer = range(&dock, b"content", odd).await;
        assert_eq!(
            (answer.status.as_u16(), answer.body.len()),
            (200, 7),
            "{odd}"
        );
    }
}

#[tokio::test]
async fn who_has_it_is_told_so() {
    let dock = Dock::open().await;
    dock.store(b"content").await;
    let tag = format!("\"{}\"", key(b"content").hash());
    let has = dock.ann.with_header("if-none-match", &tag);
    let answer = has.get(&dock.download_url(b"content")).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0));
    assert_eq!(answer.header("etag"), tag);
    let stale = dock.ann.with_header("if-none-match", "\"sha256:00\"");
    assert_eq!(stale.get(&dock.download_url(b"content")).await.status, 200);
}

#[tokio::test]
async fn a_range_goes_on_only_with_the_same_content() {
    let dock = Dock::open().await;
    dock.store(b"content").await;
    let tag = format!("\"{}\"", key(b"content").hash());
    for (held, status) in [(tag.as_str(), 206), ("\"other\"", 200)] {
        let client = dock.ann.with_header("range", "bytes=3-");
        let client = client.with_header("if-range", held);
        let answer = client.get(&dock.download_url(b"content")).await;
        assert_eq!(answer.status, status, "{held}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_404() {
    let dock = Dock::open().await;
    let answer = dock.ann.get(&dock.download_url(b"never")).await;
    assert_eq!(told(&answer), says(404, "File not found"));
}

#[tokio::test]
async fn a_link_is_404_and_a_linked_workspace_too() {
    let dock = Dock::open().await;
    dock.store(b"other").await;
    let folder = dock.root.path().join("workspaces/ws");
    let outside = dock.root.path().join("outside");
    std::fs::write(&outside, "content").expect("a file");
    let name = key(b"content").hash().file_name();
    std::os::unix::fs::symlink(&outside, folder.join(&name)).expect("a link");
    let url = dock.download_url(b"content");
    assert_eq!(told(&dock.ann.get(&url).await), says(404, "File not found"));

    std::fs::remove_file(folder.join(&name)).expect("removed");
    std::fs::write(folder.join(&name), "content").expect("a blob");
    assert_eq!(dock.ann.get(&url).await.status, 200);
    let moved = dock.root.path().join("moved");
    std::fs::rename(&folder, &moved).expect("moved");
    std::os::unix::fs::symlink(&moved, &folder).expect("a link");
    assert_eq!(told(&dock.ann.get(&url).await), says(404, "File not found"));
}

#[tokio::test]
async fn a_volume_that_is_away_is_503_and_never_404() {
    let dock = Dock::open().await;
    dock.store(b"content").await;
    let (home, away) = (
        dock.root.path().join("workspaces"),
        dock.root.path().join("away"),
    );
    std::fs::rename(&home, &away).expect("unmounted");
    let answer = dock.ann.get(&dock.download_url(b"content")).await;
    assert_eq!(answer.status, 503);
    std::fs::rename(&away, &home).expect("mounted");
    assert_eq!(
        dock.ann.get(&dock.download_url(b"content")).await.status,
        200
    );
}

#[tokio::test]
async fn a_blob_of_another_size_than_was_committed_is_not_sent_and_counted() {
    let dock = Dock::open().await;
    dock.store(b"content").await;
    let path = dock
        .root
        .path()
        .join("workspaces/ws")
        .join(key(b"content").hash().file_name());
    for damage in [&b"conten"[..], b"content!", b""] {
        std::fs::write(&path, damage).expect("damaged");
        let answer = dock.ann.get(&dock.download_url(b"content")).await;
        assert_eq!(told(&answer), says(500, "Server Error"));
    }
    let damaged = dock.files.damaged(10).await.expect("a list");
    assert_eq!(damaged.len(), 1);
    assert_eq!(
        (damaged[0].hash, damaged[0].times),
        (*key(b"content").hash(), 3)
    );
}

#[tokio::test]
async fn a_blob_with_changed_bits_is_never_a_whole_answer_and_is_counted() {
    let dock = Dock::open().await;
    for length in [7, 600_000] {
        let content = content(length);
        dock.store(&content).await;
        let name = key(&content).hash().file_name();
        let path = dock.root.path().join("workspaces/ws").join(name);
        let mut rotten = content.clone();
        rotten[length / 2] ^= 1;
        std::fs::write(path, &rotten).expect("damaged");

        let url = dock.download_url(&content);
        let answer = dock.ann.request(Method::GET, &url, "").await;
        assert_eq!(answer.headers()["content-length"], length.to_string());
        let mut pieces = answer.into_body().into_data_stream();
        let mut came = 0;
        let end = loop {
            match pieces.next().await {
                Some(Ok(piece)) => came += piece.len(),
                end => break end,
            }
        };
        assert!(matches!(end, Some(Err(_))), "the transfer breaks off");
        assert!(
            came < length,
            "{came} of {length} bytes are not a whole file"
        );
    }
    assert_eq!(dock.files.damaged(10).await.expect("a list").len(), 2);
}

#[tokio::test]
async fn a_token_of_the_original_without_a_type_is_served_as_an_opaque_attachment() {
    let dock = Dock::open().await;
    dock.store(b"content").await;
    let claims = serde_json::json!({
        "op": "download", "workspace_id": "ws", "user_id": "ann",
        "hash": key(b"content").hash().to_string(), "iat": 1, "exp": 4_000_000_000_i64,
    });
    let token = or3_domain::auth::jwt::JwtKey::new(crate::dock::SECRET).sign(&claims);
    let token = token.expect("a token");
    let answer = dock
        .ann
        .get(&format!("/api/storage/fs/download?token={token}"))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    let disposition = "attachment; filename*=UTF-8''download";
    assert_eq!(answer.header("content-disposition"), disposition);
}
