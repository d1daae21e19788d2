//! Many at once (sync contract, 17).

use std::collections::BTreeSet;

use or3_domain::sync::{Merged, Op};

use super::{Home, SyncPorts, applied, put, versions};

async fn at_once(pushes: impl IntoIterator<Item = (Home, Vec<Op>)>) -> Vec<Merged> {
    let tasks = pushes
        .into_iter()
        .map(|(home, ops)| tokio::spawn(async move { home.push(&ops).await }));
    let mut merged = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        merged.push(task.await.expect("no panic"));
    }
    merged
}

/// Every version once, each batch a block of its own.
pub async fn parallel_pushes_take_blocks_of_their_own(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let batches = (0..20_u32).map(|batch| {
        let ops = (0..5).map(|number| put(&format!("k{batch}-{number}"), 1, batch * 5 + number));
        (home.clone(), ops.collect())
    });
    let mut seen = BTreeSet::new();
    for merged in at_once(batches).await {
        let block = versions(&merged);
        assert!(
            block.windows(2).all(|pair| pair[1] == pair[0] + 1),
            "{block:?}"
        );
        assert_eq!(merged.head, block[4]);
        seen.extend(block);
    }
    assert_eq!(seen, (1..=100).collect());
    assert_eq!(home.pull(0, 1000).await.changes.len(), 100);
}

/// A client that retries while the first attempt is under way.
pub async fn the_same_batch_in_parallel_is_applied_once(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let batch = vec![put("a", 1, 1), put("b", 1, 2), put("c", 1, 3)];
    let pushes = (0..12).map(|_| (home.clone(), batch.clone()));
    for merged in at_once(pushes).await {
        assert_eq!(
            (versions(&merged), applied(&merged)),
            (vec![1, 2, 3], vec![true; 3])
        );
    }
    assert_eq!(home.pull(0, 10).await.changes.len(), 3);
}

/// Op ids are unique across workspaces.
pub async fn one_op_id_in_two_workspaces_at_once_goes_to_one(ports: SyncPorts) {
    let homes = [ports.home("ws").await, ports.home("other").await];
    for number in 0..10 {
        let pushes = homes
            .clone()
            .map(|home| (home, vec![put("k", i64::from(number), number)]));
        let accepted = at_once(pushes)
            .await
            .iter()
            .filter(|merged| versions(merged) != [0])
            .count();
        assert_eq!(accepted, 1, "op {number}");
    }
}

/// A reader that follows its cursor sees every version once, in order, without a hole.
pub async fn a_reader_that_follows_its_cursor_skips_nothing(ports: SyncPorts) {
    let home = ports.home("ws").await;
    let writer = {
        let home = home.clone();
        tokio::spawn(async move {
            for batch in 0..30_u32 {
                let ops = (0..3)
                    .map(|number| put(&format!("k{number}"), i64::from(batch), batch * 3 + number));
                home.push(&ops.collect::<Vec<_>>()).await;
            }
        })
    };
    let (mut cursor, mut seen) = (0, Vec::new());
    while cursor < 90 {
        let page = home.pull(cursor, 7).await;
        seen.extend(page.changes.iter().map(|change| change.version));
        cursor = page.next_cursor;
        tokio::task::yield_now().await;
    }
    writer.await.expect("no panic");
    assert_eq!(seen, (1..=90).collect::<Vec<_>>());
}
