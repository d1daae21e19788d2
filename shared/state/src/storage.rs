//! [`FileIndex`] on rows: what is known of files, what they weigh, and the room that uploads hold.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::mime::FileKind;
use or3_domain::storage::{
    CommittedFile, ContentHash, DamagedBlob, FileFacts, FileIndex, FileMeta, Reservation, Reserved,
    Usage,
};
use or3_domain::store::StoreError;

use crate::database::{Database, answers};
use crate::open::State;
use crate::statement::{Answer, Row, Statement};

struct LibsqlFileIndex {
    database: Database,
}

impl State {
    /// The port that knows which files a workspace has.
    pub fn file_index(&self) -> Arc<dyn FileIndex> {
        let database = self.main();
        Arc::new(LibsqlFileIndex { database })
    }
}

#[async_trait]
impl FileIndex for LibsqlFileIndex {
    async fn reserve(
        &self,
        workspace: &WorkspaceId,
        reservation: &Reservation,
        quota_bytes: u64,
        now: Timestamp,
    ) -> Result<Reserved, StoreError> {
        let hash = reservation.hash.digest();
        let about = |sql| Statement::new(sql).bind(workspace.as_str());
        let named = |sql| about(sql).bind(hash.to_vec());
        let weighed = |sql| {
            named(sql)
                .bind(signed(reservation.size_bytes))
                .bind(now.millis())
        };
        let batch = vec![
            named(UNCLAIM),
            named(CONDEMNED),
            weighed(PROJECT),
            weighed(HOLD)
                .bind(signed(quota_bytes))
                .bind(reservation.expires_at.millis()),
        ];
        let [_, condemned, projected, _] = answers(self.database.write(batch).await?)?;
        still_there(&condemned)?;
        let projected = projected
            .into_first()
            .ok_or_else(unknown_workspace)?
            .int(0)?;
        let projected_bytes = unsigned(projected)?;
        Ok(if projected_bytes <= quota_bytes {
            Reserved::Held
        } else {
            Reserved::OverQuota { projected_bytes }
        })
    }

    async fn release(&self, workspace: &WorkspaceId, hash: &ContentHash) -> Result<(), StoreError> {
        let release = Statement::new(RELEASE).bind(workspace.as_str());
        let release = release.bind(hash.digest().to_vec());
        self.database.execute(release).await.map(drop)
    }

    async fn commit(
        &self,
        workspace: &WorkspaceId,
        file: &CommittedFile,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let about = |sql| {
            let statement = Statement::new(sql).bind(workspace.as_str());
            statement.bind(file.hash.digest().to_vec())
        };
        let record = about(COMMIT)
            .bind(now.millis())
            .bind(signed(file.size_bytes))
            .bind(file.kind.map(FileKind::as_str))
            .bind(file.mime_type.as_str())
            .bind(file.name.as_str());
        let batch = vec![
            about(UNCLAIM),
            about(CONDEMNED),
            record,
            about(RELEASE),
            about(REPAIRED),
        ];
        let [_, condemned, recorded, ..] = answers::<5>(self.database.write(batch).await?)?;
        still_there(&condemned)?;
        if recorded.changed == 0 {
            return Err(unknown_workspace());
        }
        Ok(())
    }

    async fn find(
        &self,
        workspace: &WorkspaceId,
        hash: &ContentHash,
    ) -> Result<FileFacts, StoreError> {
        let find = Statement::new(FIND)
            .bind(workspace.as_str())
            .bind(hash.digest().to_vec())
            .bind(hash.to_string())
            .bind(hash.hex());
        match self.database.query(find).await?.into_first() {
            Some(row) => facts(*hash, &row),
            None => Err(unknown_workspace()),
        }
    }

    async fn usage(&self, workspace: &WorkspaceId, now: Timestamp) -> Result<Usage, StoreError> {
        let usage = Statement::new(USAGE).bind(workspace.as_str());
        let row = self.database.query(usage.bind(now.millis())).await?;
        let Some(row) = row.into_first() else {
            return Ok(Usage::default());
        };
        Ok(Usage {
            stored_bytes: unsigned(row.int(0)?)?,
            reserved_bytes: unsigned(row.int(1)?)?,
        })
    }

