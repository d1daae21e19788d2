//! One generated history.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fastrand::Rng;
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_domain::gc::{BlobCollector, Collector, HistoryCollector, HistoryKept, Kind, Piece, Tally};
use or3_domain::ids::{SystemIds, UserId, WorkspaceId};
use or3_domain::storage::{BlobClaims, BlobStore, CommittedFile, ContentHash, Reservation};
use or3_domain::sync::{
    CursorReport, Fingerprint, History, Op, Operation, Revision, SyncHistory, Table,
};
use or3_state::KeptAfter;
use or3_testkit::blob_store_suite::{body, key_in};
use or3_testkit::{FixedClock, collect_pass, seed_workspace, survey_pass};

use crate::fuse::{Fuse, Fused};
use crate::lab::Lab;
use crate::model::Log;
use crate::views::Open;

const DAY: Duration = Duration::from_hours(24);
const HISTORY: HistoryKept = HistoryKept {
    retention: DAY,
    device_expiry: Duration::from_hours(72),
};
const BLOBS: Duration = Duration::from_hours(48);
/// As long as a transfer may outlive its URL.
const TRANSFER: Duration = Duration::from_hours(1);

const FILES: usize = 4;
const KINDS: [Kind; 5] = [
    Kind::Snapshots,
    Kind::SnapshotStates,
    Kind::Tombstones,
    Kind::ChangeLog,
    Kind::Blobs,
];

/// What happened to a file last.
#[derive(Clone, Copy, Default)]
struct Past {
    written: Option<Timestamp>,
    committed: Option<Timestamp>,
    url_until: Option<Timestamp>,
}

pub(crate) struct Case<'a> {
    pub(crate) lab: &'a Lab,
    pub(crate) rng: Rng,
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) log: Log,
    pub(crate) open: Vec<Open>,
    seed: u64,
    ops: u32,
    devices: BTreeMap<u8, (i64, Timestamp)>,
    files: [Past; FILES],
    positions: BTreeMap<Kind, Option<String>>,
}

impl<'a> Case<'a> {
    pub(crate) async fn new(lab: &'a Lab, seed: u64) -> Self {
        let name = format!("w{seed}");
        seed_workspace(&*lab.state.sessions(), &name).await;
        Self {
            lab,
            rng: Rng::with_seed(seed),
            user: UserId::new(format!("owner-of-{name}")),
            workspace: WorkspaceId::new(name),
            clock: Arc::new(FixedClock::at(SystemClock.now())),
            log: Log::default(),
            open: Vec::new(),
            seed,
            ops: 0,
            devices: BTreeMap::new(),
            files: [Past::default(); FILES],
            positions: BTreeMap::new(),
        }
    }

    pub(crate) async fn run(mut self) {
        for _ in 0..self.rng.u32(10..40) {
            match self.rng.u32(0..10) {
                0..=5 => self.user_does_something().await,
                6 => self.time_passes(),
                _ => {
                    let kind = KINDS[self.rng.usize(..KINDS.len())];
                    self.collect(kind).await;
                }
            }
            if self.rng.u32(0..8) == 0 {
                self.look().await;
            }
        }
        self.look().await;
        self.finish().await;
    }

    async fn user_does_something(&mut self) {
        match self.rng.u32(0..12) {
            0..=5 => self.push().await,
            6 => self.upload().await,
            7 => self.commit().await,
            8 => self.reserve().await,
            9 => self.report().await,
            10 => self.start_snapshot().await,
            _ => self.read_on().await,
        }
    }

    fn time_passes(&mut self) {
        let span = match self.rng.u32(0..3) {
            0 => Duration::from_mins(self.rng.u64(1..90)),
            1 => Duration::from_hours(self.rng.u64(1..40)),
            _ => DAY * self.rng.u32(1..5),
        };
        self.clock.advance(span);
    }

    async fn push(&mut self) {
        let ops: Vec<_> = (0..self.rng.u32(1..4)).map(|_| self.op()).collect();
        let now = self.clock.now();
        let store = self.lab.state.sync_store();
        let pushed = store.push(&self.workspace, &self.user, &ops, now).await;
        pushed.expect("pushed");
        self.log.0.extend(ops.into_iter().map(|op| (op, now)));
    }

