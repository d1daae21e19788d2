//! Whether the database answers.

use async_trait::async_trait;
use or3_domain::health::{Findings, Probe};

use crate::database::Database;
use crate::statement::Statement;

pub(crate) struct DatabaseProbe {
    database: Database,
}

impl DatabaseProbe {
    pub(crate) fn new(database: Database) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Probe for DatabaseProbe {
    async fn probe(&self) -> Findings {
        match self.database.query(Statement::new("SELECT 1")).await {
            Ok(_) => Findings::default(),
            Err(error) => {
                tracing::error!(%error, "the database does not answer");
                Findings {
                    errors: vec!["The database does not answer.".to_owned()],
                    ..Findings::default()
                }
            }
        }
    }
}