    async fn note_damage(
        &self,
        workspace: &WorkspaceId,
        hash: &ContentHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let note = Statement::new(NOTE_DAMAGE).bind(workspace.as_str());
        let note = note.bind(hash.digest().to_vec()).bind(now.millis());
        self.database.execute(note).await.map(drop)
    }

    async fn damaged(&self, limit: u32) -> Result<Vec<DamagedBlob>, StoreError> {
        let listed = Statement::new(DAMAGED).bind(i64::from(limit));
        let rows = self.database.query(listed).await?;
        rows.rows.iter().map(damaged).collect()
    }
}

fn damaged(row: &Row) -> Result<DamagedBlob, StoreError> {
    let digest = row.blob(1)?;
    let unknown = || StoreError::Fault(format!("a digest of {} bytes", digest.len()));
    Ok(DamagedBlob {
        workspace: WorkspaceId::new(row.string(0)?),
        hash: ContentHash::of_digest(digest).ok_or_else(unknown)?,
        found_at: Timestamp::from_millis(row.int(2)?),
        seen_at: Timestamp::from_millis(row.int(3)?),
        times: unsigned(row.int(4)?)?,
    })
}

fn facts(hash: ContentHash, row: &Row) -> Result<FileFacts, StoreError> {
    let removed = row.opt_int(5)?.is_some_and(|deleted| deleted != 0);
    let payload = row.opt_string(6)?.filter(|_| !removed);
    Ok(FileFacts {
        committed: committed(hash, row)?,
        meta: payload.as_deref().and_then(FileMeta::of_payload),
        removed,
    })
}

fn committed(hash: ContentHash, row: &Row) -> Result<Option<CommittedFile>, StoreError> {
    if row.opt_int(0)?.is_none() {
        return Ok(None);
    }
    Ok(Some(CommittedFile {
        hash,
        size_bytes: unsigned(row.int(1)?)?,
        kind: row.opt_string(2)?.and_then(|word| FileKind::named(&word)),
        mime_type: row.opt_string(3)?.unwrap_or_default(),
        name: row.opt_string(4)?.unwrap_or_default(),
    }))
}

/// Sizes fit by far; one that does not is over every quota.
fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn unsigned(bytes: i64) -> Result<u64, StoreError> {
    u64::try_from(bytes).map_err(|_| StoreError::Fault(format!("a size of {bytes} bytes")))
}

/// A collection has given the file up and is about to remove it: in a moment it can be uploaded
/// again.
fn still_there(condemned: &Answer) -> Result<(), StoreError> {
    if condemned.rows.is_empty() {
        return Ok(());
    }
    let text = "the file is being collected";
    Err(StoreError::Unavailable(text.to_owned()))
}

fn unknown_workspace() -> StoreError {
    StoreError::Fault("a file of a workspace that is not there".to_owned())
}

/// Whoever comes to need a claimed file keeps it.
const UNCLAIM: &str = "DELETE FROM blob_claims
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2
        AND condemned_at IS NULL";

const CONDEMNED: &str = "SELECT 1 FROM blob_claims
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2";

/// What the file `hash` of `workspace` weighs now.
macro_rules! weight_of {
    ($workspace:literal, $hash:literal) => {
        concat!(
            "coalesce((SELECT f.weight FROM files AS f
                WHERE f.workspace = ",
            $workspace,
            " AND f.hash = ",
            $hash,
            "), 0)"
        )
    };
}

