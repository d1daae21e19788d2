//! What the sections of AWS services share: which key, which region, which server.

use crate::address::without_credentials;
use crate::reader::Reader;
use crate::secret::Secret;

/// Where a server other than AWS answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsEndpoint {
    /// `https`, or `http` where that is permitted.
    pub scheme: String,
    /// Host and, unless it is the scheme's own, port.
    pub authority: String,
}

/// An access key.
#[derive(Clone, Debug, Default)]
pub struct AwsCredentials {
    /// Its name.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: Secret,
    /// What makes a temporary key valid.
    pub session_token: Option<Secret>,
    /// When a temporary key ends, in ISO 8601, where that is known.
    pub expires_at: Option<String>,
}

/// The key that is given in `own` (key, secret, token), or that of the surroundings.
///
/// All come from one source: a token of the surroundings (a Lambda function has one) does not
/// belong to a key that was given for this service. `what` says what the key must be good for.
pub(crate) fn credentials(
    reader: &mut Reader<'_>,
    own: [&'static str; 3],
    what: &str,
) -> AwsCredentials {
    const AWS: [&str; 3] = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ];
    let given = own[..2].iter().any(|name| reader.text(name).is_some());
    let [key, secret, token] = if given { own } else { AWS };
    for (given, name) in [(key, own[0]), (secret, own[1])] {
        if reader.text(given).is_none() {
            let cure = format!("is not set: give it an access key that may use {what}");
            reader.problem(name, cure);
        }
    }
    let end = reader.text("AWS_CREDENTIAL_EXPIRATION");
    AwsCredentials {
        access_key_id: reader.text(key).unwrap_or_default().trim().to_owned(),
        secret_access_key: reader.secret(secret).unwrap_or_default(),
        session_token: reader.secret(token),
        expires_at: end.filter(|_| !given).map(str::to_owned),
    }
}

/// The region in `own`, or that of the surroundings; `of` says whose it is.
pub(crate) fn region(reader: &mut Reader<'_>, own: &'static str, of: &str) -> String {
    let names = [own, "AWS_REGION", "AWS_DEFAULT_REGION"];
    let region = reader.first(&names).unwrap_or_default().trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if region.is_empty() {
        let cure = format!("is not set: give it the {of}'s region, for instance eu-central-1");
        reader.problem(own, cure);
    } else if !region.bytes().all(plain) {
        reader.problem(own, format!("is `{region}`: this is no region"));
    }
    region.to_owned()
}

/// The server in `name`; without TLS only where `insecure` is `true`.
pub(crate) fn endpoint(
    reader: &mut Reader<'_>,
    name: &'static str,
    insecure: &'static str,
) -> Option<AwsEndpoint> {
    let url = reader.text(name)?.trim();
    match parse_endpoint(url, reader.is_true(insecure), insecure) {
        Ok(endpoint) => Some(endpoint),
        Err(cure) => {
            let shown = without_credentials(url);
            reader.problem(name, format!("is `{shown}`: {cure}"));
            None
        }
    }
}

fn parse_endpoint(url: &str, permitted: bool, insecure: &str) -> Result<AwsEndpoint, String> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if authority.is_empty() || !authority.bytes().all(plain) {
        let cure = "it must be the address of a server alone, for instance https://s3.example.com";
        return Err(cure.to_owned());
    }
    let own_port = match scheme {
        "https" => ":443",
        "http" if permitted => ":80",
        "http" => {
            return Err(format!(
                "it must start with https://, unless {insecure} is true"
            ));
        }
        _ => return Err("it must start with https://".to_owned()),
    };
    Ok(AwsEndpoint {
        scheme: scheme.to_owned(),
        authority: authority
            .strip_suffix(own_port)
            .unwrap_or(authority)
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_servers_and_speak_tls_unless_told_otherwise() {
        for (url, insecure, authority) in [
            ("https://s3.example.com", false, Some("s3.example.com")),
            ("https://s3.example.com:443/", false, Some("s3.example.com")),
            (
                "https://s3.example.com:9000",
                false,
                Some("s3.example.com:9000"),
            ),
            ("http://127.0.0.1:9000", true, Some("127.0.0.1:9000")),
            ("http://[::1]:80", true, Some("[::1]")),
            ("http://127.0.0.1:9000", false, None),
            ("https://user:pass@s3.example.com", false, None),
            ("https://s3.example.com/path", false, None),
            ("https://s3.example.com?x", false, None),
            ("ftp://s3.example.com", true, None),
            ("s3.example.com", true, None),
            ("https://", true, None),
        ] {
            let parsed = parse_endpoint(url, insecure, "ALLOWED").ok();
            let found = parsed.as_ref().map(|endpoint| endpoint.authority.as_str());
            assert_eq!(found, authority, "{url}");
        }
    }
}
