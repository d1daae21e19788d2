//! Whether the database answers, and what it stands on.

use std::collections::BTreeMap;

use async_trait::async_trait;
use or3_domain::health::{Findings, Probe};
use or3_domain::store::StoreError;

use crate::database::{Database, answers};
use crate::local::safety;
use crate::statement::Statement;

pub(crate) struct DatabaseProbe {
    database: Database,
}

impl DatabaseProbe {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }

    async fn look(&self) -> Result<Findings, StoreError> {
        let Some(around) = self.database.surroundings()? else {
            self.database.query(Statement::new("SELECT 1")).await?;
            return Ok(Findings::default());
        };
        let asked = ["PRAGMA journal_mode", "PRAGMA synchronous"].map(Statement::new);
        let [journal, level] = answers(self.database.read(asked.into()).await?)?;
        let journal = journal
            .into_first()
            .map_or(Ok(String::new()), |row| row.string(0))?;
        let level = level.into_first().map_or(Ok(0), |row| row.int(0))?;
        let slow = "The database is on a network file system: safe, and one request at a time.";
        let writers = around.writers;
        let writers = writers.map_or("unknown".to_owned(), |count| count.to_string());
        let lease = if around.may_write { "held" } else { "none" };
        Ok(Findings {
            warnings: around
                .is_network
                .then(|| slow.to_owned())
                .into_iter()
                .collect(),
            details: BTreeMap::from([
                ("fileSystem", around.file_system),
                ("journal", journal),
                ("synchronous", safety::level(level).to_owned()),
                ("writers", writers),
                ("lease", lease.to_owned()),
            ]),
            ..Findings::default()
        })
    }
}

#[async_trait]
impl Probe for DatabaseProbe {
    async fn probe(&self) -> Findings {
        self.look().await.unwrap_or_else(|error| {
            tracing::error!(%error, "the database does not answer");
            Findings {
                errors: vec!["The database does not answer.".to_owned()],
                ..Findings::default()
            }
        })
    }
}