/// What the workspace `w` holds, with everything that is reserved and an upload of `?3` bytes of
/// hash `?2`, as far as reservations have not expired at `?4`.
macro_rules! projected {
    () => {
        concat!(
            "coalesce((SELECT u.stored_bytes FROM storage_usage AS u
                WHERE u.workspace = w.number), 0)
            + coalesce((SELECT sum(max(i.size_bytes - ",
            weight_of!("i.workspace", "i.hash"),
            ", 0))
                FROM upload_intents AS i WHERE i.workspace = w.number AND i.hash <> ?2
                    AND i.expires_at > ?4), 0)
            + max(max(?3, coalesce((SELECT i.size_bytes FROM upload_intents AS i
                WHERE i.workspace = w.number AND i.hash = ?2 AND i.expires_at > ?4), 0))
                - ",
            weight_of!("w.number", "?2"),
            ", 0)"
        )
    };
}

const PROJECT: &str = concat!(
    "SELECT ",
    projected!(),
    " FROM workspaces AS w WHERE w.id = ?1"
);

const HOLD: &str = concat!(
    "INSERT INTO upload_intents (workspace, hash, size_bytes, expires_at)
    SELECT w.number, ?2, ?3, ?6 FROM workspaces AS w
    WHERE w.id = ?1 AND NOT EXISTS (
            SELECT 1 FROM blob_claims AS b WHERE b.workspace = w.number AND b.hash = ?2)
        AND ",
    projected!(),
    " <= ?5
    ON CONFLICT (workspace, hash) DO UPDATE SET
        size_bytes = iif(expires_at > ?4, max(size_bytes, excluded.size_bytes),
            excluded.size_bytes),
        expires_at = max(expires_at, excluded.expires_at)"
);

/// A file whose row was removed and that is uploaded again waits for its row anew.
const COMMIT: &str = "INSERT INTO files
        (workspace, hash, committed_at, touched_at, committed_bytes, kind, mime_type, name)
    SELECT w.number, ?2, ?3, ?3, ?4, ?5, ?6, ?7 FROM workspaces AS w
    WHERE w.id = ?1 AND NOT EXISTS (
        SELECT 1 FROM blob_claims AS b WHERE b.workspace = w.number AND b.hash = ?2)
    ON CONFLICT (workspace, hash) DO UPDATE SET
        touched_at = excluded.touched_at,
        committed_at = coalesce(committed_at, excluded.committed_at),
        committed_bytes = excluded.committed_bytes,
        listed = nullif(listed, 0),
        kind = excluded.kind, mime_type = excluded.mime_type, name = excluded.name";

const RELEASE: &str = "DELETE FROM upload_intents
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2";

const REPAIRED: &str = "DELETE FROM damaged_blobs
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2";

const NOTE_DAMAGE: &str = "INSERT INTO damaged_blobs (workspace, hash, found_at, seen_at, times)
    SELECT number, ?2, ?3, ?3, 1 FROM workspaces WHERE id = ?1
    ON CONFLICT (workspace, hash) DO UPDATE SET
        seen_at = max(seen_at, excluded.seen_at), times = times + 1";

const DAMAGED: &str = "SELECT w.id, d.hash, d.found_at, d.seen_at, d.times
    FROM damaged_blobs AS d JOIN workspaces AS w ON w.number = d.workspace
    ORDER BY d.seen_at DESC, w.id, d.hash LIMIT ?1";

/// The row of sync goes by the hash as its client writes it; a live one counts before a removed
/// one.
const FIND: &str = "SELECT f.committed_at, f.committed_bytes, f.kind, f.mime_type, f.name,
        r.deleted, l.payload
    FROM workspaces AS w
    LEFT JOIN files AS f ON f.workspace = w.number AND f.hash = ?2
    LEFT JOIN sync_rows AS r ON r.workspace = w.number AND r.table_id = 0 AND r.pk IN (?3, ?4)
    LEFT JOIN change_log AS l ON l.seq = r.payload_seq
    WHERE w.id = ?1 ORDER BY r.deleted LIMIT 1";

const USAGE: &str = concat!(
    "SELECT coalesce((SELECT u.stored_bytes FROM storage_usage AS u
            WHERE u.workspace = w.number), 0),
        coalesce((SELECT sum(max(i.size_bytes - ",
    weight_of!("i.workspace", "i.hash"),
    ", 0))
            FROM upload_intents AS i WHERE i.workspace = w.number AND i.expires_at > ?2), 0)
    FROM workspaces AS w WHERE w.id = ?1"
);
