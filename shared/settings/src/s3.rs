//! A bucket that holds the bytes of files: `NUXT_PUBLIC_STORAGE_PROVIDER=s3` (storage contract,
//! 9.3).

use std::time::Duration;

use crate::aws::{self, AwsCredentials, AwsEndpoint};
use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// Which bucket, and how it is used.
#[derive(Clone, Debug)]
pub struct S3 {
    /// The bucket's name.
    pub bucket: String,
    /// Its region; servers other than AWS take what they were told to be.
    pub region: String,
    /// Where the server is; `None` is AWS.
    pub endpoint: Option<AwsEndpoint>,
    /// The bucket is named in the path and not in the host.
    pub force_path_style: bool,
    /// What every key starts with, without slashes at its ends; empty is nothing.
    pub key_prefix: String,
    /// With what requests are signed.
    pub credentials: AwsCredentials,
    /// How long signed URLs live.
    pub url_ttl: Duration,
    /// A blob that the server has no checksum of cannot be committed.
    pub require_checksum: bool,
    /// Uploads of a new blob are signed with `If-None-Match: *`.
    pub if_none_match: bool,
}

/// No URL lives longer, whatever the variable says (storage contract, 9.3).
const LONGEST_TTL: Duration = Duration::from_hours(1);

/// The key that is given for the bucket alone.
const OWN_KEY: [&str; 3] = [
    "OR3_STORAGE_S3_ACCESS_KEY_ID",
    "OR3_STORAGE_S3_SECRET_ACCESS_KEY",
    "OR3_STORAGE_S3_SESSION_TOKEN",
];

impl Section for S3 {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_STORAGE_S3_BUCKET",
            "required with `s3`",
            "name of the bucket",
        ),
        Variable::new(
            "OR3_STORAGE_S3_REGION",
            "required with `s3`; on Lambda, its own",
            "region of the bucket",
        )
        .or(&["AWS_REGION", "AWS_DEFAULT_REGION"]),
        Variable::new(
            "OR3_STORAGE_S3_ENDPOINT",
            "AWS in that region",
            "address of another S3 server, `https://…`",
        ),
        Variable::new(
            "OR3_STORAGE_S3_ALLOW_INSECURE_HTTP",
            "false",
            "`true` permits an endpoint with `http://`",
        ),
        Variable::new(
            "OR3_STORAGE_S3_FORCE_PATH_STYLE",
            "false",
            "`true` names the bucket in the path; that is done anyway where a host cannot name it",
        ),
        Variable::new(
            "OR3_STORAGE_S3_KEY_PREFIX",
            "none",
            "what every key starts with, for instance `or3/production`",
        ),
        Variable::secret("OR3_STORAGE_S3_ACCESS_KEY_ID", "access key of the bucket")
            .or(&["AWS_ACCESS_KEY_ID"]),
        Variable::secret("OR3_STORAGE_S3_SECRET_ACCESS_KEY", "secret of that key")
            .or(&["AWS_SECRET_ACCESS_KEY"]),
        Variable::secret(
            "OR3_STORAGE_S3_SESSION_TOKEN",
            "token of that key, when it is a temporary one",
        )
        .or(&["AWS_SESSION_TOKEN"]),
        Variable::new(
            "AWS_CREDENTIAL_EXPIRATION",
            "unknown",
            "when a temporary key ends, in ISO 8601: no URL outlives it",
        ),
        Variable::new(
            "OR3_STORAGE_S3_URL_TTL_SECONDS",
            "900",
            "lifetime of signed URLs, 1 to 86400 seconds; more than 3600 counts as 3600",
        ),
        Variable::new(
            "OR3_STORAGE_S3_REQUIRE_CHECKSUM",
            "true",
            "`false` commits blobs by size alone where the server keeps no checksums",
        ),
        Variable::new(
            "OR3_STORAGE_S3_IF_NONE_MATCH",
            "true on AWS, false with an endpoint",
            "uploads of a new blob must find its name free: the server must know conditional writes",
        ),
    ];

    /// Asks for what is required; whoever reads this section has chosen the provider.
    fn read(reader: &mut Reader<'_>) -> Self {
        let insecure = "OR3_STORAGE_S3_ALLOW_INSECURE_HTTP";
        let endpoint = aws::endpoint(reader, "OR3_STORAGE_S3_ENDPOINT", insecure);
        let on_aws = reader.text("OR3_STORAGE_S3_ENDPOINT").is_none();
        Self {
            bucket: bucket(reader),
            region: aws::region(reader, "OR3_STORAGE_S3_REGION", "bucket"),
            force_path_style: reader.is_true("OR3_STORAGE_S3_FORCE_PATH_STYLE"),
            key_prefix: key_prefix(reader),
            credentials: aws::credentials(reader, OWN_KEY, "the bucket"),
            url_ttl: reader
                .seconds("OR3_STORAGE_S3_URL_TTL_SECONDS", 1..=86_400, 900)
                .min(LONGEST_TTL),
            require_checksum: reader.unless_false(&["OR3_STORAGE_S3_REQUIRE_CHECKSUM"]),
            if_none_match: match reader.text("OR3_STORAGE_S3_IF_NONE_MATCH") {
                Some(given) => given == "true",
                None => on_aws,
            },
            endpoint,
        }
    }
}

fn bucket(reader: &mut Reader<'_>) -> String {
    const NAME: &str = "OR3_STORAGE_S3_BUCKET";
    let bucket = reader.text(NAME).unwrap_or_default().trim();
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    if bucket.is_empty() {
        reader.problem(
            NAME,
            "is not set: give it the name of the bucket that holds the files",
        );
    } else if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(plain) {
        let cure = "a bucket's name is 3 to 63 lower-case letters, digits, dots and dashes";
        reader.problem(NAME, format!("is `{bucket}`: {cure}"));
    }
    bucket.to_owned()
}

fn key_prefix(reader: &mut Reader<'_>) -> String {
    const NAME: &str = "OR3_STORAGE_S3_KEY_PREFIX";
    let prefix = reader
        .text(NAME)
        .unwrap_or_default()
        .trim()
        .trim_matches('/');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!-_.*'()".contains(&byte);
    let segment = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(plain);
    if !prefix.is_empty() && !prefix.split('/').all(segment) {
        let cure = "it must be plain names with slashes between them, for instance or3/production";
        reader.problem(NAME, format!("is `{prefix}`: {cure}"));
    }
    prefix.to_owned()
}

#[cfg(test)]
mod tests;
