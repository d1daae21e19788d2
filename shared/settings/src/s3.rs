//! A bucket that holds the bytes of files: `NUXT_PUBLIC_STORAGE_PROVIDER=s3` (storage contract,
//! 9.3).

use std::time::Duration;

use crate::environment::Section;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// Which bucket, and how it is used.
#[derive(Clone, Debug)]
pub struct S3 {
    /// The bucket's name.
    pub bucket: String,
    /// Its region; servers other than AWS take what they were told to be.
    pub region: String,
    /// Where the server is; `None` is AWS.
    pub endpoint: Option<S3Endpoint>,
    /// The bucket is named in the path and not in the host.
    pub force_path_style: bool,
    /// What every key starts with, without slashes at its ends; empty is nothing.
    pub key_prefix: String,
    /// With what requests are signed.
    pub credentials: S3Credentials,
    /// How long signed URLs live.
    pub url_ttl: Duration,
    /// A blob that the server has no checksum of cannot be committed.
    pub require_checksum: bool,
    /// Uploads of a new blob are signed with `If-None-Match: *`.
    pub if_none_match: bool,
}

/// Where an S3 server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Endpoint {
    /// `https`, or `http` where that is permitted.
    pub scheme: String,
    /// Host and, unless it is the scheme's own, port.
    pub authority: String,
}

/// An access key.
#[derive(Clone, Debug, Default)]
pub struct S3Credentials {
    /// Its name.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
    /// What makes a temporary key valid.
    pub session_token: Option<Secret>,
    /// When a temporary key ends, in ISO 8601, where that is known.
    pub expires_at: Option<String>,
}

/// No URL lives longer, whatever the variable says (storage contract, 9.3).
const LONGEST_TTL: Duration = Duration::from_hours(1);

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
        let endpoint = endpoint(reader);
        let on_aws = reader.text("OR3_STORAGE_S3_ENDPOINT").is_none();
        Self {
            bucket: bucket(reader),
            region: region(reader),
            force_path_style: reader.is_true("OR3_STORAGE_S3_FORCE_PATH_STYLE"),
            key_prefix: key_prefix(reader),
            credentials: credentials(reader),
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

fn region(reader: &mut Reader<'_>) -> String {
    const NAMES: [&str; 3] = ["OR3_STORAGE_S3_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"];
    let region = reader.first(&NAMES).unwrap_or_default().trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if region.is_empty() {
        reader.problem(
            NAMES[0],
            "is not set: give it the bucket's region, for instance eu-central-1",
        );
    } else if !region.bytes().all(plain) {
        reader.problem(NAMES[0], format!("is `{region}`: this is no region"));
    }
    region.to_owned()
}

fn endpoint(reader: &mut Reader<'_>) -> Option<S3Endpoint> {
    const NAME: &str = "OR3_STORAGE_S3_ENDPOINT";
    let url = reader.text(NAME)?.trim();
    let insecure = reader.is_true("OR3_STORAGE_S3_ALLOW_INSECURE_HTTP");
    match parse_endpoint(url, insecure) {
        Ok(endpoint) => Some(endpoint),
        Err(cure) => {
            reader.problem(NAME, format!("is `{url}`: {cure}"));
            None
        }
    }
}

fn parse_endpoint(url: &str, insecure: bool) -> Result<S3Endpoint, &'static str> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if authority.is_empty() || !authority.bytes().all(plain) {
        return Err(
            "it must be the address of a server alone, for instance https://s3.example.com",
        );
    }
    let own_port = match scheme {
        "https" => ":443",
        "http" if insecure => ":80",
        "http" => {
            return Err("it must start with https://, unless \
                        OR3_STORAGE_S3_ALLOW_INSECURE_HTTP is true");
        }
        _ => return Err("it must start with https://"),
    };
    Ok(S3Endpoint {
        scheme: scheme.to_owned(),
        authority: authority
            .strip_suffix(own_port)
            .unwrap_or(authority)
            .to_owned(),
    })
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

/// Key, secret and token come from one source: a token of the surroundings (a Lambda function has
/// one) does not belong to a key that was given for this bucket.
fn credentials(reader: &mut Reader<'_>) -> S3Credentials {
    const OWN: [&str; 3] = [
        "OR3_STORAGE_S3_ACCESS_KEY_ID",
        "OR3_STORAGE_S3_SECRET_ACCESS_KEY",
        "OR3_STORAGE_S3_SESSION_TOKEN",
    ];
    const AWS: [&str; 3] = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ];
    let own = OWN[..2].iter().any(|name| reader.text(name).is_some());
    let [key, secret, token] = if own { OWN } else { AWS };
    for (given, name) in [(key, OWN[0]), (secret, OWN[1])] {
        if reader.text(given).is_none() {
            let cure = "is not set: give it an access key that may use the bucket";
            reader.problem(name, cure);
        }
    }
    let end = reader.text("AWS_CREDENTIAL_EXPIRATION");
    S3Credentials {
        access_key_id: reader.text(key).unwrap_or_default().trim().to_owned(),
        secret_access_key: reader.secret(secret).unwrap_or_default(),
        session_token: reader.secret(token),
        expires_at: end.filter(|_| !own).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests;
