//! The examples that the S3 API reference publishes, with its example account.

use or3_settings::Secret;

use super::*;

const AT: Timestamp = Timestamp::from_seconds(1_369_353_600);
const HOST: &str = "examplebucket.s3.amazonaws.com";

fn credentials() -> Credentials {
    Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        session_token: None,
        expires_at: None,
    }
}

fn request<'a>(
    method: &'a str,
    path: &'a str,
    query: &[(&'a str, &str)],
    headers: &[(&'a str, &str)],
) -> Signable<'a> {
    let owned = |pairs: &[(&'a str, &str)]| -> Vec<(&'a str, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect()
    };
    Signable {
        method,
        path,
        query: owned(query),
        headers: owned(&[&[("host", HOST)], headers].concat()),
    }
}

fn authorization(request: Signable<'_>, payload: &str) -> String {
    let credentials = credentials();
    let signer = Signer {
        credentials: &credentials,
        region: "us-east-1",
        service: "s3",
        at: AT,
    };
    let headers = signer.authorized(request, payload);
    let found = headers
        .into_iter()
        .find(|(name, _)| *name == "authorization");
    found.map(|(_, value)| value).unwrap_or_default()
}

#[test]
fn a_ranged_get_is_signed_as_published() {
    let get = request("GET", "/test.txt", &[], &[("range", "bytes=0-9")]);
    let expected = "AWS4-HMAC-SHA256 \
        Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
        SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
        Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    assert_eq!(authorization(get, &payload_hash(b"")), expected);
}

#[test]
fn a_put_is_signed_as_published() {
    let path = encode_path("/test$file.text");
    let headers = [
        ("date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
    ];
    let put = request("PUT", &path, &[], &headers);
    let payload = payload_hash(b"Welcome to Amazon S3.");
    let expected = "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd";
    assert!(authorization(put, &payload).ends_with(expected));
}

#[test]
fn names_without_values_are_signed_as_published() {
    let get = request("GET", "/", &[("lifecycle", "")], &[]);
    let expected = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";
    assert!(authorization(get, &payload_hash(b"")).ends_with(expected));
}

#[test]
fn a_list_is_signed_as_published() {
    let get = request("GET", "/", &[("max-keys", "2"), ("prefix", "J")], &[]);
    let expected = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
    assert!(authorization(get, &payload_hash(b"")).ends_with(expected));
}

#[test]
fn a_url_is_signed_as_published() {
    let credentials = credentials();
    let signer = Signer {
        credentials: &credentials,
        region: "us-east-1",
        service: "s3",
        at: AT,
    };
    let query = signer.presigned(request("GET", "/test.txt", &[], &[]), 86_400);
    let expected = "X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
        &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
        &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
    assert_eq!(query, expected);
}

#[test]
fn a_session_token_is_signed_with_the_rest() {
    let credentials = Credentials {
        session_token: Some(Secret::new("to/ken=")),
        ..credentials()
    };
    let signer = Signer {
        credentials: &credentials,
        region: "us-east-1",
        service: "s3",
        at: AT,
    };
    let query = signer.presigned(request("GET", "/a", &[], &[]), 1);
    assert!(query.contains("&X-Amz-Security-Token=to%2Fken%3D&X-Amz-SignedHeaders=host&"));
    let headers = signer.authorized(request("GET", "/a", &[], &[]), UNSIGNED);
    assert!(headers.contains(&("x-amz-security-token", "to/ken=".to_owned())));
}
