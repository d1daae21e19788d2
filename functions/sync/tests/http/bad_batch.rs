//! Malformed batches: each gets the contract's answer and changes nothing (sync contract, 4 to 7).

use http::Method;
use or3_domain::access::Role;
use or3_testkit::Client;
use serde_json::{Value, json};

use crate::server::{Server, op, pull, push, put, send};

const INVALID: &str = "VALIDATION_ERROR";

/// A workspace with some history, and a way to see whether it is still the same.
struct Scene {
    server: Server,
    alice: Client,
    before: (Value, Value),
}

impl Scene {
    async fn new() -> Self {
        let server = Server::start().await;
        let alice = server.alice();
        push(&alice, &[put("k", 1, 1), put("other", 1, 2)]).await;
        let before = state(&alice).await;
        Self {
            server,
            alice,
            before,
        }
    }

    async fn unchanged(&self, after: &str) {
        assert_eq!(state(&self.alice).await, self.before, "{after}");
    }

    /// Pushes `bad` beside a repetition, and gives its result.
    async fn refused(&self, bad: &Value) -> Value {
        let answer = push(&self.alice, &[bad.clone(), put("k", 1, 1)]).await;
        assert_eq!(answer["results"][1]["success"], true, "its sibling: {bad}");
        self.unchanged(&bad.to_string().chars().take(300).collect::<String>())
            .await;
        answer["results"][0].clone()
    }

    /// Every one of `bad` is refused with `code` and a text that begins with `error`.
    async fn all_refused(&self, bad: impl IntoIterator<Item = Value>, code: &str, error: &str) {
        for bad in bad {
            let result = self.refused(&bad).await;
            let text = result["error"].as_str().unwrap_or_default();
            assert_eq!(
                (
                    &result["success"],
                    &result["errorCode"],
                    &text[..error.len().min(text.len())]
                ),
                (&json!(false), &json!(code), error),
                "{bad}: {result}"
            );
        }
    }
}

/// The whole log and all rows: head, versions and contents.
async fn state(client: &Client) -> (Value, Value) {
    let question = json!({ "scope": { "workspaceId": "ws" }, "pageSize": 1000 });
    let mut snapshot = send(client, "snapshot", &question).await.json();
    snapshot["snapshotId"].take();
    (pull(client, 0).await, snapshot)
}

/// `op` with the member at `path` (`a.b`) set to each of `values`, and without it.
fn spoiled(op: &Value, path: &str, values: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let with = |change: &dyn Fn(&mut Value, &str)| {
        let mut spoiled = op.clone();
        match path.split_once('.') {
            Some((outer, name)) => change(&mut spoiled[outer], name),
            None => change(&mut spoiled, path),
        }
        spoiled
    };
    let without = with(&|object, name| {
        object.as_object_mut().expect("an object").remove(name);
    });
    let values = values.into_iter();
    let set = values.map(|value| with(&|object, name| object[name] = value.clone()));
    set.chain([without]).collect()
}

fn fresh() -> Value {
    put("k", 2, 99)
}

