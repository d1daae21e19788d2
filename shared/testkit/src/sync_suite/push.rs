//! Versions, replays, and who wins.

use or3_domain::meter;
use or3_domain::sync::{ItemState, NextPage, Outcome, TableSet, Winner};

use super::{START, SyncPorts, applied, delete, keys, put, versions};

/// One block a push, the next right behind it.
pub async fn versions_are_contiguous_from_batch_to_batch(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let first = home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let second = home.push(&[put("c", 1, 3)]).await;
    assert_eq!((versions(&first), first.head), (vec![1, 2], 2));
    assert_eq!((versions(&second), second.head), (vec![3], 3));
}

/// A client that lost the answer sends the batch again.
pub async fn a_batch_that_is_pushed_again_changes_nothing(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let batch = [put("a", 1, 1), put("b", 1, 2)];
    let first = home.push(&batch).await;
    let again = home.of("bob").push(&batch).await;
    assert_eq!(versions(&again), versions(&first));
    assert_eq!(again.head, 2);
    assert_eq!(home.pull(0, 10).await.changes.len(), 2);
}

/// Old ops keep their versions, new ones get the next.
pub async fn a_batch_may_mix_old_and_new_ops(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    let mixed = home
        .push(&[put("c", 1, 3), put("b", 1, 2), put("d", 1, 4)])
        .await;
    assert_eq!(versions(&mixed), [3, 2, 4]);
}

/// The id is taken, in this workspace and in every other.
pub async fn an_op_id_stands_for_one_op_everywhere(ports: SyncPorts) {
    let (home, other) = (ports.home("ws").await, ports.home("other").await);
    home.push(&[put("a", 1, 1)]).await;
    assert_eq!(versions(&home.push(&[put("a", 2, 1)]).await), [0]);
    let refused = other.push(&[put("a", 1, 1), put("b", 1, 2)]).await;
    assert_eq!((versions(&refused), refused.head), (vec![0, 1], 1));
}

/// Every order of three writes ends in the same row.
pub async fn the_newest_write_stands_whatever_the_order(ports: SyncPorts) {
    let orders = [
        [1, 2, 3],
        [1, 3, 2],
        [2, 1, 3],
        [2, 3, 1],
        [3, 1, 2],
        [3, 2, 1],
    ];
    for (number, order) in (0..).zip(orders) {
        let home = ports.home(&format!("ws-{number}")).await;
        for clock in order {
            let id = number * 10 + u32::try_from(clock).expect("small");
            let op = if clock == 2 {
                delete("k", clock, id)
            } else {
                put("k", clock, id)
            };
            home.push(&[op]).await;
        }
        let loser = home.push(&[put("k", 0, number * 10)]).await;
        assert_eq!(winner(&loser.outcomes[0]).revision.clock, 3, "{order:?}");
    }
}

/// Ops of one batch on one row are applied one after the other.
pub async fn one_batch_may_write_a_row_often(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let batch = [
        put("k", 2, 1),
        put("k", 1, 2),
        put("k", 3, 3),
        delete("k", 4, 4),
    ];
    let merged = home.push(&batch).await;
    assert_eq!(applied(&merged), [true, false, true, true]);
    assert_eq!(versions(&merged), [1, 2, 3, 4]);
    let late = home.push(&[put("k", 3, 5)]).await;
    let winner = winner(&late.outcomes[0]);
    assert!(winner.deleted_at.is_some());
    assert_eq!(told(winner), r#"{"id":"k","value":"3","deleted":true}"#);
}

/// The log keeps losers, and they learn who won; so do their repetitions.
pub async fn a_loser_is_logged_and_told_the_winner(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("k", 5, 1)]).await;
    for _ in 0..2 {
        let lost = home.push(&[put("k", 4, 2)]).await;
        assert_eq!((versions(&lost), applied(&lost)), (vec![2], vec![false]));
        let winner = winner(&lost.outcomes[0]);
        assert_eq!(
            (winner.revision.clock, told(winner)),
            (5, r#"{"id":"k","value":"1"}"#)
        );
    }
    assert_eq!(keys(&home.pull(0, 10).await), [(1, "k"), (2, "k")]);
}

/// More payloads than one answer of a database server can hold: the first ones come, and the rest
/// when their ops are repeated.
pub async fn winners_that_an_answer_cannot_hold_come_with_the_repetition(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let keys: Vec<_> = (0..12).map(|number| format!("k{number:02}")).collect();
    let large = |pk: &str, number| {
        let mut op = put(pk, 5, number);
        op.payload = Some(format!(
            r#"{{"id":"{pk}","value":"{}"}}"#,
            "x".repeat(1_000_000)
        ));
        op
    };
    for (number, pk) in (0..).zip(&keys) {
        home.push(&[large(pk, number)]).await;
    }
    let mut waiting: Vec<_> = (100..)
        .zip(&keys)
        .map(|(number, pk)| put(pk, 1, number))
        .collect();
    let mut told = Vec::new();
    while !waiting.is_empty() {
        let merged = home.push(&waiting).await;
        assert!(applied(&merged).iter().all(|applied| !applied));
        let mut outcomes = merged.outcomes.iter();
        let before = waiting.len();
        waiting.retain(|_| {
            let outcome = outcomes.next().expect("an outcome an op");
            winner(outcome).payload.is_none()
        });
        told.push(before - waiting.len());
    }
    assert_eq!(told, [5, 5, 2], "4 MiB are full with the fifth");
    assert_eq!(home.push(&[put("k00", 1, 100)]).await.head, 24, "once each");
}

