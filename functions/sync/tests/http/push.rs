//! Batches that the original answers badly.

use or3_domain::access::Role;
use serde_json::json;

use crate::server::{Server, delete, op, pull, push, put};

#[tokio::test]
async fn one_op_twice_in_a_batch_is_applied_once_and_answered_twice() {
    let server = Server::start().await;
    let alice = server.alice();
    let answer = push(&alice, &[put("a", 1, 1), put("b", 1, 2), put("a", 1, 1)]).await;
    let results = &answer["results"];
    assert_eq!(results[0], results[2]);
    assert_eq!(results[0]["serverVersion"], 1);
    assert_eq!(answer["serverVersion"], 2);
}

#[tokio::test]
async fn one_op_id_with_two_contents_is_a_conflict_for_both_and_for_nobody_else() {
    let server = Server::start().await;
    let answer = push(
        &server.alice(),
        &[put("a", 1, 1), put("a", 2, 1), put("b", 1, 2)],
    )
    .await;
    for place in [0, 1] {
        let result = &answer["results"][place];
        assert_eq!(
            (&result["success"], &result["errorCode"]),
            (&json!(false), &json!("CONFLICT"))
        );
    }
    assert_eq!(answer["results"][2]["serverVersion"], 1);
}

#[tokio::test]
async fn spelling_and_member_order_do_not_make_another_op() {
    let server = Server::start().await;
    let alice = server.alice();
    push(&alice, &[put("a", 1, 1)]).await;
    let mut again = put("a", 1, 1);
    again["payload"] = json!({
        "clock": 1.0, "updatedAt": 1, "createdAt": 1, "value": 1, "name": "a", "id": "a",
    });
    let answer = push(&alice, &[again]).await;
    assert_eq!(answer["results"][0]["serverVersion"], 1);
    assert_eq!(answer["results"][0]["replayed"], true);
}

#[tokio::test]
async fn bad_ops_of_every_kind_take_no_version_and_leave_their_siblings_alone() {
    let server = Server::start().await;
    let alice = server.alice();
    let kv = |payload| op("kv", "put", "k", 1, 99, Some(payload));
    let whole = |more: serde_json::Value| {
        let mut payload = put("k", 1, 99)["payload"].clone();
        for (name, value) in more.as_object().expect("members") {
            payload[name] = value.clone();
        }
        kv(payload)
    };
    let cases = [
        (
            op("nope", "put", "k", 1, 99, Some(json!({}))),
            "Invalid table: nope",
        ),
        (op("kv", "put", "k", 1, 99, None), "Invalid payload for kv"),
        (
            op("kv", "delete", "k", 1, 99, Some(json!([1]))),
            "Invalid payload for kv: payload must be an object",
        ),
        (
            op("kv", "delete", "k", 1, 99, Some(json!(null))),
            "Invalid payload for kv: payload must be an object",
        ),
        (
            whole(json!({ "_id": 1 })),
            "Invalid payload for kv: '_id' is immutable",
        ),
        (
            whole(json!({ "Id": 1 })),
            "Invalid payload for kv: '_id' is immutable",
        ),
        (
            whole(json!({ "workspace_id": "other" })),
            "Invalid payload for kv: 'workspace_id' is immutable",
        ),
        (
            whole(json!({ "workspaceId": null })),
            "Invalid payload for kv: 'workspace_id' is immutable",
        ),
        (
            whole(json!({ "id": "other" })),
            "Invalid payload for kv: 'id' must match operation pk",
        ),
        (
            whole(json!({ "value": "x".repeat(262_144) })),
            "Payload too large for kv: exceeds 262144 bytes",
        ),
        (
            put("k", (1 << 53) - 1, 99),
            "Invalid operation: stamp.clock",
        ),
        (json!("no op"), "Invalid operation"),
    ];
    for (place, (bad, error)) in (1..).zip(cases) {
        let answer = push(&alice, &[bad, put("good", 1, place)]).await;
        let refused = &answer["results"][0];
        assert_eq!(refused["success"], false, "{error}");
        assert!(
            refused["error"]
                .as_str()
                .is_some_and(|text| text.starts_with(error)),
            "{refused}"
        );
        assert_eq!(answer["results"][1]["serverVersion"], place);
    }
    assert_eq!(
        pull(&alice, 0).await["changes"].as_array().map(Vec::len),
        Some(12)
    );
}

#[tokio::test]
async fn a_payload_of_exactly_the_limit_passes() {
    let server = Server::start().await;
    let alice = server.alice();
    let mut op = put("k", 1, 1);
    op["payload"]["value"] = json!("");
    let rest = 262_144 - op["payload"].to_string().len();
    op["payload"]["value"] = json!("x".repeat(rest));
    assert_eq!(
        push(&alice, &[op.clone()]).await["results"][0]["success"],
        true
    );
    op["payload"]["value"] = json!("x".repeat(rest + 1));
    op["stamp"]["opId"] = json!("00000000-0000-4000-8000-000000000002");
    assert_eq!(
        push(&alice, &[op]).await["results"][0]["errorCode"],
        "OVERSIZED"
    );
}

#[tokio::test]
async fn an_honest_edit_follows_the_largest_clock_that_is_accepted() {
    let server = Server::start().await;
    let alice = server.alice();
    let far = 1 << 43;
    assert_eq!(
        push(&alice, &[put("k", far, 1)]).await["results"][0]["success"],
        true
    );
    let answer = push(&server.client("bob", Role::Editor), &[put("k", far + 1, 2)]).await;
    assert_eq!(answer["results"][0]["applied"], true);
}

#[tokio::test]
async fn deletes_come_back_as_they_were_sent() {
    let server = Server::start().await;
    let alice = server.alice();
    let mut odd = delete("k", 1, 1);
    odd["payload"] = json!({ "postType": 1, "deleted": true });
    let bare = op("kv", "delete", "j", 1, 2, None);
    push(&alice, &[odd, bare]).await;
    let pulled = pull(&alice, 0).await;
    assert_eq!(
        pulled["changes"][0]["payload"],
        json!({ "postType": 1, "deleted": true })
    );
    assert!(pulled["changes"][1].get("payload").is_none());
}
