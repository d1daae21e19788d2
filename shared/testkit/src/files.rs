//! An index of files in memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    CommittedFile, ContentHash, Damage, DamagedBlob, FileFacts, FileIndex, FileMeta, Recorded,
    Reservation, Reserved, Usage,
};
use or3_domain::store::StoreError;

/// Keeps facts and reservations of every workspace that is named.
#[derive(Debug, Default)]
pub struct MemoryFiles {
    workspaces: Mutex<HashMap<WorkspaceId, Files>>,
}

#[derive(Debug, Default)]
struct Files {
    facts: HashMap<ContentHash, FileFacts>,
    held: HashMap<ContentHash, (u64, Timestamp)>,
    damaged: HashMap<ContentHash, DamagedBlob>,
}

impl Files {
    fn stored(&self, hash: &ContentHash) -> u64 {
        let committed = self
            .facts
            .get(hash)
            .and_then(|facts| facts.committed.as_ref());
        committed.map_or(0, |file| file.size_bytes)
    }

    fn usage(&self, now: Timestamp) -> Usage {
        let held = self.held.iter().filter(|(_, (_, end))| *end > now);
        Usage {
            stored_bytes: self.facts.keys().map(|hash| self.stored(hash)).sum(),
            reserved_bytes: held
                .map(|(hash, (size, _))| size.saturating_sub(self.stored(hash)))
                .sum(),
        }
    }

    /// Why `file` is not committed: it has no room and does not fit.
    fn over(&self, file: &CommittedFile, quota_bytes: u64, now: Timestamp) -> Option<Recorded> {
        let stored = self.stored(&file.hash);
        let held = self.held.get(&file.hash).filter(|(_, end)| *end > now);
        let held = held.map_or(0, |(size, _)| *size);
        let missing = file.size_bytes.saturating_sub(stored.max(held));
        let usage = self.usage(now);
        let projected_bytes = usage.stored_bytes + usage.reserved_bytes + missing;
        (missing > 0 && projected_bytes > quota_bytes)
            .then_some(Recorded::OverQuota { projected_bytes })
    }
}

impl MemoryFiles {
    /// Makes `meta` the row of `hash`, or removes the row with `None`, as a client's push would.
    pub fn describe(&self, workspace: &WorkspaceId, hash: ContentHash, meta: Option<FileMeta>) {
        self.with(workspace, |files| {
            let facts = files.facts.entry(hash).or_default();
            facts.removed = meta.is_none();
            facts.meta = meta;
        });
    }

    /// Those first that were seen last.
    fn all_damaged(&self) -> Vec<DamagedBlob> {
        let all = self
            .workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut damaged: Vec<_> = all
            .values()
            .flat_map(|files| files.damaged.values().cloned())
            .collect();
        damaged.sort_by_key(|blob| std::cmp::Reverse(blob.seen_at));
        damaged
    }

    fn with<T>(&self, workspace: &WorkspaceId, work: impl FnOnce(&mut Files) -> T) -> T {
        let mut all = self
            .workspaces
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        work(all.entry(workspace.clone()).or_default())
    }
}

#[async_trait]
impl FileIndex for MemoryFiles {
    async fn reserve(
        &self,
        workspace: &WorkspaceId,
        reservation: &Reservation,
        quota_bytes: u64,
        now: Timestamp,
    ) -> Result<Reserved, StoreError> {
        Ok(self.with(workspace, |files| {
            files.held.retain(|_, (_, end)| *end > now);
            let before = files.held.get(&reservation.hash).copied();
            let (size, end) = before.unwrap_or((0, now));
            let last = end.max(reservation.expires_at);
            let held = (
                size.max(reservation.size_bytes),
                // Later than each of those who share it.
                before.map_or(last, |_| last.plus(Duration::from_millis(1))),
            );
            files.held.insert(reservation.hash, held);
            let usage = files.usage(now);
            let projected_bytes = usage.stored_bytes + usage.reserved_bytes;
            if projected_bytes <= quota_bytes {
                return Reserved::Held;
            }
            match before {
                Some(before) => files.held.insert(reservation.hash, before),
                None => files.held.remove(&reservation.hash),
            };
            Reserved::OverQuota { projected_bytes }
        }))
    }

    async fn release(
        &self,
        workspace: &WorkspaceId,
        reservation: &Reservation,
    ) -> Result<(), StoreError> {
        let Reservation {
            hash, expires_at, ..
        } = *reservation;
        self.with(workspace, |files| {
            files
                .held
                .retain(|held, (_, end)| *held != hash || *end != expires_at);
        });
        Ok(())
    }

    async fn commit(
        &self,
        workspace: &WorkspaceId,
        file: &CommittedFile,
        quota_bytes: u64,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        Ok(self.with(workspace, |files| {
            if let Some(over) = files.over(file, quota_bytes, now) {
                return over;
            }
            files.held.remove(&file.hash);
            files.damaged.remove(&file.hash);
            files.facts.entry(file.hash).or_default().committed = Some(file.clone());
            Recorded::Counted
        }))
    }

    async fn find(
        &self,
        workspace: &WorkspaceId,
        hash: &ContentHash,
    ) -> Result<FileFacts, StoreError> {
        Ok(self.with(workspace, |files| {
            files.facts.get(hash).cloned().unwrap_or_default()
        }))
    }

    async fn usage(&self, workspace: &WorkspaceId, now: Timestamp) -> Result<Usage, StoreError> {
        Ok(self.with(workspace, |files| files.usage(now)))
    }

    async fn note_damage(
        &self,
        workspace: &WorkspaceId,
        hash: &ContentHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.with(workspace, |files| {
            let noted = files.damaged.entry(*hash).or_insert_with(|| DamagedBlob {
                workspace: workspace.clone(),
                hash: *hash,
                found_at: now,
                seen_at: now,
                times: 0,
            });
            noted.seen_at = noted.seen_at.max(now);
            noted.times += 1;
        });
        Ok(())
    }

    async fn note_sound(
        &self,
        workspace: &WorkspaceId,
        hashes: &[ContentHash],
        looked_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.with(workspace, |files| {
            let damaged = &mut files.damaged;
            damaged.retain(|hash, blob| !hashes.contains(hash) || blob.seen_at >= looked_at);
        });
        Ok(())
    }

    async fn damaged(&self, limit: u32) -> Result<Vec<DamagedBlob>, StoreError> {
        let mut damaged = self.all_damaged();
        damaged.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(damaged)
    }

    async fn damage(&self) -> Result<Damage, StoreError> {
        let damaged = self.all_damaged();
        Ok(Damage {
            blobs: damaged.len() as u64,
            last_seen_at: damaged.first().map(|blob| blob.seen_at),
        })
    }
}
