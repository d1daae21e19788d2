//! Requests that are refused before a store is asked, and what a good one is answered
//! (sync contract, 12.1, 13 and 14).

use or3_domain::access::Role;
use or3_testkit::Client;
use serde_json::{Value, json};

use crate::server::{Server, push, put, send};

fn pull(cursor: impl Into<Value>, limit: impl Into<Value>) -> Value {
    let (cursor, limit) = (cursor.into(), limit.into());
    json!({ "scope": { "workspaceId": "ws" }, "cursor": cursor, "limit": limit })
}

fn snapshot(size: impl Into<Value>) -> Value {
    let size = size.into();
    json!({ "scope": { "workspaceId": "ws" }, "pageSize": size })
}

fn report(device: impl Into<Value>, version: impl Into<Value>) -> Value {
    let (device, version) = (device.into(), version.into());
    json!({ "scope": { "workspaceId": "ws" }, "deviceId": device, "version": version })
}

/// `endpoint` answers each of `requests` with 400 and `message`.
async fn refused(client: &Client, endpoint: &str, requests: &[Value], message: &str) {
    for request in requests {
        let answer = send(client, endpoint, request).await;
        assert_eq!(
            (answer.status.as_u16(), &*answer.message()),
            (400, message),
            "{request}"
        );
        assert!(answer.headers.get("x-ratelimit-limit").is_none());
    }
}

#[tokio::test]
async fn a_pull_says_a_cursor_and_a_limit_in_range_or_is_400() {
    let server = Server::start().await;
    let mut requests = vec![
        json!({ "scope": { "workspaceId": "ws" }, "limit": 1 }),
        json!({ "scope": { "workspaceId": "ws" }, "cursor": 0 }),
    ];
    requests.extend(
        [json!(-1), json!(1.5), json!("0"), json!(null), json!(1e308)]
            .map(|cursor| pull(cursor, 1)),
    );
    requests.extend(
        [
            json!(0),
            json!(-1),
            json!(1001),
            json!(1.5),
            json!("1"),
            json!(null),
        ]
        .map(|limit| pull(0, limit)),
    );
    let tables = [
        json!("kv"),
        json!([7]),
        json!([" "]),
        json!(["t".repeat(129)]),
        json!(vec!["kv"; 51]),
    ];
    requests.extend(tables.map(|tables| {
        let mut request = pull(0, 1);
        request["tables"] = tables;
        request
    }));
    refused(&server.alice(), "pull", &requests, "Invalid pull request").await;
}

#[tokio::test]
async fn a_snapshot_says_a_size_in_range_or_is_400() {
    let server = Server::start().await;
    let sizes = [
        json!(0),
        json!(-1),
        json!(1001),
        json!(1.5),
        json!("1"),
        json!(null),
    ];
    let mut requests: Vec<_> = sizes.map(snapshot).into();
    requests.extend([json!(""), json!(7), json!("t".repeat(4097))].map(|token| {
        let mut request = snapshot(1);
        request["pageToken"] = token;
        request
    }));
    refused(
        &server.alice(),
        "snapshot",
        &requests,
        "Invalid snapshot request",
    )
    .await;
}

#[tokio::test]
async fn a_snapshot_names_the_table_or_token_that_it_does_not_know() {
    let server = Server::start().await;
    let alice = server.alice();
    let mut request = snapshot(1);
    request["tables"] = json!(["kv", "nope"]);
    let unknown = send(&alice, "snapshot", &request).await;
    assert_eq!(
        (unknown.status.as_u16(), &*unknown.message()),
        (400, "Invalid snapshot table: nope")
    );
    let mut request = snapshot(1);
    request["pageToken"] = json!("no token");
    let unreadable = send(&alice, "snapshot", &request).await;
    assert_eq!(
        (unreadable.status.as_u16(), &*unreadable.message()),
        (400, "Invalid snapshot page token")
    );
}

