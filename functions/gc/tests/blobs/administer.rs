//! `POST /api/admin/gc/run`: who may, what it answers, and that pages end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use gc::Ports;
use or3_domain::access::Role;
use or3_domain::gc::{Collection, Kind, Source};
use or3_domain::ids::{SystemIds, UserId};
use or3_state::KeptAfter;
use or3_testkit::{Answer, Client, session};
use serde_json::{Value, json};

use crate::depot::{DAY, Depot, RETENTION};

const PATH: &str = "/api/admin/gc/run";

/// Ports whose collection collects blobs and rows.
fn ports(depot: &Depot) -> Ports {
    let ports = depot.ports();
    let kept = KeptAfter {
        invites: DAY,
        runs: RETENTION * 99,
        audit: Duration::from_hours(24 * 365),
    };
    let mut collectors = depot.state.row_collectors(kept);
    collectors.extend(ports.blob_gc.collectors(ports.clock.clone()));
    let (ledger, clock) = (depot.state.gc_ledger(), ports.clock.clone());
    Ports {
        collection: Collection::new(collectors, ledger, clock, Arc::new(SystemIds)),
        ..ports
    }
}

/// The page of somebody, as browsers send from it.
fn page(depot: &Depot, name: &str, administrator: bool) -> Client {
    let mut session = session(name, "ws", Role::Owner);
    session.deployment_admin = administrator;
    of_a_page(&depot.client(ports(depot), session))
}

fn of_a_page(client: &Client) -> Client {
    client
        .with_header("origin", "http://or3.test")
        .with_header("x-or3-admin-intent", "admin")
}

/// All pages of a look: how many there were, what they counted, and what they named.
async fn look(client: &Client, wish: Value) -> (usize, u64, BTreeSet<String>) {
    let (mut pages, mut counted, mut names, mut wish) = (0, 0, BTreeSet::new(), wish);
    loop {
        let answer = client.post(PATH, &wish).await;
        assert_eq!(answer.status, 200, "{}", answer.message());
        let page = answer.json();
        pages += 1;
        counted += page["removed"].as_u64().expect("a count");
        for part in page["parts"].as_array().expect("parts") {
            for found in part["found"].as_array().into_iter().flatten() {
                let name = found["name"].as_str().expect("a name").to_owned();
                assert!(names.insert(name), "each thing once");
            }
        }
        match page["nextCursor"].as_str() {
            Some(cursor) => wish["cursor"] = json!(cursor),
            None => return (pages, counted, names),
        }
    }
}

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.message())
}

