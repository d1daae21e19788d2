//! What clients see, against the model.

use or3_domain::clock::Clock;
use or3_domain::ids::{Ids, SystemIds};
use or3_domain::sync::{
    ItemKey, ItemState, NextPage, PullRequest, SNAPSHOT_LIFETIME, SnapshotError, SnapshotItem,
    SnapshotPage, SnapshotReader, TableSet,
};

use crate::case::Case;
use crate::model::{Row, Rows, apply, of_change};

/// A snapshot that somebody is reading.
pub(crate) struct Open {
    id: String,
    after: Option<ItemKey>,
    seen: Rows,
    wanted: Rows,
    until: or3_domain::clock::Timestamp,
}

impl Case {
    pub(crate) async fn floor(&self) -> i64 {
        let page = self.lab.state.sync_store().pull(&self.request(0, 1)).await;
        page.expect("a pull").oldest_retained - 1
    }

    fn request(&self, cursor: i64, limit: u32) -> PullRequest {
        PullRequest {
            workspace: self.workspace.clone(),
            user: self.user.clone(),
            cursor,
            limit,
            tables: TableSet::ALL,
            max_bytes: u32::MAX,
        }
    }

    /// From every cursor that the protocol allows a pull leads to what is, and so does a snapshot;
    /// from the beginning it does even for clients that know no snapshots.
    pub(crate) async fn look(&mut self) {
        let head = self.log.head();
        let wanted = self.log.at(head);
        let floor = self.floor().await;
        for version in 0..=head {
            let cursor = i64::try_from(version).expect("few");
            let behind = cursor < floor;
            if behind && version > 0 {
                continue;
            }
            let mut rows = self.log.at(version);
            let snapshot = self.pull_all(cursor, &mut rows).await;
            assert_eq!(snapshot, behind, "from {cursor} with the floor at {floor}");
            assert_eq!(rows, wanted, "from {cursor} with the floor at {floor}");
        }
        let mut open = self.begin().await;
        self.read_to_the_end(&mut open).await;
        assert_eq!(open.seen, wanted, "by a snapshot");
    }

    /// Applies every page after `cursor`, and says whether a snapshot was asked for.
    async fn pull_all(&mut self, cursor: i64, rows: &mut Rows) -> bool {
        let store = self.lab.state.sync_store();
        let (mut at, mut snapshot) = (cursor, false);
        loop {
            let limit = self.rng.u32(1..6);
            let page = store.pull(&self.request(at, limit)).await.expect("a pull");
            snapshot |= page.requires_snapshot(at) && at == cursor;
            for change in &page.changes {
                let (key, row) = of_change(change);
                apply(rows, key, row);
            }
            at = page.next_cursor;
            if !page.has_more {
                return snapshot;
            }
        }
    }

    fn reader(&mut self) -> SnapshotReader {
        SnapshotReader {
            workspace: self.workspace.clone(),
            user: self.user.clone(),
            page_size: self.rng.u32(1..4),
            max_bytes: u32::MAX,
        }
    }

    async fn begin(&mut self) -> Open {
        let (id, now) = (SystemIds.uuid(), self.clock.now());
        let reader = self.reader();
        let store = self.lab.state.sync_store();
        let page = store.start_snapshot(&id, &reader, TableSet::ALL, now).await;
        let mut open = Open {
            id,
            after: None,
            seen: Rows::new(),
            wanted: self.log.at(self.log.head()),
            until: now.plus(SNAPSHOT_LIFETIME),
        };
        open.take(page.expect("a snapshot"));
        open
    }

    pub(crate) async fn start_snapshot(&mut self) {
        let open = self.begin().await;
        self.open.push(open);
    }

    /// The rest of a snapshot is what it was at its beginning, or it is gone as a whole.
    pub(crate) async fn read_on(&mut self) {
        let Some(mut open) = self.open.pop() else {
            return;
        };
        self.read_to_the_end(&mut open).await;
        if self.clock.now() < open.until {
            assert_eq!(open.seen, open.wanted, "a snapshot has thawed");
        }
    }

    async fn read_to_the_end(&mut self, open: &mut Open) {
        while let Some(after) = open.after.take() {
            let next = NextPage {
                id: open.id.clone(),
                after,
                tables: None,
            };
            let (reader, now) = (self.reader(), self.clock.now());
            let store = self.lab.state.sync_store();
            match store.snapshot_page(&next, &reader, now).await {
                Ok(page) => open.take(page),
                Err(SnapshotError::Gone) => assert!(now >= open.until, "gone too early"),
                Err(error) => panic!("{error}"),
            }
        }
    }
}

impl Open {
    fn take(&mut self, page: SnapshotPage) {
        let last = page.items.last().map(|item| item.key.clone());
        self.after = last.filter(|_| page.has_more);
        for item in page.items {
            let (key, row) = of_item(item);
            assert!(self.seen.insert(key, row).is_none(), "each key once");
        }
    }
}

fn of_item(item: SnapshotItem) -> ((u8, String), Row) {
    let payload = match item.state {
        ItemState::Row(payload) => Some(payload),
        ItemState::Tombstone(_) => None,
    };
    let revision = (item.revision.clock, item.revision.op_id);
    (
        (item.key.table.code(), item.key.pk),
        Row { revision, payload },
    )
}
