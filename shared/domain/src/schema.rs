//! The shape in which rows are kept, and bringing it to what this build expects.

use async_trait::async_trait;

/// Why the schema could not be brought up. The text is for the people who deploy: it names the
/// place and says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SchemaError(pub String);

/// The schema of a deployment's databases.
#[async_trait]
pub trait SchemaStore: Send + Sync {
    /// Applies every migration that is missing and returns how many those were. Each is one
    /// transaction; repeating the call, or making it in several processes at once, changes
    /// nothing more (design, section 3).
    ///
    /// # Errors
    ///
    /// When a database is from a newer build or was migrated by other files, and when it does
    /// not answer; the migrations before the failing one stay.
    async fn migrate(&self) -> Result<usize, SchemaError>;
}