#[tokio::test]
async fn only_administrators_may_and_only_on_purpose() {
    let depot = Depot::new().await;
    let root = page(&depot, "root", true);
    let look = json!({"dryRun": true});
    let stranger = root.signed_in("nobody").post(PATH, &look).await;
    assert_eq!(told(&stranger), (401, "Unauthorized".to_owned()));
    let owner = page(&depot, "ada", false).post(PATH, &look).await;
    assert_eq!(told(&owner), (403, "Forbidden".to_owned()));
    let mut session = session("root", "ws", Role::Owner);
    session.deployment_admin = true;
    let bare = depot.client(ports(&depot), session);
    let unmeant = bare.post(PATH, &look).await;
    assert_eq!(told(&unmeant).1, "Forbidden: Missing admin intent");
    let foreign = of_a_page(&bare).with_header("origin", "https://evil.example");
    assert_eq!(foreign.post(PATH, &look).await.status, 403);
    let answer = root.post(PATH, &look).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_dry_run_names_page_by_page_what_the_collection_then_removes() {
    let depot = Depot::new().await;
    let hash = depot.upload("nobody's").await;
    for _ in 0..3 {
        depot
            .reserve(depot.upload("announced").await)
            .await
            .expect("a URL");
    }
    depot.later(RETENTION + DAY);
    let root = page(&depot, "root", true);
    let (pages, counted, names) = look(&root, json!({"dryRun": true})).await;
    assert_eq!(pages, 1);
    assert!(names.contains(&format!("ws/{hash}")), "{names:?}");
    assert!(depot.has(hash).await, "it was only looked at");
    let (_, only_counted, none) = look(&root, json!({"dryRun": true, "countOnly": true})).await;
    assert_eq!((only_counted, none.len()), (counted, 0));

    let run = root.post(PATH, &json!({})).await.json();
    assert_eq!(run["outcome"], "completed");
    assert_eq!(
        (run["dryRun"].as_bool(), &run["nextCursor"]),
        (Some(false), &Value::Null)
    );
    assert!(!depot.has(hash).await);
    // What a file leaves behind when it goes is not a thing of its own.
    assert_eq!(run["removed"].as_u64(), Some(counted));
}

#[tokio::test]
async fn every_run_says_who_asked() {
    let depot = Depot::new().await;
    let root = page(&depot, "root", true);
    for wish in [
        json!({"verify": true}),
        json!({"dryRun": true, "kinds": ["runs"]}),
        json!({}),
    ] {
        assert_eq!(root.post(PATH, &wish).await.status, 200);
    }
    let runs = depot.state.gc_ledger().list(None, 9).await.expect("listed");
    let asked = Source::Request {
        user: UserId::new("root"),
        workspace: None,
    };
    assert!(runs.iter().all(|run| run.source == asked), "{runs:?}");
    let mut looks: Vec<_> = runs
        .iter()
        .map(|run| (run.dry_run, run.parts.len()))
        .collect();
    looks.sort_unstable();
    let collected = ports(&depot).collection.of(&[]).len();
    assert_eq!(looks, [(false, collected), (true, 1), (true, 1)]);
}

#[tokio::test]
async fn verifying_goes_on_where_the_time_was_over() {
    let depot = Depot::new().await;
    let mut wanted = BTreeSet::new();
    for number in 0..3 {
        let hash = depot.upload(&format!("file {number}")).await;
        wanted.insert(format!("unreferenced ws/{hash}"));
    }
    // No time at all: every page is one piece.
    let mut ports = ports(&depot);
    ports.clock = Arc::new(or3_testkit::FixedClock::at(ports.clock.now().minus(DAY)));
    let mut session = session("root", "ws", Role::Viewer);
    session.deployment_admin = true;
    let root = of_a_page(&depot.client(ports, session));
    let (pages, counted, names) = look(&root, json!({"verify": true})).await;
    assert!(pages > 1, "{pages}");
    assert_eq!((counted, names), (3, wanted));
}

#[tokio::test]
async fn what_is_not_understood_is_400_and_does_nothing() {
    let depot = Depot::new().await;
    let root = page(&depot, "root", true);
    for odd in [
        json!([]),
        json!({"dryrun": true}),
        json!({"kinds": ["everything"]}),
        json!({"dryRun": true, "cursor": "soon"}),
        json!({"dryRun": true, "cursor": "5 change-log"}),
        json!({"cursor": "5 blobs"}),
    ] {
        let answer = root.post(PATH, &odd).await;
        assert_eq!(told(&answer), (400, "Invalid request".to_owned()), "{odd}");
    }
    let mut ports = ports(&depot);
    ports.storage_enabled = false;
    let mut session = session("root", "ws", Role::Viewer);
    session.deployment_admin = true;
    let root = of_a_page(&depot.client(ports, session));
    let answer = root.post(PATH, &json!({"verify": true})).await;
    assert_eq!(told(&answer), (400, "Storage is switched off".to_owned()));
    let runs = depot.state.gc_ledger().list(None, 9).await.expect("listed");
    assert_eq!(runs, []);
}

#[tokio::test]
async fn thirty_a_minute_and_nothing_when_auth_is_off() {
    let depot = Depot::new().await;
    let root = page(&depot, "root", true);
    let look = json!({"dryRun": true, "kinds": [Kind::Runs.as_str()]});
    for _ in 0..30 {
        assert_eq!(root.post(PATH, &look).await.status, 200);
    }
    assert_eq!(root.post(PATH, &look).await.status, 429);
    depot.later(Duration::from_mins(1));
    assert_eq!(root.post(PATH, &look).await.status, 200);
    let mut ports = ports(&depot);
    ports.enabled = false;
    let off = depot.client(ports, session("root", "ws", Role::Owner));
    assert_eq!(off.post(PATH, &look).await.status, 404);
}
