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
use crate::local::volume::FileSystem;
use crate::local::{self, Durability, LocalExecutor, LocalOptions};
use crate::migrate::{LIMITS, MAIN, MigrateError, Schema};
use crate::probe::DatabaseProbe;
use crate::remote::{Client, RemoteExecutor};

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
    /// The server does not answer, or refuses.
    #[error(
        "OR3_DATABASE_URL: {url} cannot be used ({source}): start the server, or correct the address or OR3_DATABASE_AUTH_TOKEN"
    )]
    Server {
        /// The address.
        url: String,
        /// What came back.
        source: StoreError,
    },
    /// The server's address or token cannot be used at all.
    #[error(
        "OR3_DATABASE_URL: {url} {reason}: it must be like libsql://name.example or http://127.0.0.1:8080"
    )]
    Address {
        /// The address.
        url: String,
        /// What is wrong, as the rest of a sentence.
        reason: String,
    },
    /// The file or its folder cannot be used.
    #[error(
        "{path} cannot be opened ({reason}): make room, or give this process the right to write there"
    )]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// What lies below the file would damage it, or lose it.
    #[error("{0}")]
    Unsafe(String),
    /// A thread could not be started.
    #[error("no database thread can be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl State {
    /// Prepares the databases that `settings` name, without touching them. A database whose
    /// schema is not this build's answers every batch with an error until it is migrated.
    pub fn open(settings: &or3_settings::Database) -> Result<Self, OpenError> {
        Self::with(settings, Some(&MAIN), Some(&LIMITS))
    }

    fn with(
        settings: &or3_settings::Database,
        main: Option<&'static Schema>,
        limits: Option<&'static Schema>,
    ) -> Result<Self, OpenError> {
        match &settings.url {
            DatabaseUrl::File(path) => Ok(Self {
                main: local(&main_options(path, settings, main))?,
                limits: local(&limits_options(path, settings, limits))?,
            }),
            DatabaseUrl::Server { url, token } => {
                let client = Client::new(url, token.as_ref());
                let client = Arc::new(client.map_err(|reason| OpenError::Address {
                    url: url.clone(),
                    reason,
                })?);
                Ok(Self {
                    main: remote(&client, main),
                    limits: remote(&client, limits),
                })
            }
        }
    }

    #[cfg(feature = "faults")]
    pub(crate) fn of(main: Database, limits: Database) -> Self {
        Self { main, limits }
    }

    /// Looks at the local database files without changing anything on disk: whether they are
    /// databases at all, and not from a newer build. Missing files are fine.
    pub fn inspect(settings: &or3_settings::Database) -> Result<(), OpenError> {
        let DatabaseUrl::File(path) = &settings.url else {
            return Ok(());
        };
        header::inspect(path, &MAIN, FileSystem::of)?;
        header::inspect(&limits_path(path), &LIMITS, FileSystem::of)
    }

    /// Creates what is missing and applies pending migrations; says how many there were.
    /// Repeating it, or running it in several processes at once, changes nothing more.
    pub async fn migrate(
        settings: &or3_settings::Database,
        now: Timestamp,
    ) -> Result<usize, OpenError> {
        if let DatabaseUrl::File(path) = &settings.url {
            make(&main_options(path, settings, None))?;
            make(&limits_options(path, settings, None))?;
        }
        let state = Self::with(settings, None, None)?;
        let failed = |source| not_migrated(settings, source);
        let main = MAIN.apply(&state.main, now).await.map_err(failed);
        let limits = LIMITS.apply(&state.limits, now).await.map_err(failed);
        state.close();
        Ok(main? + limits?)
    }

    /// The database that outlives the machine.
    pub(crate) fn main(&self) -> Database {
        self.main.clone()
    }

    /// The database of rate limits.
    pub(crate) fn limits(&self) -> Database {
        self.limits.clone()
    }

    /// Finishes the batches that are queued and closes local files, so that each is whole without
    /// a log beside it; later batches fail. Blocks until done.
    pub fn close(&self) {
        self.main.close();
        self.limits.close();
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

fn remote(client: &Arc<Client>, schema: Option<&'static Schema>) -> Database {
    Database::new(Arc::new(RemoteExecutor::new(Arc::clone(client), schema)))
}

/// Creates the file with the house's journal, or leaves the existing one as it is.
fn make(options: &LocalOptions) -> Result<(), OpenError> {
    local::create(options)
        .map(drop)
        .map_err(|error| match error {
            StoreError::Broken(reason) => OpenError::Damaged {
                path: options.path.clone(),
                reason,
            },
            error => OpenError::Unusable {
                path: options.path.clone(),
                reason: error.to_string(),
            },
        })
}

fn main_options(
    path: &Path,
    settings: &or3_settings::Database,
    schema: Option<&'static Schema>,
) -> LocalOptions {
    let durability = if schema.is_some() {
        Durability::Full
    } else {
        Durability::AtClose
    };
    LocalOptions {
        schema: schema.map(Schema::version),
        readers: settings.readers,
        place: settings.place,
        max_bytes: settings.max_bytes,
        ..LocalOptions::new(path.to_owned(), durability)
    }
}

/// How the two files are opened.
///
/// # Panics
///
/// For a server.
#[cfg(feature = "faults")]
pub(crate) fn file_options(settings: &or3_settings::Database) -> [LocalOptions; 2] {
    let DatabaseUrl::File(path) = &settings.url else {
        panic!("a server has no files");
    };
    [
        main_options(path, settings, Some(&MAIN)),
        limits_options(path, settings, Some(&LIMITS)),
    ]
}

fn limits_options(
    path: &Path,
    settings: &or3_settings::Database,
    schema: Option<&'static Schema>,
) -> LocalOptions {
    LocalOptions {
        schema: schema.map(Schema::version),
        place: settings.place,
        ..LocalOptions::new(limits_path(path), Durability::Process)
    }
}

/// `or3.db` keeps its limits in `or3-limits.db`.
fn limits_path(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-limits.db"))
}

fn not_migrated(settings: &or3_settings::Database, error: MigrateError) -> OpenError {
    match (&settings.url, error) {
        (DatabaseUrl::Server { url, .. }, MigrateError::Store(source)) => OpenError::Server {
            url: url.clone(),
            source,
        },
        (DatabaseUrl::Server { url, .. }, source) => OpenError::Migrate {
            place: url.clone(),
            source,
        },
        (
            DatabaseUrl::File(path),
            MigrateError::Store(StoreError::Fault(reason) | StoreError::Broken(reason)),
        ) => OpenError::Damaged {
            path: path.clone(),
            reason,
        },
        (DatabaseUrl::File(path), MigrateError::Store(source)) => OpenError::Unusable {
            path: path.clone(),
            reason: source.to_string(),
        },
        (DatabaseUrl::File(path), source) => OpenError::Migrate {
            place: path.display().to_string(),
            source,
        },
    }
}
