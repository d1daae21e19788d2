//! Blobs in a bucket: the same rules, by requests that carry no bytes.

use std::collections::BTreeSet;

use futures_util::future::{join, join_all};
use or3_domain::access::Role;
use or3_domain::clock::Clock;
use or3_domain::gc::Ended;
use or3_domain::storage::ContentHash;
use or3_domain::store::StoreError;
use or3_testkit::{S3Server, collect_pass, session};
use serde_json::json;

use crate::depot::{DAY, Depot, RETENTION, names};
use crate::races::{Steps, orphan};

/// Where the bytes of `hash` lie on the server.
fn path(hash: ContentHash) -> String {
    format!("/{}/ws/sha256/{}", S3Server::BUCKET, hash.hex())
}

/// The objects to which one of `requests` did `method`, each as often as that.
fn objects(requests: &[String], method: &str) -> Vec<String> {
    let objects = requests
        .iter()
        .filter_map(|request| request.strip_prefix(method)?.strip_prefix(' '))
        .filter(|path| path.contains("/ws/"));
    let mut objects: Vec<_> = objects.map(str::to_owned).collect();
    objects.sort();
    objects
}

fn paths(hashes: &[ContentHash]) -> Vec<String> {
    let paths: BTreeSet<_> = hashes.iter().copied().map(path).collect();
    paths.into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_removes_what_nothing_refers_to_and_no_byte_comes_through_us() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let depot = Depot::over(&server).await;
    let (listed, trashed) = (depot.file("abc").await, depot.file("abcd").await);
    let (mentioned, reserved) = (depot.file("abcde").await, depot.upload("abcdef").await);
    depot.list(listed, false).await;
    depot.list(trashed, true).await;
    depot.message("m", &format!(r#"["{mentioned}"]"#)).await;
    let orphans = [
        depot.file("1234567").await,
        depot.upload("12345678").await,
        depot.upload("").await,
    ];
    depot.later(RETENTION + DAY);
    depot.reserve(reserved).await.expect("reserved");

    let before = server.answered().len();
    let look = depot.event(&json!({ "dryRun": true })).await;
    let run = depot.event(&json!({})).await;
    for (run, dry) in [(&look, true), (&run, false)] {
        assert_eq!((run.ended, run.dry_run), (Ended::Completed, dry));
        let tally = run.tally();
        assert_eq!((tally.removed, tally.bytes), (3, 15), "dry: {dry}");
    }
    let named: Vec<_> = names(&look);
    assert!(orphans.iter().all(|hash| {
        let name = hash.to_string();
        named.iter().any(|named| named.contains(&name))
    }));
    let requests = &server.answered()[before..];
    assert_eq!(objects(requests, "DELETE"), paths(&orphans));
    for carrying in ["GET", "PUT", "POST"] {
        assert_eq!(objects(requests, carrying), [""; 0], "{carrying}");
    }
    for hash in [listed, trashed, mentioned, reserved] {
        assert!(depot.has(hash).await, "{hash}");
    }
    for hash in orphans {
        assert!(!depot.has(hash).await, "{hash}");
    }
    assert_eq!(depot.event(&json!({})).await.tally().removed, 0, "twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_removes_as_many_as_it_says() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let depot = Depot::over(&server).await;
    for number in 0..5 {
        depot.upload(&format!("file {number}")).await;
    }
    depot.later(RETENTION + DAY);
    let mut administrator = session("root", "ws", Role::Viewer);
    administrator.deployment_admin = true;
    let root = depot.client(depot.ports(), administrator);
    for (limit, deleted) in [(2, 2), (500, 3)] {
        let body = json!({ "workspace_id": "ws", "limit": limit });
        let answer = root.post("/api/storage/gc/run", &body).await;
        assert_eq!(answer.json()["deleted_count"], deleted, "{answer:?}");
        depot.later(DAY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_before_the_decision_keeps_the_object() {
    let Some(server) = S3Server::start() else {
        return;
    };
    for stage in ["Look", "Sweep"] {
        let depot = Depot::over(&server).await;
        let hash = orphan(&depot).await;
        let mut steps = Steps::new(&depot);
        steps.until(stage).await;
        depot.commit(hash).await.expect("committed");
        assert_eq!(steps.finish().await, 0, "before {stage}");
        assert!(depot.has(hash).await, "before {stage}");
    }
}

/// What a commit was told to be there is there afterwards, whenever it came; the rest is gone, and
/// counted.
#[tokio::test(flavor = "multi_thread")]
async fn commits_at_the_time_of_the_sweep_lose_nothing() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let depot = Depot::over(&server).await;
    let mut hashes = Vec::new();
    for number in 0..30 {
        hashes.push(depot.file(&format!("file {number}")).await);
    }
    depot.later(RETENTION + DAY);
    let commits = join_all(hashes.iter().map(|hash| committed(&depot, *hash)));
    let (collector, now) = (depot.collector(RETENTION), depot.clock.now());
    let collection = collect_pass(&collector, now, 2);
    let (committed, tally) = join(commits, collection).await;
    let mut gone = 0;
    for (hash, committed) in hashes.into_iter().zip(committed) {
        let there = depot.has(hash).await;
        assert!(there || !committed, "{hash} is lost");
        gone += u64::from(!there);
    }
    assert_eq!(tally.removed, gone);
}

/// Whether the commit succeeded and then saw the blob, as the endpoint looks.
async fn committed(depot: &Depot, hash: ContentHash) -> bool {
    match depot.commit(hash).await {
        Ok(()) => depot.has(hash).await,
        Err(StoreError::Unavailable(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_look_at_the_bytes_reads_them_once_each() {
    let Some(server) = S3Server::start() else {
        return;
    };
    let depot = Depot::over(&server).await;
    let (sound, rotten) = (depot.file("abc").await, depot.file("def").await);
    for hash in [sound, rotten] {
        depot.list(hash, false).await;
    }
    let there = format!("{}{}", server.url(), path(rotten));
    assert_eq!(
        server
            .send("PUT", &there, &[S3Server::OWNER], b"xyz")
            .status,
        200
    );
    let before = server.answered().len();
    let run = depot.event(&json!({ "verify": true })).await;
    assert_eq!(names(&run), [format!("damaged ws/{rotten}")]);
    let requests = &server.answered()[before..];
    assert_eq!(objects(requests, "GET"), paths(&[sound, rotten]));
    assert_eq!(objects(requests, "DELETE"), [""; 0]);
    let damage = depot.state.file_index().damage().await.expect("counted");
    assert_eq!(damage.blobs, 1);
}
