//! [`GcLedger`] on rows.

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Begun, Ended, GcLedger, Kind, Run, Source, kept_parts, parts_of};
use or3_domain::ids::WorkspaceId;
use or3_domain::store::StoreError;
use serde_json::{Value, json};

use crate::database::{Database, answers};
use crate::statement::{Row, Statement};

pub(super) struct LibsqlGcLedger {
    pub(super) database: Database,
}

#[async_trait]
impl GcLedger for LibsqlGcLedger {
    async fn begin(
        &self,
        run: &Run,
        kinds: &[Kind],
        lease_until: Timestamp,
        died_before: Timestamp,
    ) -> Result<Vec<Begun>, StoreError> {
        let names: Value = kinds.iter().map(|kind| kind.as_str()).collect();
        let batch = vec![
            Statement::new(BURY).bind(died_before.millis()),
            opened(run)?,
            Statement::new(LEASE)
                .bind(run.id.as_str())
                .bind(names.to_string())
                .bind(lease_until.millis())
                .bind(run.started_at.millis()),
            Statement::new(HELD).bind(run.id.as_str()),
        ];
        let [_, _, _, held] = answers(self.database.write(batch).await?)?;
        let begun = held.rows.iter().map(|row| {
            Ok(Begun {
                kind: kind(row.text(0)?)?,
                position: row.opt_string(1)?,
            })
        });
        begun.collect()
    }

    async fn keep(
        &self,
        run: &Run,
        positions: &[(Kind, Option<String>)],
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Vec<Kind>, StoreError> {
        let batch = vec![
            moved(KEEP, run, positions).bind(lease_until.millis()),
            Statement::new(TOUCH)
                .bind(run.id.as_str())
                .bind(kept_parts(&run.parts)?)
                .bind(now.millis()),
            Statement::new(HELD).bind(run.id.as_str()),
        ];
        let [_, _, held] = answers(self.database.write(batch).await?)?;
        held.rows.iter().map(|row| kind(row.text(0)?)).collect()
    }

    async fn finish(
        &self,
        run: &Run,
        positions: &[(Kind, Option<String>)],
    ) -> Result<(), StoreError> {
        let ended_at = run.finished_at.unwrap_or(run.started_at);
        let close = Statement::new(CLOSE)
            .bind(run.id.as_str())
            .bind(kept_parts(&run.parts)?)
            .bind(ended_at.millis())
            .bind(run.ended.as_str());
        let batch = vec![moved(RELEASE, run, positions), close];
        self.database.write(batch).await.map(drop)
    }

    async fn list(
        &self,
        before: Option<(Timestamp, &str)>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError> {
        let (moment, id) = before.unwrap_or((Timestamp::from_millis(i64::MAX), ""));
        let list = Statement::new(LIST).bind(moment.millis()).bind(id);
        let answer = self.database.query(list.bind(limit)).await?;
        answer.rows.iter().map(run).collect()
    }

    fn writes(&self) -> u64 {
        self.database.writes()
    }
}

fn opened(run: &Run) -> Result<Statement, StoreError> {
    let (user, workspace) = match &run.source {
        Source::Request { user, workspace } => (Some(user.as_str()), workspace.as_ref()),
        Source::Schedule | Source::Event => (None, None),
    };
    Ok(Statement::new(OPEN)
        .bind(run.id.as_str())
        .bind(run.started_at.millis())
        .bind(run.dry_run)
        .bind(run.source.as_str())
        .bind(user)
        .bind(workspace.map(WorkspaceId::as_str))
        .bind(kept_parts(&run.parts)?))
}

fn moved(sql: &'static str, run: &Run, positions: &[(Kind, Option<String>)]) -> Statement {
    let pair = |(kind, position): &(Kind, Option<String>)| json!([kind.as_str(), position]);
    let positions: Value = positions.iter().map(pair).collect();
    Statement::new(sql)
        .bind(run.id.as_str())
        .bind(positions.to_string())
}

fn kind(name: &str) -> Result<Kind, StoreError> {
    let unknown = |error: or3_domain::gc::UnknownKind| StoreError::Fault(error.to_string());
    name.parse().map_err(unknown)
}

fn run(row: &Row) -> Result<Run, StoreError> {
    let user = row.opt_string(6)?.unwrap_or_default();
    let workspace = row.opt_string(7)?.map(WorkspaceId::from);
    Ok(Run {
        id: row.string(0)?,
        source: Source::named(row.text(5)?, &user, workspace),
        dry_run: row.flag(3)?,
        started_at: Timestamp::from_millis(row.int(1)?),
        finished_at: row.opt_int(2)?.map(Timestamp::from_millis),
        ended: ended(row.text(4)?)?,
        parts: parts_of(row.text(8)?)?,
    })
}

fn ended(name: &str) -> Result<Ended, StoreError> {
    let unknown = || StoreError::Fault(format!("`{name}` is no ending of a collection"));
    Ended::named(name).ok_or_else(unknown)
}

const BURY: &str = "UPDATE gc_runs SET ended = 'died' WHERE ended = 'running' AND touched_at < ?1";

const OPEN: &str = "INSERT INTO gc_runs
        (id, started_at, touched_at, dry_run, ended, source, user_id, workspace_id, parts)
    VALUES (?1, ?2, ?2, ?3, 'running', ?4, ?5, ?6, ?7)";

const LEASE: &str = "INSERT INTO gc_leases (kind, holder, expires_at)
    SELECT value, ?1, ?3 FROM json_each(?2) WHERE true
    ON CONFLICT (kind) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
    WHERE gc_leases.expires_at <= ?4";

const HELD: &str = "SELECT kind, position FROM gc_leases WHERE holder = ?1";

const KEEP: &str = "UPDATE gc_leases SET expires_at = ?3,
        position = (SELECT value ->> 1 FROM json_each(?2) WHERE value ->> 0 = kind)
    WHERE holder = ?1 AND kind IN (SELECT value ->> 0 FROM json_each(?2))";

const RELEASE: &str = "UPDATE gc_leases SET holder = NULL, expires_at = 0,
        position = (SELECT value ->> 1 FROM json_each(?2) WHERE value ->> 0 = kind)
    WHERE holder = ?1 AND kind IN (SELECT value ->> 0 FROM json_each(?2))";

const TOUCH: &str = "UPDATE gc_runs SET parts = ?2, touched_at = ?3 WHERE id = ?1";

const CLOSE: &str = "UPDATE gc_runs
    SET parts = ?2, touched_at = ?3, finished_at = ?3, ended = ?4 WHERE id = ?1";

const LIST: &str = "SELECT id, started_at, finished_at, dry_run, ended, source, user_id,
        workspace_id, parts
    FROM gc_runs WHERE (started_at, id) < (?1, ?2) ORDER BY started_at DESC, id DESC LIMIT ?3";
