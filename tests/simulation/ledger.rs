//! What is known of one workspace from outside: every edit that was ever sent, every version that
//! was ever acknowledged, and every claim that an answer made. A claim may only become checkable
//! when the whole history is known, so all are kept until the end.

use std::collections::{BTreeMap, HashMap};

use or3_domain::clock::Timestamp;
use or3_domain::sync::{Operation, Revision};
use serde_json::Value;

use crate::device::{Local, revision};
use crate::edit::{Edit, Key};
use crate::sighting::{Chain, Page};

#[derive(Default)]
pub(crate) struct Ledger {
    /// By op id.
    sent: HashMap<String, Edit>,
    /// The op id of each version.
    log: BTreeMap<i64, String>,
    /// The highest version that was acknowledged.
    pub(crate) head: i64,
    /// By device: the last report that was taken, and when.
    reports: BTreeMap<String, (i64, Timestamp)>,
    /// The highest version that collections may have forgotten up to.
    forgettable: i64,
    verdicts: Vec<Verdict>,
    /// With the highest version that every page had to look up to.
    pages: Vec<(Page, i64)>,
    snapshots: Vec<(String, Chain)>,
}

/// What a push said of one op.
struct Verdict {
    op_id: String,
    version: i64,
    replayed: bool,
    /// The state that it lost to.
    lost_to: Option<Revision>,
    /// The head before the push, as far as its answer tells, and after it.
    heads: (i64, i64),
}

impl Ledger {
    pub(crate) fn send(&mut self, edits: &[Edit]) {
        for edit in edits {
            self.sent.insert(edit.revision.op_id.clone(), edit.clone());
        }
    }

    /// Notes what a push was answered; every op of it must be accepted.
    pub(crate) fn acknowledge(&mut self, edits: &[Edit], answer: &Value) {
        let results = answer["results"].as_array().expect("results");
        assert_eq!(results.len(), edits.len());
        let head = answer["serverVersion"].as_i64().expect("a head");
        let version = |result: &Value| result["serverVersion"].as_i64().expect("a version");
        let fresh = results.iter().filter(|result| result["replayed"] != true);
        let block: Vec<_> = fresh.map(version).collect();
        let before = block.first().map_or(head, |first| first - 1);
        let last = before + i64::try_from(block.len()).unwrap_or(0);
        assert!(
            block.iter().copied().eq(before + 1..=last),
            "no block: {block:?}"
        );
        assert_eq!(head, last, "the head is the end of the push's own block");
        for (edit, result) in edits.iter().zip(results) {
            assert_eq!(result["success"], true, "{edit:?}: {result}");
            assert_eq!(result["opId"], edit.revision.op_id);
            let winner = &result["winner"];
            assert_eq!(result["applied"] == true, winner.is_null(), "{result}");
            self.verdicts.push(Verdict {
                op_id: edit.revision.op_id.clone(),
                version: version(result),
                replayed: result["replayed"] == true,
                lost_to: winner.is_object().then(|| revision(&winner["revision"])),
                heads: (before, head),
            });
            self.enter(version(result), &edit.revision.op_id);
        }
        self.head = self.head.max(head);
    }

    /// A version is one op for ever, and an op is one version.
    fn enter(&mut self, version: i64, op_id: &str) {
        let known = self.log.entry(version).or_insert_with(|| op_id.to_owned());
        assert_eq!(known, op_id, "version {version} is two ops");
    }

    /// Notes a page. What is on it is what was sent, and it reaches at least to where the page
    /// says, or to all that was acknowledged before it was asked for.
    pub(crate) fn saw_page(&mut self, page: Page, acknowledged: i64) {
        for (version, change) in &page.changes {
            let op_id = &change.revision.op_id;
            let sent = self.sent.get(op_id).expect("an op of this workspace");
            let mut shown = change.clone();
            shown.user.clone_from(&sent.user);
            assert_eq!(shown, *sent, "another op than was sent");
            self.enter(*version, op_id);
        }
        assert!(page.oldest_retained - 1 <= self.forgettable, "{page:?}");
        let reach = if page.has_more { 0 } else { acknowledged };
        let reach = reach.max(page.next_cursor);
        self.pages.push((page, reach));
    }

    pub(crate) fn saw_snapshot(&mut self, user: &str, chain: Chain) {
        self.snapshots.push((user.to_owned(), chain));
    }

    pub(crate) fn saw_report(&mut self, device: &str, version: i64, now: Timestamp) {
        self.reports.insert(device.to_owned(), (version, now));
    }

    /// Devices that were not seen since `cutoff` hold nothing any more.
    pub(crate) fn forget_devices(&mut self, cutoff: Timestamp) {
        self.reports.retain(|_, (_, seen)| *seen >= cutoff);
    }