    /// Writers are behind, ahead, or level; what they delete may live again.
    fn op(&mut self) -> Op {
        self.ops += 1;
        let (table, pk, payload) = match self.rng.u32(0..4) {
            0 | 1 => {
                let pk = format!("k{}", self.rng.u32(0..3));
                (Table::Kv, pk, format!(r#"{{"n":{}}}"#, self.ops))
            }
            2 => {
                let (hash, trash) = (self.hash(), self.rng.bool());
                let payload = format!(r#"{{"hash":"{hash}","deleted":{trash},"n":{}}}"#, self.ops);
                (Table::FileMeta, hash.to_string(), payload)
            }
            _ => {
                let pk = format!("m{}", self.rng.u32(0..2));
                let hash = self.hash().to_string();
                let named = if self.rng.bool() {
                    hash.to_uppercase()
                } else {
                    hash
                };
                (
                    Table::Messages,
                    pk,
                    format!(r#"{{"file_hashes":"[\"{named}\"]"}}"#),
                )
            }
        };
        let put = self.rng.u32(0..3) > 0;
        Op {
            table,
            operation: if put {
                Operation::Put
            } else {
                Operation::Delete
            },
            pk,
            payload: Some(payload).filter(|_| put),
            revision: Revision {
                clock: i64::from(self.ops / 2 + self.rng.u32(0..4)),
                hlc: "h".to_owned(),
                op_id: format!("{:08x}-0000-4000-8000-{:012}", self.seed, self.ops),
            },
            device_id: "dev".to_owned(),
            fingerprint: Fingerprint([0; 16]),
        }
    }

    fn content(&self, file: usize) -> String {
        format!("file {file} of {}", self.seed)
    }

    fn hash_of(&self, file: usize) -> ContentHash {
        *key_in(self.workspace.as_str(), self.content(file).as_bytes()).hash()
    }

    fn hash(&mut self) -> ContentHash {
        let file = self.rng.usize(..FILES);
        self.hash_of(file)
    }

    fn path(&self, file: usize) -> PathBuf {
        let folder = self.lab.folder.path().join("workspaces");
        let folder = folder.join(self.workspace.as_str());
        folder.join(self.hash_of(file).file_name())
    }

    async fn upload(&mut self) {
        let file = self.rng.usize(..FILES);
        let content = self.content(file);
        let key = key_in(self.workspace.as_str(), content.as_bytes());
        let bytes = body(content.as_bytes(), 99);
        let put = self.lab.blobs.put(&key, content.len() as u64, bytes).await;
        put.expect("stored");
        // The volume keeps the time of the history, not of the machine.
        let now = self.clock.now();
        let millis = u64::try_from(now.millis()).expect("after 1970");
        let written = File::options().write(true).open(self.path(file));
        let written = written.expect("the blob");
        let at = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        written.set_modified(at).expect("its time");
        self.files[file].written = Some(now);
    }

    async fn commit(&mut self) {
        let file = self.rng.usize(..FILES);
        if !self.path(file).exists() {
            return;
        }
        let committed = CommittedFile {
            hash: self.hash_of(file),
            size_bytes: self.content(file).len() as u64,
            mime_type: "text/plain".to_owned(),
            name: "a".to_owned(),
            kind: None,
        };
        let now = self.clock.now();
        let files = self.lab.state.file_index();
        // Whoever died may have given it up.
        if files.commit(&self.workspace, &committed, now).await.is_ok() {
            self.files[file].committed = Some(now);
        }
    }

    async fn reserve(&mut self) {
        let file = self.rng.usize(..FILES);
        let now = self.clock.now();
        let reservation = Reservation {
            hash: self.hash_of(file),
            size_bytes: 1,
            expires_at: now.plus(Duration::from_mins(15)),
        };
        let files = self.lab.state.file_index();
        let reserved = files.reserve(&self.workspace, &reservation, u64::MAX, now);
        if reserved.await.is_ok() {
            self.files[file].url_until = Some(reservation.expires_at);
        }
    }

    /// A device reports what it has: at least the floor, for below it had to take a snapshot.
    async fn report(&mut self) {
        let device = self.rng.u8(0..3);
        let head = i64::try_from(self.log.head()).expect("few");
        let known = self.devices.get(&device).map_or(0, |(version, _)| *version);
        let least = known.max(self.floor().await);
        let version = self.rng.i64(least..=head);
        let now = self.clock.now();
        let report = CursorReport {
            workspace: self.workspace.clone(),
            user: self.user.clone(),
            device_id: format!("d{device}"),
            version,
        };
        let reported = self
            .lab
            .state
            .sync_store()
            .update_cursor(&report, now)
            .await;
        reported.expect("reported");
        self.devices.insert(device, (version, now));
    }

    /// Whether somebody needs the file, or may yet: then it must stay.
    fn is_protected(&self, file: usize) -> bool {
        let (now, past, hash) = (self.clock.now(), self.files[file], self.hash_of(file));
        let from = now.minus(BLOBS);
        let young = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment > from);
        self.log.needs(hash)
            || young(past.written)
            || young(past.committed)
            || young(self.log.removed_at(hash))
            || past.url_until.is_some_and(|end| end.plus(TRANSFER) > now)
    }

    fn collector(&self, kind: Kind, fuse: &Fuse) -> Arc<dyn Collector> {
        let workspace = self.workspace.clone();
        let history = |history| {
            let port: Arc<dyn SyncHistory> = self.lab.state.sync_history();
            let fuse = fuse.clone();
            HistoryCollector::new(Arc::new(Fused { port, fuse }), history, HISTORY)
        };
        match kind {
            Kind::ChangeLog => Arc::new(history(History::ChangeLog).only(workspace)),
            Kind::Tombstones => Arc::new(history(History::Tombstones).only(workspace)),
            Kind::Blobs => {
                let blobs: Arc<dyn BlobStore> = self.lab.blobs.clone();
                let claims: Arc<dyn BlobClaims> = self.lab.state.blob_claims();
                let (clock, ids) = (self.clock.clone(), Arc::new(SystemIds));
                let blobs = Arc::new(Fused {
                    port: blobs,
                    fuse: fuse.clone(),
                });
                let claims = Arc::new(Fused {
                    port: claims,
                    fuse: fuse.clone(),
                });
                let collector = BlobCollector::new(blobs, claims, clock, ids, BLOBS);
                Arc::new(collector.only(workspace, 500))
            }
            kind => {
                let kept = KeptAfter {
                    invites: DAY,
                    runs: DAY,
                };
                let rows = self.lab.state.row_collectors(kept);
                let found = rows.into_iter().find(|rows| rows.kind() == kind);
                found.expect("a collector")
            }
        }
    }

    /// A collection that may die, may go on where another one stopped, and is not alone.
    async fn collect(&mut self, kind: Kind) {
        let length = if self.rng.bool() {
            self.rng.i64(0..25)
        } else {
            i64::MAX
        };
        let collector = self.collector(kind, &Fuse::of(length));
        let goes_on = self.rng.bool();
        let stored = self.positions.remove(&kind).flatten();
        let mut position = stored.filter(|_| goes_on);
        for _ in 0..400 {
            let kept: Vec<_> = (0..FILES)
                .filter(|file| self.path(*file).exists() && self.is_protected(*file))
                .collect();
            let piece = Piece {
                position: position.as_deref(),
                at_most: self.rng.u32(1..4),
                now: self.clock.now(),
            };
            let done = collector.collect(&piece).await;
            for file in kept {
                assert!(self.path(file).exists(), "file {file} was needed");
            }
            let Ok(done) = done else { break };
            position = done.next;
            if position.is_none() {
                break;
            }
            if self.rng.u32(0..4) == 0 {
                Box::pin(self.user_does_something()).await;
            }
        }
        self.positions.insert(kind, position);
        let floor = self.floor().await;
        let seen = self.clock.now().minus(HISTORY.device_expiry);
        for (version, at) in self.devices.values() {
            assert!(
                *at < seen || *version >= floor,
                "a device at {version}, the floor at {floor}"
            );
        }
    }

    /// Whole passes: they leave nothing for a second one, and nothing that nobody needs.
    async fn finish(&mut self) {
        self.clock.advance(Duration::from_mins(11));
        let unlit = Fuse::of(i64::MAX);
        for _ in 0..2 {
            for kind in KINDS {
                collect_pass(&*self.collector(kind, &unlit), self.clock.now(), 3).await;
            }
        }
        for kind in KINDS {
            let collector = self.collector(kind, &unlit);
            let now = self.clock.now();
            assert_eq!(survey_pass(&*collector, now, 3).await, [], "{kind}");
            assert_eq!(
                collect_pass(&*collector, now, 3).await,
                Tally::default(),
                "{kind}"
            );
        }
        for file in 0..FILES {
            let (there, needed) = (self.path(file).exists(), self.is_protected(file));
            assert!(needed || !there, "file {file} is nobody's");
        }
        self.look().await;
    }
}
