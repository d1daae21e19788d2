//! Where rows live.

use std::path::PathBuf;

use crate::environment::Section;
use crate::local::data_dir;
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
            reader.problem("OR3_DATABASE_URL", format!("is `{text}`: {cure}"));
            fallback
        }
    }
}