    /// Notes that the log was collected: what a remaining device lacks had to stay (sync contract,
    /// 15.2).
    pub(crate) fn forget_history(&mut self) {
        let held = self.reports.values().map(|(version, _)| *version).min();
        self.forgettable = self.forgettable.max(held.unwrap_or(i64::MAX));
    }

    /// The log in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (i64, &Edit)> {
        let edit = |(version, op_id): (&i64, &String)| (*version, &self.sent[op_id]);
        self.log.iter().map(edit)
    }

    /// The state of the workspace at a version, as one user may see it: of each row the greatest
    /// revision, whatever the order.
    pub(crate) fn state(&self, through: i64, user: &str) -> BTreeMap<Key, &Edit> {
        let mut rows: BTreeMap<Key, &Edit> = BTreeMap::new();
        let seen = self
            .entries()
            .take_while(|(version, _)| *version <= through);
        for (_, edit) in seen.filter(|(_, edit)| edit.is_visible_to(user)) {
            let row = rows.entry(edit.key.clone()).or_insert(edit);
            if edit.revision.beats(&row.revision) {
                *row = edit;
            }
        }
        rows
    }

    /// Holds every claim against the history, once all edits are acknowledged.
    pub(crate) fn audit(&self) {
        let versions: Vec<_> = self.log.keys().copied().collect();
        assert!(
            versions.iter().copied().eq(1..=self.head),
            "not contiguous: {versions:?}"
        );
        let mut ops: Vec<_> = self.log.values().collect();
        ops.sort_unstable();
        ops.dedup();
        assert_eq!(ops.len(), versions.len(), "an op has two versions");
        assert_eq!(ops.len(), self.sent.len(), "an op has no version");
        self.verdicts.iter().for_each(|verdict| self.hold(verdict));
        for (page, reach) in &self.pages {
            self.hold_page(page, *reach);
        }
        for (user, chain) in &self.snapshots {
            assert_same(&self.state(chain.watermark, user), &chain.items);
        }
    }

    fn hold(&self, verdict: &Verdict) {
        let edit = &self.sent[&verdict.op_id];
        let greatest = |through: i64| {
            let rivals = self
                .entries()
                .take_while(|(version, _)| *version <= through);
            let rivals = rivals.filter(|(_, rival)| rival.key == edit.key);
            rivals.map(|(_, rival)| &rival.revision).max()
        };
        match (&verdict.lost_to, verdict.replayed) {
            (None, false) => assert_eq!(greatest(verdict.version), Some(&edit.revision)),
            (Some(winner), false) => assert_eq!(greatest(verdict.version), Some(winner)),
            // Beside new ops of its key, a repetition may be judged before or after them.
            (None, true) => assert_eq!(greatest(verdict.heads.0), Some(&edit.revision)),
            (Some(winner), true) => {
                let (before, after) = verdict.heads;
                assert!(winner.beats(&edit.revision));
                assert!((before..=after).any(|head| greatest(head) == Some(winner)));
            }
        }
    }

    /// Between the cursor and its reach a page has every entry that the user may see, and nothing
    /// else. Behind the floor, entries that another write overtook may be gone.
    fn hold_page(&self, page: &Page, reach: i64) {
        let covered = self.entries().filter(|(version, _)| *version > page.cursor);
        for (version, edit) in covered.take_while(|(version, _)| *version <= reach) {
            let shown = page.changes.iter().any(|(shown, _)| *shown == version);
            let wanted = edit.is_visible_to(&page.user) && page.tables.contains(&edit.key.table);
            let forgotten = version < page.oldest_retained && self.is_overtaken(edit);
            assert!(
                shown == wanted || (wanted && forgotten),
                "version {version} of {edit:?} on {page:?}"
            );
        }
    }

    fn is_overtaken(&self, edit: &Edit) -> bool {
        let mut rivals = self.entries().filter(|(_, rival)| rival.key == edit.key);
        rivals.any(|(_, rival)| rival.revision.beats(&edit.revision))
    }
}

/// A copy with tombstones is the state, row by row.
pub(crate) fn assert_same(state: &BTreeMap<Key, &Edit>, copy: &BTreeMap<Key, Local>) {
    let keys: Vec<_> = state.keys().collect();
    assert_eq!(keys, copy.keys().collect::<Vec<_>>(), "other rows");
    for (key, edit) in state {
        let local = &copy[key];
        assert_eq!(local.revision, edit.revision, "{key:?}");
        let payload = edit.payload.as_ref();
        let payload = payload.filter(|_| edit.operation == Operation::Put);
        assert_eq!(local.payload.as_ref(), payload, "{key:?}");
    }
}
