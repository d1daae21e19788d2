use http::Method;
use or3_tests::{Newcomer, Server};
use serde_json::json;

use super::shelf::{File, Shelf};

#[tokio::test]
async fn a_file_from_one_device_comes_down_identical_on_another() {
    let server = Server::start().await;
    let mut shelf = Shelf::of(&server).await;
    let file = File::of(1_000_000);
    shelf.upload(&file).await;
    shelf.commit(&file).await;
    shelf.list(&file, &json!({})).await;

    let mut phone = shelf.person.second_device(&server).await;
    let presigned = shelf.presign_download(&mut phone, &file).await;
    assert_eq!(presigned.status, 200, "{}", presigned.message());
    assert_eq!(presigned.json()["disposition"], "inline");
    let url = presigned.json()["url"].as_str().expect("a url").to_owned();
    let answer = phone.get(&url).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body == file.content, "other bytes came down");
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("content-length"), "1000000");
    assert_eq!(
        answer.header("content-disposition"),
        "inline; filename*=UTF-8''row.png"
    );
    let headers = [("range", "bytes=10-19")];
    let part = phone.send(Method::GET, &url, &headers, "").await;
    assert_eq!(
        (part.status.as_u16(), &part.body[..]),
        (206, &file.content[10..20])
    );
    let head = phone.send(Method::HEAD, &url, &[], "").await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-length")),
        (200, "1000000")
    );
}

#[tokio::test]
async fn an_issued_url_is_worth_nothing_to_anybody_else() {
    let server = Server::start().await;
    let mut shelf = Shelf::of(&server).await;
    let file = File::of(1000);
    shelf.upload(&file).await;
    shelf.commit(&file).await;
    let mut own = shelf.person.browser.clone();
    let presigned = shelf.presign_download(&mut own, &file).await.json();
    let url = presigned["url"].as_str().expect("a url").to_owned();
    let mut eve = Newcomer::of(&server).await.browser;
    assert_eq!(eve.get(&url).await.status, 403);
    assert_eq!(server.browser().get(&url).await.status, 401);
    let tampered = format!("{}x", &url[..url.len() - 1]);
    assert_eq!(own.get(&tampered).await.status, 403);
    assert_eq!(shelf.presign_download(&mut eve, &file).await.status, 403);
}

#[tokio::test]
async fn what_the_row_says_of_a_file_decides_how_it_is_served() {
    let server = Server::start().await;
    let mut shelf = Shelf::of(&server).await;
    let file = File::of(1000);
    shelf.upload(&file).await;
    shelf.commit(&file).await;
    let mut own = shelf.person.browser.clone();
    shelf
        .list(
            &file,
            &json!({"mime_type": "image/svg+xml", "name": "../a.svg"}),
        )
        .await;
    let presigned = shelf.presign_download(&mut own, &file).await.json();
    assert_eq!(presigned["disposition"], "attachment");
    let answer = own.get(presigned["url"].as_str().expect("a url")).await;
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename*=UTF-8''.._a.svg"
    );
}

#[tokio::test]
async fn a_removed_file_and_one_in_the_trash_are_not_found_until_they_are_back() {
    let server = Server::start().await;
    let mut shelf = Shelf::of(&server).await;
    let file = File::of(1000);
    shelf.upload(&file).await;
    shelf.commit(&file).await;
    let mut own = shelf.person.browser.clone();
    shelf.list(&file, &json!({"deleted": true})).await;
    let trashed = shelf.presign_download(&mut own, &file).await;
    shelf.remove(&file).await;
    let removed = shelf.presign_download(&mut own, &file).await;
    for answer in [trashed, removed] {
        assert_eq!(
            (answer.status.as_u16(), answer.message().as_str()),
            (404, "File not found")
        );
    }
    shelf.list(&file, &json!({})).await;
    assert_eq!(shelf.presign_download(&mut own, &file).await.status, 200);
}

#[tokio::test]
async fn an_error_answers_a_client_that_is_still_sending() {
    let server = Server::start().await;
    let mut shelf = Shelf::of(&server).await;
    let file = File::of(3_000_000);
    let presigned = shelf.presign_upload(&file).await.json();
    let url = presigned["url"].as_str().expect("a url").to_owned();
    let browser = &mut shelf.person.browser;
    let png = [("content-type", "image/png")];
    let longer = [file.content.as_slice(), b"x"].concat();
    let answer = browser.send(Method::PUT, &url, &png, longer).await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (413, "Payload too large")
    );
    let text = [("content-type", "image/gif")];
    let answer = browser
        .send(Method::PUT, &url, &text, file.content.clone())
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (415, "Content type mismatch")
    );
    let forged = "/api/storage/fs/upload?token=forged";
    let answer = browser.send(Method::PUT, forged, &png, file.content).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn switched_off_storage_is_404() {
    let server = Server::with(&[("OR3_STORAGE_ENABLED", "false")]).await;
    let mut browser = server.browser();
    for path in ["presign-upload", "presign-download", "commit"] {
        let path = format!("/api/storage/{path}");
        assert_eq!(browser.post(&path, &json!({})).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn an_empty_file_is_committed_and_comes_down() {
    let server = Server::start().await;
    let mut shelf = Shelf::of(&server).await;
    let file = File::of(0);
    shelf.upload(&file).await;
    shelf.commit(&file).await;
    let mut own = shelf.person.browser.clone();
    let presigned = shelf.presign_download(&mut own, &file).await.json();
    let answer = own.get(presigned["url"].as_str().expect("a url")).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (200, 0));
}
