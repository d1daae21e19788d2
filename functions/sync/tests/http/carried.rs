//! Answers that a Lambda must be able to carry, whatever clients have written (sync contract, 12.3
//! and 13.1).

use or3_testkit::{Answer, Client};
use serde_json::{Value, json};

use crate::server::{Server, delete, op, push, put, send};

/// A Lambda answers at most 6 MB, and its body travels as a JSON string.
const CARRIED: usize = 6 * 1024 * 1024;

fn carried(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.message());
    let text = std::str::from_utf8(&answer.body).expect("UTF-8");
    let length = serde_json::to_string(text).expect("a string").len();
    assert!(length < CARRIED, "{length}");
    answer.json()
}

/// Pulls to the end and gives the versions that came.
async fn pulled(client: &Client) -> Vec<i64> {
    let (mut cursor, mut versions) = (0, Vec::new());
    loop {
        let question = json!({ "scope": { "workspaceId": "ws" }, "cursor": cursor, "limit": 1000 });
        let page = carried(&send(client, "pull", &question).await);
        let changes = page["changes"].as_array().expect("changes");
        let version = |change: &Value| change["serverVersion"].as_i64().expect("a version");
        versions.extend(changes.iter().map(version));
        assert_eq!(page["nextCursor"].as_i64(), versions.last().copied());
        if page["hasMore"] == false {
            return versions;
        }
        cursor = *versions.last().expect("a page with more has changes");
    }
}

/// Reads a snapshot to the end and gives the keys that came.
async fn snapshot(client: &Client) -> Vec<String> {
    let mut request = json!({ "scope": { "workspaceId": "ws" }, "pageSize": 1000 });
    let mut keys = Vec::new();
    loop {
        let page = carried(&send(client, "snapshot", &request).await);
        let items = page["items"].as_array().expect("items");
        keys.extend(
            items
                .iter()
                .map(|item| item["pk"].as_str().expect("a key").to_owned()),
        );
        let Some(token) = page["nextPageToken"].as_str() else {
            return keys;
        };
        request["pageToken"] = json!(token);
    }
}

/// `count` rows with payloads about as large as they may be.
async fn large_rows(client: &Client, character: &str, count: u32) {
    let length = 262_000 / json!(character).to_string().len().saturating_sub(2);
    for first in (0..count).step_by(15) {
        let ops: Vec<_> = (first..count.min(first + 15))
            .map(|number| {
                let mut op = put(&format!("k{number:03}"), 9, number);
                op["payload"]["value"] = json!(character.repeat(length));
                op
            })
            .collect();
        push(client, &ops).await;
    }
}

#[tokio::test]
async fn pages_of_large_rows_end_early_and_lose_nothing() {
    for character in ["x", "\""] {
        let server = Server::start().await;
        let alice = server.alice();
        large_rows(&alice, character, 45).await;
        assert_eq!(pulled(&alice).await, (1..=45).collect::<Vec<_>>());
        assert_eq!(snapshot(&alice).await.len(), 45);
    }
}

#[tokio::test]
async fn pages_of_long_keys_end_early_and_lose_nothing() {
    let server = Server::start().await;
    let alice = server.alice();
    // The longest keys there are, by what they become in JSON and by what they are in UTF-8.
    let keys: Vec<_> = (0..1000)
        .map(|number| {
            let filler = if number % 2 == 0 { "\u{1}" } else { "あ" };
            format!("{number:04}{}", filler.repeat(1020))
        })
        .collect();
    for (batch, keys) in (0..).zip(keys.chunks(100)) {
        let long = |(number, pk): (u32, &String)| {
            let mut op = op("kv", "delete", pk, 1, batch * 100 + number, None);
            op["stamp"]["hlc"] = json!("あ".repeat(512));
            op["stamp"]["deviceId"] = json!("あ".repeat(256));
            op
        };
        push(&alice, &(0..).zip(keys).map(long).collect::<Vec<_>>()).await;
    }
    assert_eq!(pulled(&alice).await, (1..=1000).collect::<Vec<_>>());
    assert_eq!(snapshot(&alice).await, keys);
}

/// Pushes until every op knows its winner, and gives the results of each push.
async fn learnt(client: &Client, mut waiting: Vec<Value>) -> Vec<Vec<Value>> {
    let mut pushes = Vec::new();
    while !waiting.is_empty() {
        let request = json!({ "scope": { "workspaceId": "ws" }, "ops": waiting });
        let results = carried(&send(client, "push", &request).await)["results"].take();
        let results = results.as_array().expect("results").clone();
        let mut each = results.iter();
        let before = waiting.len();
        waiting.retain(|_| {
            let result = each.next().expect("a result an op");
            assert_eq!(result["applied"], false);
            result["payload"].is_null()
        });
        assert!(waiting.len() < before, "no push without a winner");
        pushes.push(results);
    }
    pushes
}

/// `count` small ops that are older than any of [`large_rows`].
fn losers(count: u32) -> Vec<Value> {
    (0..count)
        .map(|number| delete(&format!("k{number:03}"), 1, 100 + number))
        .collect()
}

/// Clients send up to 50 ops, and give each of them four attempts.
async fn small_ops_that_lose_to_large_rows_learn_the_winners_by_and_by(server: Server) {
    let alice = server.alice();
    large_rows(&alice, "x", 50).await;
    let pushes = learnt(&alice, losers(50)).await;
    assert!((2..=4).contains(&pushes.len()), "{}", pushes.len());
}

#[tokio::test]
async fn losers_learn_their_winners_within_four_attempts() {
    small_ops_that_lose_to_large_rows_learn_the_winners_by_and_by(Server::start().await).await;
}

#[tokio::test]
async fn losers_on_a_database_server_learn_their_winners_within_four_attempts() {
    if let Some(server) = Server::on_a_database_server().await {
        small_ops_that_lose_to_large_rows_learn_the_winners_by_and_by(server).await;
    }
}

#[tokio::test]
async fn a_payload_travels_twice_if_there_is_room_and_once_otherwise() {
    let server = Server::start().await;
    let alice = server.alice();
    large_rows(&alice, "x", 12).await;
    for (count, twice) in [(11, true), (12, false)] {
        let pushes = learnt(&alice, losers(count)).await;
        assert_eq!(pushes.len(), 1, "{count}");
        for result in &pushes[0] {
            let winner = &result["winner"];
            assert_eq!(winner.is_null(), !twice, "{count}");
            assert!(!twice || winner["payload"] == result["payload"]);
        }
    }
}

#[tokio::test]
async fn a_delete_that_won_is_named_where_payloads_travel_once() {
    let server = Server::start().await;
    let alice = server.alice();
    large_rows(&alice, "x", 13).await;
    push(&alice, &[delete("k000", 10, 50)]).await;
    let results = learnt(&alice, losers(13)).await.remove(0);
    assert_eq!(results[0]["winner"]["kind"], "delete");
    assert_eq!(results[0]["payload"]["deleted"], true);
    assert!(results[1]["winner"].is_null() && results[1]["payload"].is_object());
}
