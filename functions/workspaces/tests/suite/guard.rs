//! What is refused whoever asks (auth contract, 9 and 12.5). Who may do what is in the matrix of
//! `tests/matrix`.

use http::Method;
use or3_testkit::Answer;
use serde_json::json;
use workspaces::ROUTES;

use crate::office::{HOME, Office, told};

fn forbidden() -> (u16, String) {
    (403, "Forbidden".to_owned())
}

async fn on_adas_home(office: &Office, name: &str, (method, path): (&str, &str)) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let path = path.replace("{id}", HOME).replace(' ', "%20");
    let body = json!({"id": HOME, "name": "Taken over"});
    office.send(name, method, &path, &body).await
}

#[tokio::test]
async fn refusals_are_not_kept_either() {
    let office = Office::new().await;
    for (name, status) in [("an unknown token", 401), ("max", 403)] {
        let route = ("DELETE", "/api/workspaces/{id}");
        let answer = on_adas_home(&office, name, route).await;
        assert_eq!(told(&answer).0, status);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_forbidden_like_what_is_not_ones_own() {
    let office = Office::new().await;
    for path in [
        "/api/workspaces/nowhere",
        "/api/workspaces/%00",
        "/api/workspaces/a%2Fb",
    ] {
        let answer = office.send("ada", Method::DELETE, path, &json!({})).await;
        assert_eq!(told(&answer), forbidden(), "{path}");
    }
    assert_eq!(told(&office.activate("ada", "nowhere").await), forbidden());
}

#[tokio::test]
async fn foreign_pages_change_nothing_and_old_clients_need_no_header() {
    let office = Office::new().await;
    let page = office.stranger().signed_in("ada");
    let foreign = page.with_header("origin", "https://evil.example");
    let body = json!({"name": "New"});
    let answer = foreign.post("/api/workspaces", &body).await;
    assert_eq!(told(&answer), forbidden());
    assert_eq!(foreign.get("/api/workspaces").await.status, 200);
    let own = page.with_header("origin", "http://or3.test");
    assert_eq!(own.post("/api/workspaces", &body).await.status, 200);
}

#[tokio::test]
async fn switched_off_is_404() {
    let office = Office::switched(false).await;
    for route in ROUTES {
        let answer = on_adas_home(&office, "ada", *route).await;
        assert_eq!(told(&answer), (404, "Not Found".to_owned()), "{route:?}");
    }
}