#[tokio::test]
async fn a_snapshot_page_has_an_id_a_watermark_whole_items_and_a_token() {
    let server = Server::start().await;
    let alice = server.alice();
    push(&alice, &[put("a", 1, 1), put("b", 2, 2)]).await;
    let page = send(&alice, "snapshot", &snapshot(1)).await.json();
    assert_eq!(
        (&page["workspaceId"], &page["highWatermark"]),
        (&json!("ws"), &json!(2))
    );
    assert!(page["snapshotId"].is_string() && page["nextPageToken"].is_string());
    let item = &page["items"][0];
    assert_eq!(
        (&item["kind"], &item["tableName"], &item["pk"]),
        (&json!("row"), &json!("kv"), &json!("a"))
    );
    let revision = json!({
        "clock": 1, "hlc": "0mjuohs00:000:deva0001",
        "opId": "00000000-0000-4000-8000-000000000001",
    });
    assert_eq!(item["revision"], revision);
    let mut next = snapshot(1);
    next["pageToken"] = page["nextPageToken"].clone();
    let last = send(&alice, "snapshot", &next).await.json();
    assert_eq!(
        (&last["items"][0]["pk"], &last["nextPageToken"]),
        (&json!("b"), &json!(null))
    );
    assert_eq!(last["snapshotId"], page["snapshotId"]);
}

#[tokio::test]
async fn a_cursor_report_has_a_device_and_a_version_or_is_400() {
    let server = Server::start().await;
    let mut requests = vec![
        json!({ "deviceId": "d", "version": 0 }),
        json!({ "scope": { "workspaceId": "ws" }, "version": 0 }),
        json!({ "scope": { "workspaceId": "ws" }, "deviceId": "d" }),
    ];
    requests.extend([json!(" "), json!("d".repeat(257)), json!(1)].map(|device| report(device, 0)));
    let versions = [json!(-1), json!(1.5), json!("0"), json!(null), json!(1e308)];
    requests.extend(versions.map(|version| report("d", version)));
    refused(
        &server.alice(),
        "update-cursor",
        &requests,
        "Invalid cursor request",
    )
    .await;
    let text = report("d", 0).to_string();
    for version in ["NaN", "1e999", "-1e999", "Infinity"] {
        let text = text.replace("\"version\":0", &format!("\"version\":{version}"));
        let path = "/api/sync/update-cursor";
        let answer = server.alice().send(http::Method::POST, path, text).await;
        assert_eq!(answer.status, 400, "{version}");
    }
}

#[tokio::test]
async fn a_cursor_report_is_answered_with_ok_and_refused_in_the_contracts_words() {
    let server = Server::start().await;
    let alice = server.alice();
    push(&alice, &[put("a", 1, 1), put("b", 1, 2)]).await;
    let device = |version| report(" dev ", version);
    let noted = send(&alice, "update-cursor", &device(2)).await;
    assert_eq!(
        (noted.status.as_u16(), noted.json()),
        (200, json!({ "ok": true }))
    );
    let bob = server.client("bob", Role::Viewer);
    for (client, version, status, message) in [
        (&alice, 3, 400, "Cursor exceeds workspace version"),
        (&bob, 2, 403, "Device cursor belongs to another user"),
        (&alice, 1, 409, "Device cursor cannot regress"),
    ] {
        let refused = send(client, "update-cursor", &device(version)).await;
        assert_eq!(
            (refused.status.as_u16(), &*refused.message()),
            (status, message)
        );
        assert!(
            refused.headers.contains_key("x-ratelimit-limit"),
            "from step 7 on"
        );
    }
    assert_eq!(
        send(&alice, "update-cursor", &device(2)).await.status,
        200,
        "2 stayed"
    );
}

#[tokio::test]
async fn payloads_reach_the_store_in_snake_case_only() {
    let server = Server::start().await;
    let alice = server.alice();
    let payload = json!({
        "id": "p", "title": "t", "content": "c", "postType": "doc", "deleted": false,
        "createdAt": 1, "updatedAt": 1, "clock": 1, "meta": { "postType": "kept" },
    });
    let post = crate::server::op("posts", "put", "p", 1, 1, Some(payload));
    assert_eq!(push(&alice, &[post]).await["results"][0]["success"], true);
    let folded = json!({
        "id": "p", "title": "t", "content": "c", "post_type": "doc", "deleted": false,
        "created_at": 1, "updated_at": 1, "clock": 1, "meta": { "postType": "kept" },
    });
    let changes = crate::server::pull(&alice, 0).await["changes"].take();
    assert_eq!(changes[0]["payload"], folded);
    let rows = send(&alice, "snapshot", &snapshot(9)).await.json();
    assert_eq!(rows["items"][0]["payload"], folded);
}
