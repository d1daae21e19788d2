use super::*;
use crate::environment::Environment;
use crate::problem::Problems;
use crate::secret::Secret;
use crate::storage::Storage;

const CHOICE: (&str, &str) = ("OR3_STORAGE_PROVIDER", "s3");
const ENOUGH: [(&str, &str); 4] = [
    ("OR3_STORAGE_S3_BUCKET", "files"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_ACCESS_KEY_ID", "key"),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
];

fn storage(pairs: &[(&str, &str)]) -> Result<Storage, Problems> {
    Environment::of([CHOICE].iter().chain(pairs).copied()).load()
}

fn s3(pairs: &[(&str, &str)]) -> S3 {
    let storage = storage(&[&ENOUGH, pairs].concat()).expect("enough");
    storage.s3.expect("chosen")
}

fn variables(problems: Result<Storage, Problems>) -> Vec<&'static str> {
    let problems = problems.err().map_or_else(Vec::new, |problems| problems.0);
    problems.iter().map(|problem| problem.variable).collect()
}

#[test]
fn the_bucket_asks_for_its_own_variables_and_for_none_of_fs() {
    assert_eq!(
        variables(storage(&[])),
        [
            "OR3_STORAGE_S3_BUCKET",
            "OR3_STORAGE_S3_REGION",
            "OR3_STORAGE_S3_ACCESS_KEY_ID",
            "OR3_STORAGE_S3_SECRET_ACCESS_KEY",
        ]
    );
    assert!(storage(&ENOUGH).is_ok());
    let fs: Result<Storage, _> = Environment::of([("OR3_STORAGE_PROVIDER", "fs")]).load();
    assert_eq!(variables(fs), ["OR3_STORAGE_FS_TOKEN_SECRET"]);
}

#[test]
fn what_lambda_sets_is_enough_of_credentials() {
    let given = s3(&[
        ("AWS_SESSION_TOKEN", "token"),
        ("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T00:00:00Z"),
    ]);
    let credentials = given.credentials;
    assert_eq!(credentials.access_key_id, "key");
    assert_eq!(credentials.session_token, Some(Secret::new("token")));
    assert_eq!(
        credentials.expires_at.as_deref(),
        Some("2026-01-01T00:00:00Z")
    );
}

#[test]
fn a_key_for_this_bucket_does_not_take_the_token_of_the_surroundings() {
    let own = s3(&[
        ("OR3_STORAGE_S3_ACCESS_KEY_ID", "own"),
        ("OR3_STORAGE_S3_SECRET_ACCESS_KEY", "hush"),
        ("AWS_SESSION_TOKEN", "token"),
        ("AWS_CREDENTIAL_EXPIRATION", "2026-01-01T00:00:00Z"),
    ]);
    let credentials = own.credentials;
    assert_eq!(credentials.access_key_id, "own");
    assert_eq!(
        (credentials.session_token, credentials.expires_at),
        (None, None)
    );
    let half = [&ENOUGH[..], &[("OR3_STORAGE_S3_ACCESS_KEY_ID", "own")]].concat();
    assert_eq!(
        variables(storage(&half)),
        ["OR3_STORAGE_S3_SECRET_ACCESS_KEY"]
    );
}

#[test]
fn names_that_cannot_be_are_refused_by_name() {
    for (name, value) in [
        ("OR3_STORAGE_S3_BUCKET", "Files"),
        ("OR3_STORAGE_S3_BUCKET", "a/b"),
        ("OR3_STORAGE_S3_BUCKET", "ab"),
        ("OR3_STORAGE_S3_REGION", "eu central"),
        ("OR3_STORAGE_S3_KEY_PREFIX", "a//b"),
        ("OR3_STORAGE_S3_KEY_PREFIX", "../a"),
        ("OR3_STORAGE_S3_KEY_PREFIX", "a b"),
        ("OR3_STORAGE_S3_ENDPOINT", "http://s3.example.com"),
        ("OR3_STORAGE_S3_URL_TTL_SECONDS", "0"),
        ("OR3_STORAGE_S3_URL_TTL_SECONDS", "86401"),
    ] {
        let others = ENOUGH
            .iter()
            .filter(|(present, _)| *present != name)
            .copied();
        let pairs: Vec<_> = others.chain([(name, value)]).collect();
        assert_eq!(variables(storage(&pairs)), [name], "{value}");
    }
}

#[test]
fn what_is_not_said_has_the_contracts_defaults() {
    let plain = s3(&[]);
    assert_eq!(plain.url_ttl, Duration::from_mins(15));
    assert!(plain.require_checksum && plain.if_none_match && !plain.force_path_style);
    let elsewhere = s3(&[("OR3_STORAGE_S3_ENDPOINT", "https://s3.example.com")]);
    assert!(
        !elsewhere.if_none_match,
        "not every server knows conditional writes"
    );
    let long = s3(&[
        ("OR3_STORAGE_S3_URL_TTL_SECONDS", "86400"),
        ("OR3_STORAGE_S3_KEY_PREFIX", "/or3/production/"),
    ]);
    assert_eq!(long.url_ttl, Duration::from_hours(1));
    assert_eq!(long.key_prefix, "or3/production");
}