#[tokio::test]
async fn a_request_that_is_no_batch_is_400_and_changes_nothing() {
    let scene = Scene::new().await;
    let ops = |count: usize| Value::from(vec![fresh(); count]);
    let scope = json!({ "workspaceId": "ws" });
    let bodies = [
        json!(null),
        json!([]),
        json!("push"),
        json!({ "ops": ops(1) }),
        json!({ "scope": scope }),
        json!({ "scope": scope, "ops": null }),
        json!({ "scope": scope, "ops": { "0": fresh() } }),
        json!({ "scope": scope, "ops": ops(101) }),
        json!({ "scope": scope, "ops": ops(10_000) }),
        json!({ "scope": "ws", "ops": ops(1) }),
        json!({ "scope": { "workspaceId": " " }, "ops": ops(1) }),
        json!({ "scope": { "workspaceId": 7 }, "ops": ops(1) }),
        json!({ "scope": { "workspaceId": "w".repeat(257) }, "ops": ops(1) }),
        json!({ "scope": { "workspaceId": "ws", "projectId": " " }, "ops": ops(1) }),
    ];
    for body in bodies {
        let answer = send(&scene.alice, "push", &body).await;
        let shown: String = body.to_string().chars().take(80).collect();
        assert_eq!(
            (answer.status.as_u16(), &*answer.message()),
            (400, "Invalid push request"),
            "{shown}"
        );
        scene.unchanged(&shown).await;
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400_and_changes_nothing() {
    let scene = Scene::new().await;
    let whole = json!({ "scope": { "workspaceId": "ws" }, "ops": [fresh()] }).to_string();
    let bodies = [
        Vec::new(),
        whole.as_bytes()[..whole.len() - 1].to_vec(),
        format!("{whole}x").into_bytes(),
        format!("\u{feff}{whole}").into_bytes(),
        whole.replace("\"value\":99", "\"value\":NaN").into_bytes(),
        whole.replace("\"value\":99", "\"value\":01").into_bytes(),
        [whole.as_bytes(), b"\xff"].concat(),
    ];
    for body in bodies {
        let answer = scene
            .alice
            .send(Method::POST, "/api/sync/push", body.clone())
            .await;
        let shown = String::from_utf8_lossy(&body).into_owned();
        assert_eq!(
            (answer.status.as_u16(), &*answer.message()),
            (400, "The request body must be valid JSON."),
            "{shown}"
        );
        scene.unchanged(&shown).await;
    }
}

#[tokio::test]
async fn an_op_without_its_shape_is_refused_alone_and_changes_nothing() {
    let scene = Scene::new().await;
    let text = |length| json!("x".repeat(length));
    let cases: [(&str, Vec<Value>); 9] = [
        ("id", vec![json!(7), text(0), text(257)]),
        ("tableName", vec![json!(null), text(0), text(129)]),
        ("operation", vec![json!("PUT"), json!("patch"), json!(0)]),
        ("pk", vec![json!(1), text(0), text(1025), json!("a\u{0}b")]),
        ("stamp", vec![json!([]), json!({})]),
        ("stamp.deviceId", vec![json!("  "), text(257), json!(1)]),
        ("stamp.opId", vec![json!("x"), json!(1), text(36)]),
        ("stamp.hlc", vec![text(0), text(513), json!(5)]),
        ("stamp.clock", absurd_numbers()),
    ];
    for (path, values) in cases {
        let bad = spoiled(&fresh(), path, values);
        scene.all_refused(bad, INVALID, "Invalid operation: ").await;
    }
    let no_ops = [json!(null), json!("op"), json!([fresh()])];
    scene
        .all_refused(no_ops, INVALID, "Invalid operation: ")
        .await;
}

/// No counter is any of these.
fn absurd_numbers() -> Vec<Value> {
    let numbers = [
        "-1",
        "1.5",
        "1e308",
        "-1e308",
        "9007199254740992",
        "\"1\"",
        "null",
    ];
    let parsed = numbers.map(|text| serde_json::from_str(text).expect("JSON"));
    parsed.into()
}

#[tokio::test]
async fn bookkeeping_of_another_type_is_refused_and_every_word_of_the_contract_passes() {
    let scene = Scene::new().await;
    let required: [(&str, Vec<Value>); 3] = [
        ("createdAt", vec![json!("1"), json!(null)]),
        ("attempts", absurd_numbers()),
        ("status", vec![json!("done"), json!(1)]),
    ];
    for (path, values) in required {
        let bad = spoiled(&fresh(), path, values);
        scene.all_refused(bad, INVALID, "Invalid operation: ").await;
    }
    let optional = [
        ("nextAttemptAt", json!(-1)),
        ("failedAt", json!("1")),
        ("discardedAt", json!(1.5)),
        ("lastError", json!(7)),
        ("discardReason", json!(null)),
        ("lastErrorCode", json!("E_NOPE")),
        ("failureKind", json!("bad luck")),
    ];
    for (name, value) in optional {
        let mut bad = fresh();
        bad[name] = value;
        scene
            .all_refused([bad], INVALID, "Invalid operation: ")
            .await;
    }
    let statuses = [
        "pending",
        "in_flight",
        "retry_wait",
        "failed_retryable",
        "failed_permanent",
        "applied",
        "discarded",
        "syncing",
        "failed",
    ];
    let codes = [
        "VALIDATION_ERROR",
        "OVERSIZED",
        "UNAUTHORIZED",
        "CONFLICT",
        "RATE_LIMITED",
        "NOT_FOUND",
        "NETWORK_ERROR",
        "SERVER_ERROR",
        "UNKNOWN",
    ];
    let words = statuses
        .iter()
        .zip(codes)
        .zip(["retry_exhausted", "permanent"].iter().cycle());
    for (number, ((status, code), kind)) in (200..).zip(words) {
        let mut good = put("good", 1, number);
        for (name, value) in [
            ("status", *status),
            ("lastErrorCode", code),
            ("failureKind", kind),
        ] {
            good[name] = json!(value);
        }
        let answer = push(&scene.alice, &[good]).await;
        assert_eq!(answer["results"][0]["success"], true, "{status} {code}");
    }
}

#[tokio::test]
async fn a_payload_that_its_table_does_not_take_is_refused_and_changes_nothing() {
    let scene = Scene::new().await;
    let bad = spoiled(
        &fresh(),
        "payload",
        [json!(null), json!([]), json!("x"), json!(1)],
    );
    scene
        .all_refused(bad, INVALID, "Invalid payload for kv: ")
        .await;
    let members = [
        ("payload.id", vec![json!(1), json!(null)]),
        ("payload.name", vec![json!(1), json!(null)]),
        ("payload.created_at", vec![json!("1"), json!(null)]),
        ("payload.updated_at", vec![json!(true)]),
        ("payload.clock", vec![json!("1"), json!(null)]),
    ];
    for (path, values) in members {
        let bad = spoiled(&fresh(), path, values);
        scene
            .all_refused(bad, INVALID, "Invalid payload for kv: ")
            .await;
    }
    let infinite = json!({ "scope": { "workspaceId": "ws" }, "ops": [fresh()] }).to_string();
    let infinite = infinite.replace("\"updated_at\":1", "\"updated_at\":1e999");
    let path = "/api/sync/push";
    let answer = scene.alice.send(Method::POST, path, infinite).await.json();
    assert_eq!(answer["results"][0]["errorCode"], INVALID, "{answer}");
    scene.unchanged("an infinite time").await;
}

#[tokio::test]
async fn deletes_of_every_wrong_kind_are_refused_and_change_nothing() {
    let scene = Scene::new().await;
    let delete = |payload| op("kv", "delete", "k", 9, 99, Some(payload));
    let no_objects = [json!(null), json!([1]), json!("x"), json!(5)].map(delete);
    let error = "Invalid payload for kv: payload must be an object";
    scene.all_refused(no_objects, INVALID, error).await;
    let immutable = [
        (
            json!({ "_id": 1 }),
            "Invalid payload for kv: '_id' is immutable",
        ),
        (
            json!({ "workspace_id": "other" }),
            "Invalid payload for kv: 'workspace_id' is immutable",
        ),
        (
            json!({ "id": "j" }),
            "Invalid payload for kv: 'id' must match operation pk",
        ),
    ];
    for (payload, error) in immutable {
        scene.all_refused([delete(payload)], INVALID, error).await;
    }
    let large = delete(json!({ "x": "x".repeat(262_144) }));
    let error = "Payload too large for kv: exceeds 262144 bytes";
    scene.all_refused([large], "OVERSIZED", error).await;
    let unknown = op("nope", "delete", "k", 9, 99, None);
    scene
        .all_refused([unknown], INVALID, "Invalid table: nope")
        .await;
    let file = op(
        "file_meta",
        "delete",
        "h",
        9,
        99,
        Some(json!({ "hash": "x", "id": "free" })),
    );
    let error = "Invalid payload for file_meta: 'hash' must match operation pk";
    scene.all_refused([file], INVALID, error).await;
}

#[tokio::test]
async fn of_repeated_members_a_malformed_last_one_is_what_counts() {
    let scene = Scene::new().await;
    let body = json!({ "scope": { "workspaceId": "ws" }, "ops": [fresh()] }).to_string();
    for (good, with_bad) in [
        ("\"pk\":\"k\"", "\"pk\":\"k\",\"pk\":\"\""),
        (
            "\"clock\":2,\"deviceId\"",
            "\"clock\":2,\"clock\":-1,\"deviceId\"",
        ),
        ("\"name\":\"k\"", "\"name\":\"k\",\"name\":7"),
    ] {
        assert!(body.contains(good), "{body}");
        let text = body.replacen(good, with_bad, 1);
        let answer = scene.alice.send(Method::POST, "/api/sync/push", text).await;
        let result = answer.json()["results"][0].clone();
        assert_eq!(result["errorCode"], INVALID, "{with_bad}: {result}");
        scene.unchanged(with_bad).await;
    }
}

#[tokio::test]
async fn what_is_too_large_or_too_deep_is_refused_and_changes_nothing() {
    let scene = Scene::new().await;
    let batch = json!({ "scope": { "workspaceId": "ws" }, "ops": [fresh()] }).to_string();
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (value, code) in [
        (nested(20_000), INVALID),
        (format!("\"{}\"", "x".repeat(262_144)), "OVERSIZED"),
        (format!("\"{}\"", "\\u0001".repeat(50_000)), "OVERSIZED"),
    ] {
        let text = batch.replace("\"value\":99", &format!("\"value\":{value}"));
        let answer = scene.alice.send(Method::POST, "/api/sync/push", text).await;
        let result = answer.json()["results"][0].clone();
        assert_eq!(result["errorCode"], code, "{result}");
        scene.unchanged(code).await;
    }
    let seven = batch.replace(
        "\"value\":99",
        &format!("\"value\":\"{}\"", "x".repeat(7 << 20)),
    );
    let answer = scene
        .alice
        .send(Method::POST, "/api/sync/push", seven)
        .await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.message()),
        (413, "The request body is too large.")
    );
    scene.unchanged("seven MiB").await;
}

