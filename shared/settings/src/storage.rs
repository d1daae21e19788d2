//! Files: where the provider keeps bytes, and how large and of which type they may be.

use std::path::PathBuf;
use std::time::Duration;

use crate::environment::Section;
use crate::features::{Features, StorageProvider};
use crate::local::data_dir;
use crate::reader::Reader;
use crate::s3::S3;
use crate::secret::Secret;
use crate::variable::Variable;

/// What may be stored, and where.
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
    /// The bucket, when it is chosen instead of the fs provider.
    pub s3: Option<S3>,
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
        let provider = Features::read(reader).storage;
        Self {
            max_file_bytes: reader.whole(
                "OR3_MAX_CLOUD_FILE_SIZE_BYTES",
                1..=1_u64 << 40,
                104_857_600,
            ),
            allowed_mime_types: mime_types(reader),
            workspace_quota_bytes: bytes(reader, "OR3_STORAGE_WORKSPACE_QUOTA_BYTES"),
            fs_root: root(reader),
            fs_token_secret: if provider == Some(StorageProvider::Fs) {
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
            s3: (provider == Some(StorageProvider::S3)).then(|| S3::read(reader)),
        }
    }
}

/// The root of the fs provider alone, for who prepares it and serves no files: it needs no secret.
#[derive(Clone, Debug)]
pub struct FsRoot(pub PathBuf);

impl Section for FsRoot {
    /// Those of [`Storage`].
    const VARIABLES: &'static [Variable] = &[];

    fn read(reader: &mut Reader<'_>) -> Self {
        Self(root(reader))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    /// The settings, or what is wrong with them.
    fn read(pairs: &[(&str, &str)]) -> Result<Storage, String> {
        let secret = [("OR3_STORAGE_FS_TOKEN_SECRET", "secret")];
        let pairs = secret.iter().chain(pairs).copied();
        let read = Environment::of(pairs).load::<Storage>();
        read.map_err(|problems| problems.to_string())
    }

    fn ttl(text: &str) -> Option<u64> {
        let read = read(&[("OR3_STORAGE_FS_URL_TTL_SECONDS", text)]);
        read.ok().map(|storage| storage.fs_url_ttl.as_secs())
    }

    #[test]
    fn a_lifetime_of_urls_is_1_to_3600_seconds() {
        assert_eq!(
            [ttl("1"), ttl("120"), ttl("3600")],
            [Some(1), Some(120), Some(3600)]
        );
        assert_eq!(ttl(""), Some(900), "not set");
        for wrong in ["0", "-5", "3601", "1.5", "soon", "1e3"] {
            assert_eq!(ttl(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_the_variables_name() {
        let said = read(&[("OR3_STORAGE_FS_URL_TTL_SECONDS", "0")]).expect_err("0 is no lifetime");
        assert!(said.contains("OR3_STORAGE_FS_URL_TTL_SECONDS"), "{said}");
        let none = Environment::of([("SSR_AUTH_ENABLED", "true")]).load::<Storage>();
        let said = none.expect_err("no secret").to_string();
        assert!(said.contains("OR3_STORAGE_FS_TOKEN_SECRET"), "{said}");
        let off = Environment::of([("OR3_STORAGE_ENABLED", "false")]).load::<Storage>();
        assert!(off.is_ok(), "switched off it needs none");
    }

    #[test]
    fn limits_have_the_contracts_defaults() {
        let storage = read(&[]).expect("nothing is wrong");
        assert_eq!(storage.max_file_bytes, 104_857_600);
        assert_eq!(storage.workspace_quota_bytes, None);
        assert_eq!(storage.allowed_mime_types, MIME_TYPES);
        assert_eq!(storage.fs_upload_ttl, Duration::from_hours(24));
    }

    #[test]
    fn a_quota_is_a_finite_number_above_zero() {
        let quota = |text: &str| {
            let read = read(&[("OR3_STORAGE_WORKSPACE_QUOTA_BYTES", text)]);
            read.expect("lenient").workspace_quota_bytes
        };
        assert_eq!(quota("5000"), Some(5000));
        for none in ["0", "-1", "NaN", "Infinity", "many", ""] {
            assert_eq!(quota(none), None, "{none}");
        }
    }

    #[test]
    fn an_empty_list_of_types_means_the_default_and_others_replace_it() {
        let types = |text: &str| {
            let read = read(&[("OR3_STORAGE_ALLOWED_MIME_TYPES", text)]);
            read.expect("any list").allowed_mime_types
        };
        assert_eq!(types(" , "), MIME_TYPES);
        assert_eq!(types("Application/JSON, a/b"), ["application/json", "a/b"]);
    }
}
