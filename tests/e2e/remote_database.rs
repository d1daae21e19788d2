//! The product on a libSQL server, over a network that can be bad: nothing is different, nothing
//! is done twice, and a request stays within its budget of round trips (design, section 2.3).

use std::time::Duration;

use or3_testkit::{Fate, Relay, Sqld};
use or3_tests::{Newcomer, Server, Writer};
use serde_json::{Value, json};

/// A stack whose database is on a server behind a relay.
struct World {
    server: Server,
    relay: Relay,
    _sqld: Sqld,
}

impl World {
    /// `None` where no server is installed.
    async fn new() -> Option<Self> {
        let sqld = Sqld::start()?;
        let relay = Relay::before(&sqld.url()).await;
        // The timer would make round trips of its own.
        let settings = [
            ("OR3_DATABASE_URL", &*relay.url()),
            ("OR3_GC_INTERVAL_SECONDS", "0"),
        ];
        let server = Server::with(&settings).await;
        Some(Self {
            server,
            relay,
            _sqld: sqld,
        })
    }
}

fn batch(ada: &Newcomer, ops: &[Value]) -> Value {
    json!({ "scope": { "workspaceId": ada.workspace }, "ops": ops })
}

fn question(ada: &Newcomer) -> Value {
    json!({ "scope": { "workspaceId": ada.workspace }, "cursor": 0, "limit": 100 })
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_thread_written_on_one_device_is_read_on_the_other() {
    let Some(world) = World::new().await else {
        return;
    };
    let mut ada = Newcomer::of(&world.server).await;
    let ops = [Writer::default().thread("t1", "Far away")];
    let pushed = ada.browser.post("/api/sync/push", &batch(&ada, &ops)).await;
    assert_eq!(pushed.status, 200, "{}", pushed.message());
    let mut phone = ada.second_device(&world.server).await;
    let pulled = phone.post("/api/sync/pull", &question(&ada)).await.json();
    assert_eq!(pulled["changes"][0]["payload"]["title"], "Far away");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_push_whose_answer_was_lost_is_repeated_without_doing_it_twice() {
    let Some(world) = World::new().await else {
        return;
    };
    let mut ada = Newcomer::of(&world.server).await;
    let batch = batch(&ada, &[Writer::default().thread("t1", "Once")]);
    let before = world.relay.requests();
    ada.browser.post("/api/sync/push", &batch).await;
    let trips = world.relay.requests() - before;

    let then = |fates: [Fate; 2]| (1..trips).map(|_| Fate::Pass).chain(fates);
    let batch = self::batch(&ada, &[Writer::default().thread("t2", "Once")]);
    world.relay.next(then([Fate::LoseAnswer, Fate::Pass]));
    let repeated = ada.browser.post("/api/sync/push", &batch).await.json();
    assert_eq!(repeated["results"][0]["success"], true, "{repeated}");
    assert_eq!(repeated["serverVersion"], 2, "{repeated}");

    let batch = self::batch(&ada, &[Writer::default().thread("t3", "Once")]);
    world.relay.next(then([Fate::LoseAnswer, Fate::LoseAnswer]));
    let lost = ada.browser.post("/api/sync/push", &batch).await;
    assert_eq!(
        (lost.status.as_u16(), lost.header("retry-after")),
        (503, "1")
    );
    let again = ada.browser.post("/api/sync/push", &batch).await.json();
    assert_eq!(again["results"][0]["success"], true, "{again}");

    let pulled = ada.browser.post("/api/sync/pull", &question(&ada)).await;
    let changes = pulled.json()["changes"].as_array().cloned();
    let versions: Vec<_> = changes
        .iter()
        .flatten()
        .map(|change| change["serverVersion"].clone())
        .collect();
    assert_eq!(versions, [1, 2, 3]);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_renewal_whose_answer_was_lost_is_asked_for_again() {
    let Some(world) = World::new().await else {
        return;
    };
    let mut ada = Newcomer::of(&world.server).await;
    let refresh = "/api/basic-auth/refresh";
    let before = world.relay.requests();
    assert_eq!(ada.browser.post(refresh, &Value::Null).await.status, 200);
    let trips = world.relay.requests() - before;
    let then = [Fate::LoseAnswer, Fate::Pass];
    let fates = (1..trips).map(|_| Fate::Pass).chain(then);
    world.relay.next(fates);
    let renewed = ada.browser.post(refresh, &Value::Null).await;
    assert_eq!(renewed.status, 200, "{}", renewed.message());
    let session = ada.browser.get("/api/auth/session").await.json();
    assert_eq!(session["session"]["authenticated"], true, "{session}");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn requests_keep_their_budget_of_round_trips() {
    let Some(world) = World::new().await else {
        return;
    };
    let mut ada = Newcomer::of(&world.server).await;
    let ops: Vec<_> = (0..50)
        .map(|n| Writer::default().thread(&n.to_string(), "Many"))
        .collect();
    let (push, pull) = (batch(&ada, &ops), question(&ada));
    // The first requests also look at the schema and make connections.
    ada.browser.post("/api/sync/push", &push).await;
    let mut cost = async |path: &str, body: Option<&Value>| {
        let before = world.relay.requests();
        let answer = match body {
            Some(body) => ada.browser.post(path, body).await,
            None => ada.browser.get(path).await,
        };
        assert_eq!(answer.status, 200, "{path}: {}", answer.message());
        world.relay.requests() - before
    };
    let costs = [
        cost("/api/auth/session", None).await,
        cost("/api/sync/push", Some(&push)).await,
        cost("/api/sync/pull", Some(&pull)).await,
    ];
    // Who asks and whether there is room in the budget are a request each; push and pull are one.
    assert_eq!(costs, [2, 3, 3]);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn push_and_pull_wait_for_the_database_twice() {
    let Some(world) = World::new().await else {
        return;
    };
    let mut ada = Newcomer::of(&world.server).await;
    let push = batch(&ada, &[Writer::default().thread("t1", "Soon")]);
    let pull = question(&ada);
    for (path, body) in [("/api/sync/push", push), ("/api/sync/pull", pull)] {
        // Who asks and whether there is room are asked together, or this would never end.
        world.relay.next([Fate::Meet, Fate::Meet, Fate::Pass]);
        let before = world.relay.requests();
        let answer = ada.browser.post(path, &body);
        let answer = tokio::time::timeout(Duration::from_mins(1), answer).await;
        assert_eq!(answer.expect("an answer").status, 200, "{path}");
        assert_eq!(world.relay.requests() - before, 3, "{path}");
    }
}
