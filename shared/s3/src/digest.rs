//! How S3 carries a blob's hash: what binds an upload to it, and what a look at an object shows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{ETAG, HeaderName};
use or3_domain::storage::{ContentHash, Proof};

use crate::bucket::text;

const CHECKSUM: HeaderName = HeaderName::from_static("x-amz-checksum-sha256");
const ENCRYPTION: HeaderName = HeaderName::from_static("x-amz-server-side-encryption");

/// The headers by which S3 takes only bytes with `hash`. The algorithm is named as well, for
/// servers that go by its name.
pub(crate) fn binding(hash: &ContentHash) -> Vec<(&'static str, String)> {
    let digest = STANDARD.encode(hash.digest());
    match hash {
        ContentHash::Sha256(_) => vec![
            ("x-amz-checksum-sha256", digest),
            ("x-amz-sdk-checksum-algorithm", "SHA256".to_owned()),
        ],
        ContentHash::Md5(_) => vec![("content-md5", digest)],
    }
}

/// What the head of an object says of its bytes' hash.
pub(crate) fn proof(hash: &ContentHash, head: &HeaderMap) -> Proof {
    let found = match hash {
        ContentHash::Sha256(_) => {
            checksum(head).map(|found| found == STANDARD.encode(hash.digest()))
        }
        ContentHash::Md5(_) => tag(head).map(|found| found == hash.hex()),
    };
    match found {
        Some(true) => Proof::Given,
        Some(false) => Proof::Contrary,
        None => Proof::Missing,
    }
}

/// The checksum where it is that of the bytes: one of parts ends in their number.
fn checksum(head: &HeaderMap) -> Option<&str> {
    text(head, &CHECKSUM).filter(|checksum| !checksum.contains('-'))
}

/// The entity tag where it is the MD5 of the bytes: not of parts, and not under a key of KMS.
fn tag(head: &HeaderMap) -> Option<&str> {
    let by_kms = text(head, &ENCRYPTION).is_some_and(|by| by.starts_with("aws:kms"));
    let tag = text(head, &ETAG)?.trim_matches('"');
    (!by_kms && !tag.contains('-')).then_some(tag)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use or3_domain::storage::ContentHash;

    use super::*;

    fn head(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().cloned();
        pairs
            .map(|(name, value)| (name, HeaderValue::from_static(value)))
            .collect()
    }

    /// SHA-256 of nothing.
    fn nothing() -> ContentHash {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            .parse()
            .expect("a hash")
    }

    #[test]
    fn an_upload_is_bound_by_the_digest_in_base64() {
        let digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned();
        let algorithm = ("x-amz-sdk-checksum-algorithm", "SHA256".to_owned());
        let expected = [("x-amz-checksum-sha256", digest), algorithm];
        assert_eq!(binding(&nothing()), expected);
        let digest = "AAAAAAAAAAAAAAAAAAAAAA==".to_owned();
        assert_eq!(
            binding(&ContentHash::Md5([0; 16])),
            [("content-md5", digest)]
        );
    }

    #[test]
    fn the_checksum_of_an_object_proves_or_contradicts_its_name() {
        let right = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let parts = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=-2";
        assert_eq!(proof(&nothing(), &head(&[(CHECKSUM, right)])), Proof::Given);
        assert_eq!(
            proof(&nothing(), &head(&[(CHECKSUM, "AAAA")])),
            Proof::Contrary
        );
        assert_eq!(proof(&nothing(), &head(&[])), Proof::Missing);
        assert_eq!(
            proof(&nothing(), &head(&[(CHECKSUM, parts)])),
            Proof::Missing
        );
    }

    #[test]
    fn the_tag_stands_for_md5_where_it_is_one() {
        let md5 = ContentHash::Md5([0; 16]);
        let right = "\"00000000000000000000000000000000\"";
        let kms = [(ETAG, "\"11\""), (ENCRYPTION, "aws:kms")];
        assert_eq!(proof(&md5, &head(&[(ETAG, right)])), Proof::Given);
        assert_eq!(proof(&md5, &head(&[(ETAG, "\"11\"")])), Proof::Contrary);
        assert_eq!(proof(&md5, &head(&[(ETAG, "\"11-2\"")])), Proof::Missing);
        assert_eq!(proof(&md5, &head(&kms)), Proof::Missing);
    }
}
