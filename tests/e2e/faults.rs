//! The faults that the local stack can show (docs/operations/faults.md), as a client meets them.

use std::collections::BTreeSet;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use http::Method;
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_testkit::{Fate, Relay, Sqld};
use or3_tests::{Answer, Newcomer, Server, Writer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::main_job;

/// A stack with `faults` over rows in a file.
async fn with(faults: &str) -> Server {
    Server::with(&[("OR3_FAULTS", faults)]).await
}

/// A stack with `faults` whose database is on the server at `url`.
async fn on(url: &str, faults: &str) -> Server {
    let settings = [
        ("OR3_FAULTS", faults),
        ("OR3_DATABASE_URL", url),
        ("OR3_GC_INTERVAL_SECONDS", "0"),
        ("DISABLE_RATE_LIMIT", "1"),
    ];
    Server::with(&settings).await
}

/// Asserts that the gateway answered, in its own words.
fn by_gateway(answer: &Answer, status: u16, words: &str) {
    assert_eq!(answer.status, status, "{}", answer.json());
    assert_eq!(answer.json(), json!({ "message": words }));
    assert_eq!(answer.header("x-request-id"), "", "none of ours");
}

fn push(ada: &Newcomer, ops: &[Value]) -> Value {
    json!({ "scope": { "workspaceId": ada.workspace }, "ops": ops })
}

fn pull(ada: &Newcomer) -> Value {
    json!({ "scope": { "workspaceId": ada.workspace }, "cursor": 0, "limit": 1000 })
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_throttled_request_is_429_in_the_gateways_words() {
    let server = with("throttle=1").await;
    let answer = server.browser().get("/api/health").await;
    by_gateway(&answer, 429, "Too Many Requests");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_same_seed_throttles_the_same_requests() {
    let mut drawn = Vec::new();
    for seed in [1, 1, 2] {
        let faults = format!("throttle=0.5,seed={seed}");
        let server = with(&faults).await;
        let mut browser = server.browser();
        let mut statuses = Vec::new();
        for _ in 0..32 {
            statuses.push(browser.get("/api/health").await.status.as_u16());
        }
        assert!(statuses.contains(&200) && statuses.contains(&429));
        drawn.push(statuses);
    }
    assert_eq!(drawn[0], drawn[1]);
    assert_ne!(drawn[0], drawn[2]);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn of_requests_at_once_one_waits_for_the_cold_start_of_its_function() {
    let server = with("cold-start=60m").await;
    let ask = async || server.browser().get("/api/health").await;
    let mut asked: FuturesUnordered<_> = [(); 3].map(|()| ask()).into_iter().collect();
    for _ in 0..2 {
        let answer = asked.next().await.expect("three were asked");
        assert_eq!(answer.status, 200);
    }
    assert!(asked.next().now_or_never().is_none(), "the first one waits");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn bodies_that_no_event_can_carry_are_refused_on_the_way_in_and_out() {
    let server = with("body=4KB").await;
    let mut ada = Newcomer::of(&server).await;
    let mut writer = Writer::default();
    for number in 0..3 {
        let op = writer.thread(&format!("t{number}"), &"x".repeat(1500));
        let pushed = ada.browser.post("/api/sync/push", &push(&ada, &[op])).await;
        assert_eq!(pushed.status, 200, "{}", pushed.message());
    }
    let pulled = ada.browser.post("/api/sync/pull", &pull(&ada)).await;
    by_gateway(&pulled, 500, "Internal Server Error");
    let quotes = push(&ada, &[writer.thread("t4", &"\"".repeat(1500))]);
    let refused = ada.browser.post("/api/sync/push", &quotes).await;
    by_gateway(&refused, 413, "Request Entity Too Large");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_skewed_clock_is_ahead_or_behind() {
    for (faults, shift) in [("skew=+10m", 600_000), ("skew=-10m", -600_000)] {
        let server = with(faults).await;
        let before = SystemClock.now().millis() + shift;
        let health = server.browser().get("/api/health").await.json();
        let after = SystemClock.now().millis() + shift;
        let at = health["timestamp"].as_str().and_then(Timestamp::of_iso);
        let at = at.expect("a moment").millis();
        assert!((before..=after).contains(&at), "{faults}: {at}");
    }
}

/// A stack with `faults` behind which a request can be held, and somebody who uses it.
struct World {
    server: Server,
    relay: Relay,
    ada: Newcomer,
    _sqld: Sqld,
}

impl World {
    /// `None` where no server is installed.
    async fn with(faults: &str) -> Option<Self> {
        let sqld = Sqld::start()?;
        let relay = Relay::before(&sqld.url()).await;
        let server = on(&relay.url(), faults).await;
        let ada = Newcomer::of(&server).await;
        Some(Self {
            server,
            relay,
            ada,
            _sqld: sqld,
        })
    }

    /// The next request to the database waits until [`let_go`](Self::let_go).
    fn hold_next(&self) {
        self.relay.next([Fate::Meet, Fate::Meet]);
    }

    /// Waits until the database is asked for something that is held.
    async fn held(&self, asked_before: usize) {
        while self.relay.requests() == asked_before {
            tokio::task::yield_now().await;
        }
    }

    /// A request of another function meets the one that is held, and both go on.
    async fn let_go(&self) {
        let answer = self.server.browser().get("/api/health?deep=true").await;
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_function_that_is_busy_refuses_further_requests_and_other_functions_do_not() {
    let Some(world) = World::with("concurrency=1").await else {
        return;
    };
    let (mut first, mut second) = (world.ada.browser.clone(), world.ada.browser.clone());
    let before = world.relay.requests();
    world.hold_next();
    let beside = async {
        world.held(before).await;
        let refused = second.get("/api/auth/session").await;
        world.let_go().await;
        refused
    };
    let (answered, refused) = tokio::join!(first.get("/api/auth/session"), beside);
    assert_eq!(answered.status, 200);
    by_gateway(&refused, 503, "Service Unavailable");
    assert_eq!(second.get("/api/auth/session").await.status, 200);
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_gateway_that_has_lost_its_patience_answers_and_the_function_goes_on() {
    let Some(world) = World::with("timeout=3s").await else {
        return;
    };
    let mut browser = world.ada.browser.clone();
    let batch = push(&world.ada, &[Writer::default().thread("t1", "Late")]);
    world.hold_next();
    let late = browser.post("/api/sync/push", &batch).await;
    by_gateway(&late, 503, "Service Unavailable");
    world.let_go().await;
    loop {
        let pulled = browser.post("/api/sync/pull", &pull(&world.ada)).await;
        if pulled.json()["changes"][0]["payload"]["title"] == "Late" {
            break;
        }
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn a_slow_way_to_the_database_makes_what_needs_it_late_and_nothing_else() {
    let Some(sqld) = Sqld::start() else {
        return;
    };
    let faults = "db-latency=60m,timeout=3s";
    let server = on(&sqld.url(), faults).await;
    let mut browser = server.browser();
    assert_eq!(browser.get("/api/health").await.status, 200);
    let deep = browser.get("/api/health?deep=true").await;
    by_gateway(&deep, 503, "Service Unavailable");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn of_what_is_lost_on_the_way_to_the_database_some_was_carried_out() {
    let Some(sqld) = Sqld::start() else {
        return;
    };
    let server = on(&sqld.url(), "db-loss=0.3").await;
    let server = server.with_patience();
    let mut ada = Newcomer::of(&server).await;
    let mut impatient = ada.browser.clone().trying(1);
    let mut lost = BTreeSet::new();
    for number in 0..40 {
        let key = format!("t{number}");
        let batch = push(&ada, &[Writer::default().thread(&key, "Perhaps")]);
        let told = impatient.post("/api/sync/push", &batch).await;
        if told.status != 200 {
            let said = (told.status.as_u16(), told.header("retry-after"));
            assert_eq!(said, (503, "1"), "{}", told.message());
            lost.insert(key);
        }
    }
    let pulled = ada.browser.post("/api/sync/pull", &pull(&ada)).await.json();
    let changes = pulled["changes"].as_array().expect("changes").iter();
    let kept: BTreeSet<_> = changes
        .filter_map(|change| change["pk"].as_str().map(str::to_owned))
        .collect();
    let (carried_out, not): (Vec<_>, Vec<_>) = lost.iter().partition(|key| kept.contains(*key));
    assert!(
        !carried_out.is_empty() && !not.is_empty(),
        "{carried_out:?}, {not:?}"
    );
    assert_eq!(kept.len() + not.len(), 40, "what was acknowledged is there");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn connections_that_were_lost_while_frozen_are_made_anew_without_a_word() {
    let Some(sqld) = Sqld::start() else {
        return;
    };
    let server = on(&sqld.url(), "freeze=0ms").await;
    let mut ada = Newcomer::of(&server).await;
    for _ in 0..8 {
        let session = ada.browser.get("/api/auth/session").await;
        assert_eq!(session.status, 200, "{}", session.message());
        let pulled = ada.browser.post("/api/sync/pull", &pull(&ada)).await;
        assert_eq!(pulled.status, 200, "{}", pulled.message());
    }
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn on_a_small_disk_writes_are_refused_and_reads_go_on() {
    let server = with("disk-full=2MB").await;
    let mut ada = Newcomer::of(&server).await;
    let mut writer = Writer::default();
    let mut kept = 0;
    let full = loop {
        let op = writer.thread(&format!("t{kept}"), &"x".repeat(60_000));
        let pushed = ada.browser.post("/api/sync/push", &push(&ada, &[op])).await;
        if pushed.status != 200 {
            break pushed;
        }
        kept += 1;
    };
    assert_eq!(
        (full.status.as_u16(), full.header("retry-after")),
        (503, "30")
    );
    let pulled = ada.browser.post("/api/sync/pull", &pull(&ada)).await.json();
    assert_eq!(pulled["nextCursor"], kept, "every op that was acknowledged");
}

#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn on_a_small_disk_a_file_finds_no_room_and_a_smaller_one_does() {
    const DISK: usize = 2 << 20;
    let server = with("disk-full=2MB").await;
    let mut ada = Newcomer::of(&server).await;
    for (size, status) in [(DISK + 1, 507), (DISK, 200)] {
        let bytes = vec![0; size];
        let digest = Sha256::digest(&bytes);
        let hex = digest
            .iter()
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let file = json!({
            "workspace_id": ada.workspace, "hash": format!("sha256:{hex}"),
            "mime_type": "image/png", "size_bytes": size,
        });
        let ticket = ada.browser.post("/api/storage/presign-upload", &file).await;
        let ticket = ticket.json();
        let url = ticket["url"].as_str().expect("a URL");
        let png = [("content-type", "image/png")];
        let sent = ada.browser.send(Method::PUT, url, &png, bytes).await;
        assert_eq!(sent.status, status, "{}", sent.message());
    }
}

/// Everything at once, several times over.
#[tokio::test]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_main_job_is_done_under_all_faults_at_once_by_a_client_that_repeats() {
    for seed in 1..=3 {
        let Some(sqld) = Sqld::start() else {
            return;
        };
        let faults = format!(
            "freeze=0ms,cold-start=20ms,body=6MB,timeout=30s,concurrency=1,throttle=0.1,skew=+90s,\
             db-latency=1ms,db-loss=0.05,disk-full=64MB,seed={seed}"
        );
        let server = on(&sqld.url(), &faults).await;
        let server = server.with_patience();
        main_job::write_a_thread_and_read_it_elsewhere(&server).await;
        main_job::send_a_picture_and_show_it_elsewhere(&server).await;
    }
}
