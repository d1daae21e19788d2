//! The byte URLs of the fs provider (storage contract, 6).

use http::Method;
use or3_tests::{Newcomer, Server};

use super::{BYTES, upload_url};
use crate::http_rules::assert_error_form;

const PNG: [(&str, &str); 1] = [("content-type", "image/png")];

#[tokio::test]
async fn bytes_with_the_right_digest_are_taken_once_and_again() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let url = upload_url(&mut ada).await;
    for _ in 0..2 {
        let answer = ada.browser.send(Method::PUT, &url, &PNG, BYTES).await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        assert_eq!(answer.json()["ok"], true);
    }
}

#[tokio::test]
async fn other_bytes_than_promised_are_refused() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let url = upload_url(&mut ada).await;
    let answer = ada.browser.send(Method::PUT, &url, &PNG, "too short").await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.message(), "Hash mismatch");
    let long = [BYTES, BYTES].concat();
    let answer = ada.browser.send(Method::PUT, &url, &PNG, long).await;
    assert_eq!(answer.status, 413);
    let html = [("content-type", "text/html")];
    let answer = ada.browser.send(Method::PUT, &url, &html, BYTES).await;
    assert_eq!(answer.status, 415);
}

#[tokio::test]
async fn a_signed_url_serves_only_the_person_it_was_made_for() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let mut bob = Newcomer::of(&server).await;
    let url = upload_url(&mut ada).await;
    let answer = server.browser().send(Method::PUT, &url, &PNG, BYTES).await;
    assert_eq!(answer.status, 401);
    let answer = bob.browser.send(Method::PUT, &url, &PNG, BYTES).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn a_token_that_was_changed_opens_nothing() {
    let server = Server::start().await;
    let mut ada = Newcomer::of(&server).await;
    let url = upload_url(&mut ada).await;
    let (rest, _) = url.rsplit_once('.').expect("a token in three parts");
    for url in [format!("{rest}.AAAA"), format!("{rest}."), rest.to_owned()] {
        let answer = ada.browser.send(Method::PUT, &url, &PNG, BYTES).await;
        assert_eq!(answer.status, 403, "{url}");
        assert_error_form(&answer);
    }
}
