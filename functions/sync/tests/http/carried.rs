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

/// `count` rows of 250,000 characters.
async fn large_rows(client: &Client, character: &str, count: u32) {
    let length = 250_000 / json!(character).to_string().len().saturating_sub(2);
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

#[tokio::test]
async fn small_ops_that_lose_to_large_rows_learn_the_winners_by_and_by() {
    let server = Server::start().await;
    let alice = server.alice();
    large_rows(&alice, "x", 40).await;
    let mut waiting: Vec<_> = (0..40)
        .map(|number| delete(&format!("k{number:03}"), 1, 100 + number))
        .collect();
    // A client gives an op four attempts.
    for attempt in 1..=4 {
        let request = json!({ "scope": { "workspaceId": "ws" }, "ops": waiting });
        let results = carried(&send(&alice, "push", &request).await)["results"].take();
        let mut results = results.as_array().expect("results").iter();
        waiting.retain(|_| {
            let result = results.next().expect("a result an op");
            assert_eq!(result["applied"], false);
            assert_eq!(result["payload"], result["winner"]["payload"]);
            result["winner"].is_null()
        });
        assert_eq!(
            waiting.is_empty(),
            attempt == 4,
            "{attempt}: {}",
            waiting.len()
        );
    }
}
