//! Files: where the fs provider keeps bytes, and how large and of which type they may be.

use std::path::PathBuf;
use std::time::Duration;

use crate::environment::Section;
use crate::features::Features;
use crate::local::data_dir;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// What may be stored, and the fs provider.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The largest file, in bytes.
    pub max_file_bytes: u64,
    /// MIME types that may be stored, in lower case.
    pub allowed_mime_types: Vec<String>,
    /// How many bytes a workspace may hold; `None` is unbounded.
    pub workspace_quota_bytes: Option<u64>,
    /// The root of the fs provider.
    pub fs_root: PathBuf,
    /// Signs the fs provider's URLs.
    pub fs_token_secret: Secret,
    /// How long those URLs live.
    pub fs_url_ttl: Duration,
    /// How long an upload in parts may take.
    pub fs_upload_ttl: Duration,
    /// How many bytes a front door lets through to those URLs; `None` is unbounded.
    pub fs_max_byte_url_bytes: Option<u64>,
    /// Of a hundred whole downloads, how many have their hash checked on the way.
    pub fs_verified_percent: u8,
}

const MIME_TYPES: [&str; 7] = [
    "image/jpeg",
    "image/png",
    "image/gif",
    "image/webp",
    "application/pdf",
    "text/plain",
    "text/markdown",
];

impl Section for Storage {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_STORAGE_FS_ROOT",
            "`$OR3_DATA_DIR/blobs`",
            "folder of the fs provider",
        ),
        Variable::secret(
            "OR3_STORAGE_FS_TOKEN_SECRET",
            "signs the fs provider's URLs",
        ),
        Variable::new(
            "OR3_STORAGE_FS_URL_TTL_SECONDS",
            "900",
            "lifetime of those URLs, 1 to 3600 seconds",
        ),
        Variable::new(
            "OR3_STORAGE_FS_UPLOAD_TTL_SECONDS",
            "86400",
            "how long an upload in parts (tus) may take, 60 to 604800 seconds",
        ),
        Variable::new(
            "OR3_STORAGE_FS_MAX_BYTE_URL_BYTES",
            "none",
            "largest upload that the front door lets through to those URLs, in bytes; about \
             4500000 behind Lambda",
        ),
        Variable::new(
            "OR3_STORAGE_FS_VERIFY_PERCENT",
            "1",
            "of a hundred whole downloads, how many have their hash checked on the way, 0 to 100",
        ),
        Variable::new(
            "OR3_MAX_CLOUD_FILE_SIZE_BYTES",
            "104857600",
            "largest file, in bytes",
        ),
        Variable::new(
            "OR3_STORAGE_ALLOWED_MIME_TYPES",
            "JPEG, PNG, GIF, WebP, PDF, plain text, Markdown",
            "comma list of MIME types that may be stored",
        ),
        Variable::new(
            "OR3_STORAGE_WORKSPACE_QUOTA_BYTES",
            "none",
            "bytes that one workspace may hold",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let enabled = Features::read(reader).storage.is_some();
        Self {
            max_file_bytes: reader.whole(
                "OR3_MAX_CLOUD_FILE_SIZE_BYTES",
                1..=1_u64 << 40,
                104_857_600,
            ),
            allowed_mime_types: mime_types(reader),
            workspace_quota_bytes: bytes(reader, "OR3_STORAGE_WORKSPACE_QUOTA_BYTES"),
            fs_root: root(reader),
            fs_token_secret: if enabled {
                reader.required_secret("OR3_STORAGE_FS_TOKEN_SECRET")
            } else {
                Secret::default()
            },
            fs_url_ttl: reader.seconds("OR3_STORAGE_FS_URL_TTL_SECONDS", 1..=3600, 900),
            fs_upload_ttl: reader.seconds(
                "OR3_STORAGE_FS_UPLOAD_TTL_SECONDS",
                60..=604_800,
                86_400,
            ),
            fs_verified_percent: percent(reader),
            fs_max_byte_url_bytes: bytes(reader, "OR3_STORAGE_FS_MAX_BYTE_URL_BYTES"),
        }
    }
}

fn root(reader: &Reader<'_>) -> PathBuf {
    reader
        .text("OR3_STORAGE_FS_ROOT")
        .map_or_else(|| data_dir(reader).join("blobs"), PathBuf::from)
}

fn mime_types(reader: &Reader<'_>) -> Vec<String> {
    let given = reader.list("OR3_STORAGE_ALLOWED_MIME_TYPES");
    if given.is_empty() {
        return MIME_TYPES.map(str::to_owned).to_vec();
    }
    given.iter().map(|mime| mime.to_ascii_lowercase()).collect()
}

/// Only a finite value above zero sets a bound (storage contract, 3).
fn bytes(reader: &Reader<'_>, name: &str) -> Option<u64> {
    Some(reader.lenient(name, 0)).filter(|bytes| *bytes > 0)
}

fn percent(reader: &mut Reader<'_>) -> u8 {
    let percent = reader.whole("OR3_STORAGE_FS_VERIFY_PERCENT", 0..=100, 1);
    u8::try_from(percent).unwrap_or(100)
}
