//! Where rows live.

use std::path::PathBuf;

use crate::address::without_credentials;
use crate::environment::Section;
use crate::local::data_dir;
use crate::mode::Mode;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// The database of this deployment.
#[derive(Clone, Debug)]
pub struct Database {
    /// A local file or a server.
    pub url: DatabaseUrl,
    /// How many threads may read a local file at once.
    pub readers: usize,
    /// Where the process runs that opens it.
    pub place: Place,
    /// The most bytes that a local file may have; `None` for as many as its volume has.
    pub max_bytes: Option<u64>,
}

/// Where a process runs, and how strict it is about what it finds there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// On AWS Lambda, or what stands in for it: one of many processes that nobody counts.
    pub lambda: bool,
    /// What is unsafe stops the process instead of being logged.
    pub strict: bool,
}

impl Database {
    /// A file of this machine that `readers` threads read, as a person's own machine has it.
    pub fn file(path: impl Into<PathBuf>, readers: usize) -> Self {
        Self::at(DatabaseUrl::File(path.into()), readers)
    }

    /// A file or a server, for a process on a person's own machine.
    pub fn at(url: DatabaseUrl, readers: usize) -> Self {
        Self {
            url,
            readers,
            place: Place::default(),
            max_bytes: None,
        }
    }
}

/// Which engine a URL names.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// `file:…`: a file of this machine.
    File(PathBuf),
    /// `libsql://…`, `http://…` or `https://…`: a libSQL server.
    Server {
        /// The address, with scheme `http` or `https`.
        url: String,
        /// The token that the server asks for.
        token: Option<Secret>,
    },
}

impl Section for Database {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_DATABASE_URL",
            "`file:$OR3_DATA_DIR/or3.db`",
            "`file:…`, or `libsql://…`, `http://…`, `https://…` for a libSQL server",
        ),
        Variable::secret("OR3_DATABASE_AUTH_TOKEN", "token for a libSQL server"),
        Variable::new(
            "OR3_DATABASE_READERS",
            "2",
            "how many threads may read a local database file at once",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let readers = reader.whole("OR3_DATABASE_READERS", 1..=64, 2);
        Self {
            url: url(reader),
            readers: usize::try_from(readers).unwrap_or(2),
            place: Place {
                lambda: reader.text("AWS_LAMBDA_FUNCTION_NAME").is_some(),
                strict: Mode::read(reader).strict,
            },
            max_bytes: None,
        }
    }
}

fn url(reader: &mut Reader<'_>) -> DatabaseUrl {
    let beside_the_data = || DatabaseUrl::File(data_dir(reader).join("or3.db"));
    let Some(text) = reader.text("OR3_DATABASE_URL") else {
        return beside_the_data();
    };
    let token = reader.secret("OR3_DATABASE_AUTH_TOKEN");
    match text.split_once(':') {
        Some(("file", path)) if !path.is_empty() && path != ":memory:" => {
            DatabaseUrl::File(path.strip_prefix("//").unwrap_or(path).into())
        }
        Some(("http" | "https", _)) => DatabaseUrl::Server {
            url: text.to_owned(),
            token,
        },
        Some(("libsql", rest)) => DatabaseUrl::Server {
            url: format!("https:{rest}"),
            token,
        },
        _ => {
            let fallback = beside_the_data();
            let cure = "it must start with file:, libsql://, http:// or https://";
            reader.problem(
                "OR3_DATABASE_URL",
                format!("is `{}`: {cure}", without_credentials(text)),
            );
            fallback
        }
    }
}
