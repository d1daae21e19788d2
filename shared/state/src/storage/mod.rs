//! [`FileIndex`] on rows: what is known of files, what they weigh, and the room that uploads hold.

mod damage;
mod sql;

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::mime::FileKind;
use or3_domain::storage::{
    CommittedFile, ContentHash, Damage, DamagedBlob, FileFacts, FileIndex, FileMeta, Recorded,
    Reservation, Reserved, Usage,
};
use or3_domain::store::StoreError;

use crate::claims::DEAD;
use crate::database::{Database, answers};
use crate::open::State;
use crate::statement::{Answer, Row, Statement};

use sql::{
    ACQUIT, COMMIT, CONDEMNED, CONSUME, FIND, HOLD, PROJECT, RELEASE, REPAIRED, UNCLAIM, USAGE,
};

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
            named(ACQUIT).bind(now.minus(DEAD).millis()),
            named(CONDEMNED),
            weighed(PROJECT),
            weighed(HOLD)
                .bind(signed(quota_bytes))
                .bind(reservation.expires_at.millis()),
        ];
        let [_, _, condemned, projected, _] = answers(self.database.write(batch).await?)?;
        still_there(&condemned)?;
        let projected_bytes = projection(projected)?;
        Ok(if projected_bytes <= quota_bytes {
            Reserved::Held
        } else {
            Reserved::OverQuota { projected_bytes }
        })
    }

    async fn release(
        &self,
        workspace: &WorkspaceId,
        reservation: &Reservation,
    ) -> Result<(), StoreError> {
        let release = Statement::new(RELEASE)
            .bind(workspace.as_str())
            .bind(reservation.hash.digest().to_vec())
            .bind(reservation.expires_at.millis());
        self.database.execute(release).await.map(drop)
    }

    async fn commit(
        &self,
        workspace: &WorkspaceId,
        file: &CommittedFile,
        quota_bytes: u64,
        now: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let about = |sql| {
            let statement = Statement::new(sql).bind(workspace.as_str());
            statement.bind(file.hash.digest().to_vec())
        };
        let weighed = |sql| about(sql).bind(signed(file.size_bytes));
        let record = weighed(COMMIT)
            .bind(now.millis())
            .bind(signed(quota_bytes))
            .bind(file.kind.map(FileKind::as_str))
            .bind(file.mime_type.as_str())
            .bind(file.name.as_str());
        let batch = vec![
            about(ACQUIT).bind(now.minus(DEAD).millis()),
            about(UNCLAIM),
            about(CONDEMNED),
            weighed(PROJECT).bind(now.millis()),
            record,
            weighed(CONSUME),
            weighed(REPAIRED),
        ];
        let [_, _, condemned, projected, recorded, ..] =
            answers::<7>(self.database.write(batch).await?)?;
        still_there(&condemned)?;
        let projected_bytes = projection(projected)?;
        Ok(if recorded.changed == 0 {
            Recorded::OverQuota { projected_bytes }
        } else {
            Recorded::Counted
        })
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
        damage::note(&self.database, workspace, hash, now).await
    }

    async fn note_sound(
        &self,
        workspace: &WorkspaceId,
        hashes: &[ContentHash],
        looked_at: Timestamp,
    ) -> Result<(), StoreError> {
        damage::forget(&self.database, workspace, hashes, looked_at).await
    }

    async fn damaged(&self, limit: u32) -> Result<Vec<DamagedBlob>, StoreError> {
        damage::list(&self.database, limit).await
    }

    async fn damage(&self) -> Result<Damage, StoreError> {
        damage::count(&self.database).await
    }
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

fn projection(projected: Answer) -> Result<u64, StoreError> {
    let row = projected.into_first().ok_or_else(unknown_workspace)?;
    unsigned(row.int(0)?)
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