#[tokio::test]
async fn a_reused_op_id_is_a_conflict_and_changes_nothing() {
    let scene = Scene::new().await;
    let result = scene.refused(&put("k", 7, 2)).await;
    let error = "Conflicting operation reuses processed op_id 00000000-0000-4000-8000-000000000002";
    assert_eq!(
        (&result["errorCode"], &result["error"]),
        (&json!("CONFLICT"), &json!(error))
    );
    let twice = [put("k", 7, 50), put("k", 8, 50)];
    let answer = push(&scene.alice, &twice).await;
    for result in answer["results"].as_array().expect("results") {
        let error = "Conflicting operations reuse op_id 00000000-0000-4000-8000-000000000050";
        assert_eq!(
            (&result["errorCode"], &result["error"]),
            (&json!("CONFLICT"), &json!(error))
        );
    }
    scene.unchanged("one id for two ops").await;
}

#[tokio::test]
async fn notifications_of_others_are_unauthorized_and_change_nothing() {
    let scene = Scene::new().await;
    let note = |owner: Option<&str>| {
        let mut payload = json!({
            "id": "n", "type": "t", "title": "t", "deleted": false,
            "created_at": 1, "updated_at": 1, "clock": 1,
        });
        if let Some(owner) = owner {
            payload["user_id"] = json!(owner);
        }
        op("notifications", "put", "n", 1, 99, Some(payload))
    };
    let error = "Forbidden: notification owner mismatch";
    scene
        .all_refused([note(Some("bob"))], "UNAUTHORIZED", error)
        .await;
    let unowned = op("notifications", "delete", "n", 1, 99, None);
    scene.all_refused([unowned], "UNAUTHORIZED", error).await;
    let error = "Invalid payload for notifications: 'user_id' is required";
    scene.all_refused([note(None)], INVALID, error).await;
}

#[tokio::test]
async fn who_may_not_write_changes_nothing() {
    let scene = Scene::new().await;
    let batch = json!({ "scope": { "workspaceId": "ws" }, "ops": [fresh()] });
    let viewer = scene.server.client("vera", Role::Viewer);
    assert_eq!(send(&viewer, "push", &batch).await.status, 403);
    let nobody = scene.alice.signed_in("nobody");
    assert_eq!(send(&nobody, "push", &batch).await.status, 401);
    let elsewhere = json!({ "scope": { "workspaceId": "other" }, "ops": [fresh()] });
    assert_eq!(send(&scene.alice, "push", &elsewhere).await.status, 403);
    let foreign = scene.alice.with_header("origin", "https://evil.example");
    assert_eq!(send(&foreign, "push", &batch).await.status, 403);
    scene.unchanged("strangers, viewers and other places").await;
}
