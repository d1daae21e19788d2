//! [`AdminCredentials`] on rows.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::admin::{AdminCredential, AdminCredentials};
use or3_domain::clock::Timestamp;
use or3_domain::store::StoreError;

use crate::database::{Database, answers};
use crate::open::State;
use crate::statement::{Answer, Statement};

/// Keeps the super admin's credential in the main database.
struct LibsqlAdminCredentials {
    database: Database,
}

impl State {
    /// The port of the super admin's credential.
    pub fn admin_credentials(&self) -> Arc<dyn AdminCredentials> {
        Arc::new(LibsqlAdminCredentials {
            database: self.main(),
        })
    }
}

#[async_trait]
impl AdminCredentials for LibsqlAdminCredentials {
    async fn load(&self) -> Result<Option<AdminCredential>, StoreError> {
        credential(self.database.query(Statement::new(LOAD)).await?)
    }

    async fn keep(
        &self,
        first: &AdminCredential,
        now: Timestamp,
    ) -> Result<AdminCredential, StoreError> {
        let keep = Statement::new(KEEP)
            .bind(now.millis())
            .bind(first.username.as_str())
            .bind(first.password_hash.as_str());
        let batch = vec![keep, Statement::new(LOAD)];
        let [_, kept] = answers(self.database.write(batch).await?)?;
        credential(kept)?.ok_or_else(|| StoreError::Fault("no credential was kept".to_owned()))
    }

    async fn replace(&self, old: &str, new: &str, now: Timestamp) -> Result<bool, StoreError> {
        let replace = Statement::new(REPLACE)
            .bind(old)
            .bind(new)
            .bind(now.millis());
        Ok(self.database.execute(replace).await?.changed == 1)
    }
}

fn credential(answer: Answer) -> Result<Option<AdminCredential>, StoreError> {
    let Some(row) = answer.into_first() else {
        return Ok(None);
    };
    Ok(Some(AdminCredential {
        username: row.string(0)?,
        password_hash: row.string(1)?,
    }))
}

const LOAD: &str = "SELECT username, password_hash FROM admin_credentials WHERE id = 1";

const KEEP: &str = "INSERT INTO admin_credentials
        (id, created_at, updated_at, username, password_hash)
    VALUES (1, ?1, ?1, ?2, ?3) ON CONFLICT DO NOTHING";

const REPLACE: &str = "UPDATE admin_credentials SET password_hash = ?2, updated_at = ?3
    WHERE id = 1 AND password_hash = ?1";
