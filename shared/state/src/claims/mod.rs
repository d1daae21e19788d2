//! [`BlobClaims`] on rows.

mod sql;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobClaims, ClaimRule, Condemnation, Condemned, ContentHash, References,
};
use or3_domain::store::StoreError;
use serde_json::Value;

use crate::database::{Database, answers};
use crate::gc::TRANSFER;
use crate::open::State;
use crate::statement::{Answer, Row, Statement};
use sql::{
    CLAIM, COMMITTED, CONDEMN, DROP_PROTECTED, FORGET_COMMITS, FORGET_DAMAGE, FORGET_FILES, HELD,
    LEFT, MENTIONS, NEXT, RELEASE, SEAL, TAKE_OVER, UNPROTECTED,
};

/// How old a claim is before it is dead: older than any piece of work, and than one may be that is
/// condemned and whose blob is yet to be removed. That is four minutes by the remover's own clock;
/// the rest is for clocks that differ.
pub(crate) const DEAD: Duration = Duration::from_mins(10);

struct LibsqlBlobClaims {
    database: Database,
}

impl State {
    /// The port through which blobs are given up.
    pub fn blob_claims(&self) -> Arc<dyn BlobClaims> {
        let database = self.main();
        Arc::new(LibsqlBlobClaims { database })
    }
}

#[async_trait]
impl BlobClaims for LibsqlBlobClaims {
    async fn next_workspace(
        &self,
        after: Option<&WorkspaceId>,
    ) -> Result<Option<WorkspaceId>, StoreError> {
        let next = Statement::new(NEXT).bind(after.map(WorkspaceId::as_str));
        let row = self.database.query(next).await?.into_first();
        row.map(|row| Ok(WorkspaceId::new(row.text(0)?)))
            .transpose()
    }

    async fn unprotected(
        &self,
        rule: ClaimRule<'_>,
        hashes: &[ContentHash],
    ) -> Result<Vec<ContentHash>, StoreError> {
        let look = under(UNPROTECTED, rule).bind(digests(hashes));
        hashes_of(&self.database.query(look).await?)
    }

    async fn claim(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<u32, StoreError> {
        let claim = under(CLAIM, rule)
            .bind(digests(hashes))
            .bind(rule.now.millis())
            .bind(rule.now.minus(DEAD).millis());
        let claimed = self.database.execute(claim).await?.changed;
        Ok(u32::try_from(claimed).unwrap_or(u32::MAX))
    }

    async fn seal(
        &self,
        rule: ClaimRule<'_>,
        sealed: &str,
        at_most: u32,
    ) -> Result<u32, StoreError> {
        let seal = of_holder(SEAL, rule).bind(sealed).bind(at_most);
        let renamed = self.database.execute(seal).await?.changed;
        Ok(u32::try_from(renamed).unwrap_or(u32::MAX))
    }

    async fn references(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        at_most: u32,
    ) -> Result<References, StoreError> {
        let (table, pk): (i64, String) = after
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or((-1, String::new()));
        let look = Statement::new(MENTIONS)
            .bind(workspace.as_str())
            .bind(table)
            .bind(pk)
            .bind(at_most);
        let rows = self.database.query(look).await?.rows;
        let mut hashes = Vec::new();
        for row in &rows {
            if let Some(mentions) = row.opt_string(2)? {
                ContentHash::mentioned_in(&mentions, &mut hashes);
            }
        }
        let full = rows.len() >= at_most as usize;
        let last = rows.last().filter(|_| full).map(place).transpose()?;
        Ok(References { hashes, next: last })
    }

    async fn release(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError> {
        let digests = digests(hashes);
        let held = of_holder(HELD, rule).bind(digests.as_str());
        // Most of what rows mention is claimed by nobody: then nothing is written.
        if self.database.query(held).await?.rows.is_empty() {
            return Ok(());
        }
        let release = of_holder(RELEASE, rule).bind(digests);
        self.database.execute(release).await.map(drop)
    }

    async fn condemn(&self, rule: ClaimRule<'_>, at_most: u32) -> Result<Condemnation, StoreError> {
        let look = |sql| under(sql, rule).bind(rule.holder).bind(at_most);
        let batch = vec![
            look(DROP_PROTECTED),
            look(CONDEMN).bind(rule.now.millis()),
            of_holder(LEFT, rule),
        ];
        let [_, condemned, left] = answers(self.database.write(batch).await?)?;
        let condemned = condemned.rows.iter().map(|row| {
            Ok(Condemned {
                hash: hash(row, 0)?,
                claimed_at: Timestamp::from_millis(row.int(1)?),
            })
        });
        Ok(Condemnation {
            condemned: condemned.collect::<Result<_, StoreError>>()?,
            more: !left.rows.is_empty(),
        })
    }

    async fn forget(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError> {
        let digests = digests(hashes);
        let named = |sql| of_holder(sql, rule).bind(digests.as_str());
        let batch = vec![
            named(FORGET_FILES),
            named(FORGET_COMMITS),
            named(FORGET_DAMAGE),
            named(RELEASE),
        ];
        self.database.write(batch).await.map(drop)
    }

    async fn take_over(
        &self,
        rule: ClaimRule<'_>,
        at_most: u32,
    ) -> Result<Vec<ContentHash>, StoreError> {
        let take = of_holder(TAKE_OVER, rule)
            .bind(rule.now.minus(DEAD).millis())
            .bind(at_most)
            .bind(rule.now.millis());
        hashes_of(&self.database.execute(take).await?)
    }

    async fn committed(
        &self,
        workspace: &WorkspaceId,
        after: Option<ContentHash>,
        at_most: u32,
    ) -> Result<Vec<(ContentHash, u64)>, StoreError> {
        let list = Statement::new(COMMITTED)
            .bind(workspace.as_str())
            .bind(after.map_or_else(Vec::new, |hash| hash.digest().to_vec()))
            .bind(at_most);
        let rows = self.database.query(list).await?.rows;
        let file = |row: &Row| {
            let bytes = u64::try_from(row.int(1)?).unwrap_or_default();
            Ok((hash(row, 0)?, bytes))
        };
        rows.iter().map(file).collect()
    }
}

/// A statement that asks what is protected: `?1` the workspace, `?2` the moment from which files
/// are kept, `?3` that until which a URL must have ended.
fn under(sql: &'static str, rule: ClaimRule<'_>) -> Statement {
    Statement::new(sql)
        .bind(rule.workspace.as_str())
        .bind(rule.from.millis())
        .bind(rule.now.minus(TRANSFER).millis())
        .bind(rule.holder)
}

fn of_holder(sql: &'static str, rule: ClaimRule<'_>) -> Statement {
    Statement::new(sql)
        .bind(rule.workspace.as_str())
        .bind(rule.holder)
}

fn digests(hashes: &[ContentHash]) -> String {
    let digests: Value = hashes.iter().map(ContentHash::hex).collect();
    digests.to_string()
}

fn hashes_of(answer: &Answer) -> Result<Vec<ContentHash>, StoreError> {
    answer.rows.iter().map(|row| hash(row, 0)).collect()
}

fn hash(row: &Row, column: usize) -> Result<ContentHash, StoreError> {
    let digest = row.blob(column)?;
    let odd = || StoreError::Fault(format!("a digest of {} bytes", digest.len()));
    ContentHash::of_digest(digest).ok_or_else(odd)
}

fn place(row: &Row) -> Result<String, StoreError> {
    let place = serde_json::to_string(&(row.int(0)?, row.text(1)?));
    place.map_err(|error| StoreError::Fault(error.to_string()))
}
