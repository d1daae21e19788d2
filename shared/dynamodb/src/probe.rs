//! Whether the table can be used.

use async_trait::async_trait;
use or3_domain::health::{Findings, Probe};

use crate::key::key;
use crate::table::Table;

/// Reads an item that need not be there.
pub(crate) struct DynamoDbProbe {
    pub(crate) table: Table,
}

#[async_trait]
impl Probe for DynamoDbProbe {
    async fn probe(&self) -> Findings {
        match self.table.item(&key("probe", "-")).await {
            Ok(_) => Findings::default(),
            Err(error) => {
                tracing::error!(%error, "the table of limits cannot be used");
                Findings {
                    errors: vec!["The table of rate limits cannot be used.".to_owned()],
                    ..Findings::default()
                }
            }
        }
    }
}
