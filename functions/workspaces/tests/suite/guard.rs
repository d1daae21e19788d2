//! Who may do what to whose workspace (auth contract, 9 and 12.5).

use http::Method;
use or3_testkit::Answer;
use serde_json::{Value, json};
use workspaces::ROUTES;

use crate::office::{HOME, Office, PEOPLE, told};

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
async fn strangers_reach_no_route() {
    let office = Office::new().await;
    for route in ROUTES {
        let answer = on_adas_home(&office, "an unknown token", *route).await;
        assert_eq!(told(&answer), (401, "Unauthorized".to_owned()), "{route:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn each_role_does_what_it_may_and_strangers_change_nothing() {
    let [_, _, rename, delete, activate] = ROUTES else {
        panic!("five routes");
    };
    for (name, may) in [
        ("max", [false, false, false]),
        ("vic", [false, false, true]),
        ("eve", [true, false, true]),
        ("ada", [true, true, true]),
    ] {
        for (route, may) in [rename, delete, activate].into_iter().zip(may) {
            let office = Office::new().await;
            let before = snapshot(&office).await;
            let answer = on_adas_home(&office, name, *route).await;
            if may {
                assert_eq!(answer.json(), json!({"ok": true}), "{name} {route:?}");
            } else {
                assert_eq!(told(&answer), forbidden(), "{name} {route:?}");
                assert_eq!(snapshot(&office).await, before, "{name} {route:?}");
            }
        }
    }
}

/// What everybody sees.
async fn snapshot(office: &Office) -> Vec<Vec<Value>> {
    let mut lists = Vec::new();
    for name in PEOPLE {
        lists.push(office.list(name).await);
    }
    lists
}

#[tokio::test]
async fn two_workspaces_do_not_see_each_other() {
    let office = Office::new().await;
    let ids =
        |list: Vec<Value>| -> Vec<_> { list.iter().map(|listed| listed["id"].clone()).collect() };
    assert_eq!(ids(office.list("ada").await), [json!(HOME)]);
    assert_eq!(ids(office.list("max").await), [json!("home of max")]);
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
