//! Where a bucket answers, and what its objects are called.

use or3_aws::encode_path;
use or3_domain::storage::BlobKey;
use or3_settings::S3;

/// The address of a bucket.
#[derive(Debug)]
pub(crate) struct Place {
    /// `https` or, where the settings permit it, `http`.
    pub(crate) scheme: String,
    /// Host and, unless it is the scheme's own, port: the `Host` header of every request.
    pub(crate) host: String,
    /// What comes before the key: `/`, or `/<bucket>/` in path style.
    base: String,
    /// What every key starts with: empty, or segments that each end in a slash.
    pub(crate) prefix: String,
}

impl Place {
    /// The place that `settings` name: an endpoint of their own, or AWS in their region.
    pub(crate) fn of(settings: &S3) -> Self {
        let (scheme, authority) = match &settings.endpoint {
            Some(endpoint) => (endpoint.scheme.clone(), endpoint.authority.clone()),
            None => ("https".to_owned(), aws(&settings.region)),
        };
        let bucket = &settings.bucket;
        let in_path = settings.force_path_style || !fits_in_host(bucket, &authority);
        let (host, base) = if in_path {
            (authority, format!("/{bucket}/"))
        } else {
            (format!("{bucket}.{authority}"), "/".to_owned())
        };
        let prefix = match settings.key_prefix.as_str() {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Self {
            scheme,
            host,
            base,
            prefix,
        }
    }

    /// The encoded path of the bucket itself.
    pub(crate) fn bucket_path(&self) -> String {
        self.base.clone()
    }

    /// The encoded path of the object that holds `key`'s bytes.
    pub(crate) fn object_path(&self, key: &BlobKey) -> String {
        let name = format!("{}{}", self.prefix, object_name(key));
        encode_path(&format!("{}{name}", self.base))
    }

    /// A whole URL.
    pub(crate) fn url(&self, path: &str, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}://{}{path}{mark}{query}", self.scheme, self.host)
    }
}

/// The name of `key`'s object below the prefix. Both parts are parsed: plain characters only.
pub(crate) fn object_name(key: &BlobKey) -> String {
    let hash = key.hash();
    format!("{}/{}/{}", key.workspace(), hash.algorithm(), hash.hex())
}

fn aws(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("s3.{region}.amazonaws.com{suffix}")
}

/// A name with dots would not match the certificate, and an IP address has no names below it.
fn fits_in_host(bucket: &str, authority: &str) -> bool {
    let host = authority.split(':').next().unwrap_or_default();
    let numeric = authority.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    !bucket.contains('.') && !numeric && host != "localhost"
}

#[cfg(test)]
mod tests {
    use or3_domain::ids::WorkspaceId;
    use or3_domain::storage::ContentHash;
    use or3_settings::{AwsCredentials, AwsEndpoint};

    use super::*;

    fn settings(bucket: &str, authority: Option<&str>) -> S3 {
        S3 {
            bucket: bucket.to_owned(),
            region: "eu-central-1".to_owned(),
            endpoint: authority.map(|authority| AwsEndpoint {
                scheme: "https".to_owned(),
                authority: authority.to_owned(),
            }),
            force_path_style: false,
            key_prefix: String::new(),
            credentials: AwsCredentials::default(),
            url_ttl: std::time::Duration::from_mins(15),
            require_checksum: true,
            if_none_match: true,
        }
    }

    fn key() -> BlobKey {
        BlobKey::new(&WorkspaceId::new("ws"), ContentHash::Md5([0xab; 16])).expect("a plain id")
    }

    fn url(settings: &S3) -> String {
        let place = Place::of(settings);
        place.url(&place.object_path(&key()), "")
    }

    const NAME: &str = "ws/md5/abababababababababababababababab";

    #[test]
    fn a_bucket_is_a_host_where_it_can_be_one() {
        let (a, b) = (
            "https://files.s3.eu-central-1.amazonaws.com/",
            "https://files.store.test:9000/",
        );
        assert_eq!(url(&settings("files", None)), format!("{a}{NAME}"));
        assert_eq!(
            url(&settings("files", Some("store.test:9000"))),
            format!("{b}{NAME}")
        );
    }

    #[test]
    fn and_part_of_the_path_where_it_cannot_or_must_not() {
        for (bucket, authority, base) in [
            ("my.files", None, "s3.eu-central-1.amazonaws.com/my.files"),
            ("files", Some("127.0.0.1:9000"), "127.0.0.1:9000/files"),
            ("files", Some("[::1]:9000"), "[::1]:9000/files"),
            ("files", Some("localhost:9000"), "localhost:9000/files"),
        ] {
            let expected = format!("https://{base}/{NAME}");
            assert_eq!(url(&settings(bucket, authority)), expected);
        }
        let forced = S3 {
            force_path_style: true,
            ..settings("files", Some("store.test"))
        };
        assert_eq!(url(&forced), format!("https://store.test/files/{NAME}"));
    }

    #[test]
    fn china_has_names_of_its_own() {
        let place = Place::of(&S3 {
            region: "cn-north-1".to_owned(),
            ..settings("files", None)
        });
        assert_eq!(place.host, "files.s3.cn-north-1.amazonaws.com.cn");
    }

    #[test]
    fn a_prefix_stands_before_the_workspace() {
        let prefixed = S3 {
            key_prefix: "or3/prod (eu)".to_owned(),
            ..settings("files", Some("store.test"))
        };
        let expected = format!("https://files.store.test/or3/prod%20%28eu%29/{NAME}");
        assert_eq!(url(&prefixed), expected);
    }
}