/// A newer put brings a deleted row back, with the new payload only.
pub async fn a_newer_put_revives_a_deleted_row(ports: SyncPorts) {
    let home = ports.home("ws").await;
    home.push(&[put("k", 1, 1), delete("k", 2, 2)]).await;
    assert_eq!(applied(&home.push(&[put("k", 3, 3)]).await), [true]);
    let late = home.push(&[delete("k", 2, 4)]).await;
    assert_eq!(told(winner(&late.outcomes[0])), r#"{"id":"k","value":"3"}"#);
}

/// A key that was deleted before anybody wrote it is a deleted row: older writes stay behind it.
pub async fn a_stale_put_stays_behind_a_delete_of_an_unknown_key(ports: SyncPorts) {
    let home = ports.home("ws").await;
    assert_eq!(applied(&home.push(&[delete("k", 5, 1)]).await), [true]);
    let stale = home.push(&[put("k", 4, 2)]).await;
    assert_eq!(applied(&stale), [false]);
    assert!(winner(&stale.outcomes[0]).deleted_at.is_some());
    let reader = home.reader(10);
    let rows = ports
        .store
        .start_snapshot("s", &reader, TableSet::ALL, START);
    let rows = rows.await.expect("a snapshot").items;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].state, ItemState::Tombstone(START));
}

/// Text that no JSON library likes comes back byte by byte.
pub async fn payloads_come_back_as_they_went_in(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let deep = format!(
        r#"{{"id":"d","x":{}1{}}}"#,
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let texts = [
        r#"{"id":"h","t":"\ud83d","u":"\u0000 é 😀"}"#.to_owned(),
        deep,
    ];
    let mut ops = [put("h", 1, 1), put("d", 1, 2)];
    for (op, text) in ops.iter_mut().zip(&texts) {
        op.payload = Some(text.clone());
    }
    home.push(&ops).await;
    let page = home.pull(0, 10).await;
    let payloads: Vec<_> = page
        .changes
        .into_iter()
        .filter_map(|change| change.payload)
        .collect();
    assert_eq!(payloads, texts);
}

/// Keys, clocks and device ids are any text, NUL aside.
pub async fn keys_of_any_characters_come_back_as_they_went_in(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let texts = ["a\u{2}b", "a", "a\u{7f}", "\u{1}\"\\'\n", "é😀\u{FFFD}"];
    let mut ops: Vec<_> = (1..)
        .zip(texts)
        .map(|(number, pk)| put(pk, 1, number))
        .collect();
    for (op, text) in ops.iter_mut().zip(texts) {
        text.clone_into(&mut op.revision.hlc);
        text.clone_into(&mut op.device_id);
    }
    assert_eq!(applied(&home.push(&ops).await), [true; 5]);
    assert_eq!(applied(&home.push(&ops).await), [true; 5], "found again");
    let page = home.pull(0, 10).await;
    let pulled: Vec<_> = page
        .changes
        .iter()
        .map(|change| (&*change.pk, &*change.revision.hlc, &*change.device_id))
        .collect();
    assert_eq!(pulled, texts.map(|text| (text, text, text)));
    let mut pks = Vec::new();
    let reader = home.reader(2);
    let store = &ports.store;
    let mut page = store
        .start_snapshot("s", &reader, TableSet::ALL, START)
        .await
        .expect("a snapshot");
    loop {
        pks.extend(page.items.iter().map(|item| item.key.pk.clone()));
        if !page.has_more {
            break;
        }
        let next = NextPage {
            id: page.id,
            after: page.items.last().expect("an item").key.clone(),
            tables: None,
        };
        page = store
            .snapshot_page(&next, &reader, START)
            .await
            .expect("a page");
    }
    let mut sorted = texts;
    sorted.sort_unstable();
    assert_eq!(pks, sorted);
}

/// One row in each of two workspaces.
pub async fn workspaces_are_apart(ports: SyncPorts) {
    let (home, other) = (ports.home("ws").await, ports.home("other").await);
    home.push(&[put("k", 5, 1)]).await;
    assert_eq!(applied(&other.push(&[put("k", 1, 2)]).await), [true]);
    assert_eq!(keys(&other.pull(0, 10).await), [(1, "k")]);
}

/// The budget of the design.
pub async fn a_push_is_one_round_trip_whatever_its_size(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let batch: Vec<_> = (0..100)
        .map(|number| put(&format!("k{number}"), 1, number))
        .collect();
    let (merged, trips) = meter::measured(home.push(&batch)).await;
    assert_eq!((merged.head, trips), (100, 1));
}

fn told(winner: &Winner) -> &str {
    winner.payload.as_deref().expect("a payload")
}

fn winner(outcome: &Outcome) -> &Winner {
    match outcome {
        Outcome::Accepted {
            lost_to: Some(winner),
            ..
        } => winner,
        other => panic!("no loser: {other:?}"),
    }
}
