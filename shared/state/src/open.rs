//! Opening the databases of a deployment.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use or3_domain::clock::Timestamp;
use or3_domain::health::Probe;
use or3_domain::limits::RateLimiter;
use or3_domain::store::StoreError;
use or3_settings::DatabaseUrl;

use crate::database::Database;
use crate::header;
use crate::limits::LibsqlRateLimiter;
use crate::local::{Connection, Durability, LocalExecutor, LocalOptions};
use crate::migrate::{LIMITS, MAIN, MigrateError};
use crate::probe::DatabaseProbe;

/// The rows of this deployment: the place where every port comes from.
///
/// Opening touches no disk and no network; the first batch does. Rate limits live in a file of
/// their own beside a local database, because they need no flush to disk and everything else
/// does; on a server they share the database.
#[derive(Clone)]
pub struct State {
    main: Database,
    limits: Database,
}

/// Why a database cannot be used; the path or address comes first, then the cure.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is not a database, or is damaged.
    #[error(
        "{path} is not a usable SQLite database ({reason}): restore it from a backup, or move it away to start empty"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The database was made by a newer build.
    #[error("{place}: {source}: use the newer build, or restore a backup from before the upgrade")]
    Migrate {
        /// The file or server.
        place: String,
        /// What stands in the way.
        source: MigrateError,
    },
    /// The file or its folder cannot be used.
    #[error("{path} cannot be opened: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// A thread could not be started.
    #[error("no database thread can be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl State {
    /// Prepares the databases that `settings` name, without touching them. A database whose
    /// schema is not this build's answers every batch with an error until it is migrated.
    pub fn open(settings: &or3_settings::Database) -> Result<Self, OpenError> {
        Self::with_schema(settings, Some(MAIN.version()), Some(LIMITS.version()))
    }

    fn with_schema(
        settings: &or3_settings::Database,
        main: Option<i64>,
        limits: Option<i64>,
    ) -> Result<Self, OpenError> {
        match &settings.url {
            DatabaseUrl::File(path) => Ok(Self {
                main: local(&main_options(path, settings.readers, main))?,
                limits: local(&limits_options(path, limits))?,
            }),
            DatabaseUrl::Server { .. } => unreachable!("written next"),
        }
    }

    /// Looks at the local database files without changing anything on disk: whether they are
    /// databases at all, and not from a newer build. Missing files are fine.
    pub fn inspect(settings: &or3_settings::Database) -> Result<(), OpenError> {
        let DatabaseUrl::File(path) = &settings.url else {
            return Ok(());
        };
        header::inspect(path, &MAIN)?;
        header::inspect(&limits_path(path), &LIMITS)
    }

    /// Creates what is missing and applies pending migrations; says how many there were.
    /// Repeating it, or running it in several processes at once, changes nothing more.
    pub async fn migrate(
        settings: &or3_settings::Database,
        now: Timestamp,
    ) -> Result<usize, OpenError> {
        if let DatabaseUrl::File(path) = &settings.url {
            create(&main_options(path, 1, None))?;
            create(&limits_options(path, None))?;
        }
        let state = Self::with_schema(settings, None, None)?;
        let failed = |source| OpenError::Migrate {
            place: place(settings),
            source,
        };
        let main = MAIN.apply(&state.main, now).await.map_err(failed)?;
        let limits = LIMITS.apply(&state.limits, now).await.map_err(failed)?;
        Ok(main + limits)
    }

    /// The database that outlives the machine.
    pub(crate) fn main(&self) -> Database {
        self.main.clone()
    }

    /// Asks the database whether it answers.
    pub fn probe(&self) -> Arc<dyn Probe> {
        Arc::new(DatabaseProbe::new(self.main.clone()))
    }

    /// The port that counts requests.
    pub fn rate_limiter(&self) -> Arc<dyn RateLimiter> {
        Arc::new(LibsqlRateLimiter::new(self.limits.clone()))
    }
}

fn local(options: &LocalOptions) -> Result<Database, OpenError> {
    Ok(Database::new(Arc::new(LocalExecutor::start(options)?)))
}

/// Creates the file with the house's journal, or leaves the existing one as it is.
fn create(options: &LocalOptions) -> Result<(), OpenError> {
    let unusable = |error: StoreError| OpenError::Unusable {
        path: options.path.clone(),
        reason: error.to_string(),
    };
    Connection::create(options).map(drop).map_err(unusable)
}

fn main_options(path: &Path, readers: usize, schema: Option<i64>) -> LocalOptions {
    LocalOptions {
        path: path.to_owned(),
        durability: Durability::Full,
        schema,
        readers,
    }
}

fn limits_options(path: &Path, schema: Option<i64>) -> LocalOptions {
    let path = limits_path(path);
    LocalOptions {
        path,
        durability: Durability::Process,
        schema,
        readers: 1,
    }
}

/// `or3.db` keeps its limits in `or3-limits.db`.
fn limits_path(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-limits.db"))
}

fn place(settings: &or3_settings::Database) -> String {
    match &settings.url {
        DatabaseUrl::File(path) => path.display().to_string(),
        DatabaseUrl::Server { url, .. } => url.clone(),
    }
}
