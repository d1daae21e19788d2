//! Brings a database to the schema of this build.
//!
//! Migrations are numbered files, forward only. Each runs in one transaction together with its
//! line in the ledger (`schema_migrations`), which keeps a checksum, so that a database whose past
//! differs from the files is refused instead of guessed at. Two processes may migrate at once: one
//! does the work, the other finds it done.
//!
//! To add one: write `migrations/<set>/NNNN_what.sql`, every statement ended by `;` and an empty
//! line, and add it to the set below. Never change a file that has been released.

use or3_domain::clock::Timestamp;
use or3_domain::hex::Hex;
use or3_domain::store::StoreError;
use sha2::{Digest, Sha256};

use crate::database::Database;
use crate::statement::Statement;

/// One migration file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($set:literal: $($name:literal),* $(,)?) => {
        &[$(Migration {
            name: $name,
            sql: include_str!(concat!("../migrations/", $set, "/", $name, ".sql")),
        }),*]
    };
}

/// A numbered series of migrations with a ledger of its own name; the first has number 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema {
    /// The series' name in the ledger.
    pub(crate) set: &'static str,
    migrations: &'static [Migration],
}

/// Everything that must outlive the machine.
pub(crate) const MAIN: Schema = Schema {
    set: "main",
    migrations: migrations!(
        "main":
        "0001_accounts",
        "0002_sync",
        "0003_storage",
        "0004_damaged_blobs",
        "0005_batch_places",
        "0006_collection",
        "0007_history_sweep",
        "0008_blob_claims",
        "0009_administration",
        "0010_audit",
        "0011_signed_in_at",
        "0012_mentions_in_any_shape",
    ),
};

/// Rate limits and leases, which a deployment may keep elsewhere.
pub(crate) const LIMITS: Schema = Schema {
    set: "limits",
    migrations: migrations!("limits": "0001_rate_limits", "0002_used"),
};

/// Why a database cannot be brought to this build's schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database has migrations that this build does not know.
    #[error("the database is from a newer build (schema {found}, this build knows {known})")]
    Newer {
        /// The database's number.
        found: i64,
        /// The last number that this build has.
        known: i64,
    },
    /// An applied migration is not the one that this build has under that number.
    #[error("migration {name} differs from the one that this database was made with")]
    Changed {
        /// The migration's name.
        name: &'static str,
    },
    /// The database did not answer, or refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Schema {
    /// The number of the last migration.
    pub(crate) fn version(&self) -> i64 {
        i64::try_from(self.migrations.len()).unwrap_or(i64::MAX)
    }

    /// A statement that fails, with whatever error, unless the database has exactly this schema;
    /// it can stand in front of a batch and spare a round trip for asking.
    pub(crate) fn guard(&self) -> Statement {
        Statement::new(
            "SELECT json(iif(count(*) = ?2, '1', 'another schema'))
             FROM schema_migrations WHERE series = ?1",
        )
        .bind(self.set)
        .bind(self.version())
    }

    /// Applies what is missing and says how many migrations that were. Repeating changes nothing.
    pub(crate) async fn apply(
        &self,
        database: &Database,
        now: Timestamp,
    ) -> Result<usize, MigrateError> {
        database.execute(Statement::new(LEDGER)).await?;
        let mut applied = 0;
        loop {
            let done = self.check(database).await?;
            let Some(next) = self.migrations.get(done) else {
                return Ok(applied);
            };
            match database
                .write(self.steps(done, next, database.is_local(), now))
                .await
            {
                Ok(_) => applied += 1,
                // Another process may have been faster; only a ledger that stands still is an
                // error.
                Err(error) if self.check(database).await? == done => return Err(error.into()),
                Err(_) => {}
            }
        }
    }

    /// How many migrations the database has, all of them known and unchanged.
    async fn check(&self, database: &Database) -> Result<usize, MigrateError> {
        let ledger = Statement::new(
            "SELECT checksum FROM schema_migrations WHERE series = ?1 ORDER BY number",
        );
        let applied = database.query(ledger.bind(self.set)).await?.rows;
        if applied.len() > self.migrations.len() {
            let found = i64::try_from(applied.len()).unwrap_or(i64::MAX);
            return Err(MigrateError::Newer {
                found,
                known: self.version(),
            });
        }
        for (row, migration) in applied.iter().zip(self.migrations) {
            if row.text(0)? != migration.checksum() {
                return Err(MigrateError::Changed {
                    name: migration.name,
                });
            }
        }
        Ok(applied.len())
    }

    fn steps(&self, done: usize, next: &Migration, local: bool, now: Timestamp) -> Vec<Statement> {
        let number = i64::try_from(done).unwrap_or(i64::MAX).saturating_add(1);
        let mut steps: Vec<_> = next.statements().map(Statement::new).collect();
        steps.push(
            Statement::new(
                "INSERT INTO schema_migrations (series, number, name, checksum, applied_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .bind(self.set)
            .bind(number)
            .bind(next.name)
            .bind(next.checksum())
            .bind(now.millis()),
        );
        if local {
            steps.push(Statement::new(format!("PRAGMA user_version = {number}")));
        }
        steps
    }
}

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    series TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (series, number)
) WITHOUT ROWID";

impl Migration {
    fn statements(&self) -> impl Iterator<Item = &'static str> {
        self.sql
            .split(";\n\n")
            .map(str::trim)
            .filter(|statement| !statement.is_empty())
    }

    fn checksum(&self) -> String {
        Hex(&Sha256::digest(self.sql.as_bytes())).to_string()
    }
}
