use or3_testkit::IdentityProvider;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// The address of a server that answers one request with `answer`, and then holds the line.
async fn answering(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        let (mut line, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 1024];
        let read = line.read(&mut request).await.expect("a request");
        assert!(request[..read].starts_with(b"GET /jwks.json HTTP/1.1\r\n"));
        // The client may hang up in the middle of an answer that is too long.
        let _cut_off = line.write_all(answer.as_bytes()).await;
        let _held = line.read(&mut request).await;
    });
    format!("http://{address}/jwks.json")
}

async fn failure(url: &str) -> String {
    JwksClient::new(url).fetch().await.expect_err("no keys")
}

fn ok(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test]
async fn the_published_keys_are_fetched() {
    let provider = IdentityProvider::start().await;
    let keys = JwksClient::new(&provider.jwks_url()).fetch().await;
    assert!(keys.expect("keys").find("key-1").is_some());
}

#[tokio::test]
async fn an_answer_that_is_not_200_is_no_answer() {
    let provider = IdentityProvider::start().await;
    provider.set_away(true);
    assert!(failure(&provider.jwks_url()).await.contains("500"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let provider = IdentityProvider::start().await;
    let location = provider.jwks_url();
    let redirect =
        format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    let url = answering(redirect).await;
    assert!(failure(&url).await.contains("302"));
    assert_eq!(provider.times_asked(), 0);
}

#[tokio::test]
async fn a_document_without_end_is_not_read_to_its_end() {
    let long = " ".repeat(ASKED.largest + 1);
    let url = answering(ok(&long)).await;
    assert!(failure(&url).await.contains("limit"));
}

#[tokio::test]
async fn a_document_of_another_kind_holds_no_keys() {
    let url = answering(ok("<html>sign in</html>")).await;
    assert_eq!(failure(&url).await, "this is no JWK set");
}

#[tokio::test]
async fn nobody_waits_longer_than_the_timeout() {
    let url = answering("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{".to_owned()).await;
    let asked = Destination {
        deadline: Duration::from_millis(50),
        ..ASKED
    };
    let fetched = JwksClient::with(&url, asked).fetch().await;
    let failure = fetched.expect_err("no keys");
    assert_eq!(failure, "the identity provider did not answer in 50ms");
}

#[tokio::test]
async fn a_provider_that_nobody_is_and_an_address_that_is_none_are_failures() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    drop(listener);
    failure(&format!("http://{address}/jwks.json")).await;
    failure("http://a b/").await;
}
