//! What the loser is told (sync contract, 8.6 and 10).

use or3_domain::access::Role;
use or3_domain::clock::Clock;
use serde_json::{Value, json};

use crate::server::{Server, delete, op, pull, push, put, seconds};

fn note(operation: &str, user: &str, clock: i64, number: u32) -> Value {
    let payload = match operation {
        "put" => json!({
            "id": "no-1", "user_id": user, "type": "x", "title": "secret", "deleted": false,
            "created_at": 1, "updated_at": 1, "clock": clock,
        }),
        _ => json!({ "id": "no-1", "deleted": true, "deleted_at": 1 }),
    };
    op(
        "notifications",
        operation,
        "no-1",
        clock,
        number,
        Some(payload),
    )
}

#[tokio::test]
async fn a_loser_gets_the_live_winner_and_so_does_its_repetition() {
    let server = Server::start().await;
    let alice = server.alice();
    push(&alice, &[put("k", 5, 1)]).await;
    let first = push(&alice, &[put("k", 4, 2)]).await["results"][0].clone();
    assert_eq!(first["payload"]["value"], 1);
    assert_eq!(first["winner"]["kind"], "put");
    assert_eq!(first["winner"]["payload"], first["payload"]);
    assert_eq!(first["winner"]["revision"]["clock"], 5);
    let mut again = push(&alice, &[put("k", 4, 2)]).await["results"][0].clone();
    assert_eq!(again["replayed"], true);
    again.as_object_mut().expect("an object").remove("replayed");
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_loser_against_a_delete_is_told_so() {
    let server = Server::start().await;
    let alice = server.alice();
    push(&alice, &[put("k", 1, 1), delete("k", 5, 2)]).await;
    let lost = push(&alice, &[put("k", 4, 3)]).await["results"][0].clone();
    assert_eq!(lost["winner"]["kind"], "delete");
    assert_eq!(
        lost["winner"]["serverDeletedAt"],
        seconds(server.clock.now())
    );
    assert_eq!(lost["payload"]["deleted"], true);
    assert_eq!(lost["payload"]["value"], 1);
}

#[tokio::test]
async fn an_op_that_was_overtaken_learns_it_when_it_comes_again() {
    let server = Server::start().await;
    let alice = server.alice();
    push(&alice, &[put("k", 1, 1)]).await;
    push(&alice, &[put("k", 2, 2)]).await;
    let again = push(&alice, &[put("k", 1, 1)]).await["results"][0].clone();
    assert_eq!(
        (&again["applied"], &again["serverVersion"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(again["winner"]["revision"]["clock"], 2);
}

#[tokio::test]
async fn a_foreign_notification_is_never_disclosed_and_never_taken_over() {
    let server = Server::start().await;
    let alice = server.alice();
    let bob = server.client("bob", Role::Editor);
    push(&alice, &[note("put", "alice", 5, 1)]).await;
    for (clock, number) in [(1, 2), (9, 3)] {
        let answer = push(&bob, &[note("put", "bob", clock, number)]).await;
        assert_eq!(answer["results"][0]["errorCode"], "UNAUTHORIZED");
        assert!(!answer.to_string().contains("secret"));
    }
    assert_eq!(
        push(&alice, &[note("put", "alice", 6, 4)]).await["results"][0]["serverVersion"],
        2
    );
}

#[tokio::test]
async fn the_owners_other_devices_pull_the_delete_of_a_notification() {
    let server = Server::start().await;
    let alice = server.alice();
    push(&alice, &[note("put", "alice", 1, 1)]).await;
    push(&alice, &[note("delete", "alice", 2, 2)]).await;
    assert_eq!(pull(&alice, 1).await["changes"][0]["op"], "delete");
    let bob = server.client("bob", Role::Editor);
    let hidden = pull(&bob, 1).await;
    assert_eq!(
        (&hidden["changes"], &hidden["nextCursor"]),
        (&json!([]), &json!(2))
    );
}
