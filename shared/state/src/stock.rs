//! [`Stock`] on rows: what there is, from one row a workspace and one a device.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::clock::Timestamp;
use or3_domain::metrics::{Figures, Stock};
use or3_domain::store::StoreError;

use crate::State;
use crate::database::Database;
use crate::statement::Statement;

struct LibsqlStock {
    database: Database,
}

impl State {
    /// The port that counts what there is.
    pub fn stock(&self) -> Arc<dyn Stock> {
        let database = self.main();
        Arc::new(LibsqlStock { database })
    }
}

#[async_trait]
impl Stock for LibsqlStock {
    async fn count(&self, now: Timestamp, seen_since: Timestamp) -> Result<Figures, StoreError> {
        let count = Statement::new(COUNT);
        let count = count.bind(now.millis()).bind(seen_since.millis());
        let row = self.database.query(count).await?.into_first();
        let row = row.ok_or_else(|| StoreError::Fault("no figures".to_owned()))?;
        let number = |column| Ok::<_, StoreError>(u64::try_from(row.int(column)?).unwrap_or(0));
        Ok(Figures {
            workspaces: number(0)?,
            change_log_versions: number(1)?,
            devices: number(2)?,
            device_lag_versions: number(3)?,
            device_lag_seconds: number(4)? / 1000,
            stored_bytes: number(5)?,
        })
    }
}

const COUNT: &str = "WITH devices AS (
        SELECT d.seen_at, max(h.head - d.version, 0) AS lag
        FROM device_cursors d JOIN sync_heads h ON h.workspace = d.workspace
        WHERE d.seen_at >= ?2)
    SELECT (SELECT count(*) FROM sync_heads),
        (SELECT coalesce(sum(head - floor), 0) FROM sync_heads),
        (SELECT count(*) FROM devices),
        (SELECT coalesce(max(lag), 0) FROM devices),
        (SELECT coalesce(max(?1 - seen_at), 0) FROM devices WHERE lag > 0),
        (SELECT coalesce(sum(stored_bytes), 0) FROM storage_usage)";
