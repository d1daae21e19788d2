//! What `template.yaml` permits a function on AWS is what its ports are made of, and no more.
//!
//! Every kind of deployment is looked at: files in a bucket or on a volume, limits in the database or
//! in a table. Left is what the role grants there, right what `main.rs` and the library name.

use std::collections::BTreeSet;

use or3_tests::FUNCTIONS;
use yaml_rust2::Yaml;

use crate::repository;
use crate::template::{functions, id, template};

/// A place on AWS and what may be done there.
type Grants = BTreeSet<(String, String)>;

/// What a function needs whose source says all of these words.
const BUCKET: [(&[&str], &[&str]); 4] = [
    (&["S3Probe"], &["s3:ListBucket"]),
    (
        &["S3Blobs", "dyn BlobStore"],
        &["s3:ListBucket", "s3:GetObject"],
    ),
    (&["S3UrlSigner"], &["s3:GetObject", "s3:PutObject"]),
    // Bytes go by claims only (ADR 7).
    (&["S3Blobs", "dyn BlobClaims"], &["s3:DeleteObject"]),
];

const VOLUME: [&str; 2] = [
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientWrite",
];

/// The same of the table of limits.
const TABLE: [(&[&str], &[&str]); 4] = [
    (&["or3_dynamodb::rate_limiter"], &["dynamodb:UpdateItem"]),
    (
        &["or3_dynamodb::gc_ledger", "Collection::new"],
        &["dynamodb:GetItem", "dynamodb:UpdateItem"],
    ),
    (
        &["or3_dynamodb::gc_ledger", "dyn GcLedger"],
        &["dynamodb:Query"],
    ),
    (&["or3_dynamodb::probe"], &["dynamodb:GetItem"]),
];

/// A kind of deployment: whether files are in a bucket, else on a volume, and whether limits are in
/// a table.
#[derive(Clone, Copy, Debug)]
struct World {
    bucket: bool,
    table: bool,
}

impl World {
    fn all() -> impl Iterator<Item = Self> {
        let both = [true, false];
        both.into_iter()
            .flat_map(move |bucket| both.map(|table| Self { bucket, table }))
    }

    /// Whether a condition of the template holds.
    fn holds(self, condition: &str) -> bool {
        match condition {
            "HasBucket" => self.bucket,
            "HasVolume" | "MakesVolume" => !self.bucket,
            "HasLimitsTable" => self.table,
            other => panic!("{other} decides over policies: say in which kind of deployment"),
        }
    }

    /// `value`, or what a condition chooses; `None` for nothing.
    fn chosen(self, value: &Yaml) -> Option<&Yaml> {
        let Some([condition, yes, no]) = value.as_vec().map(Vec::as_slice) else {
            return (value.as_str() != Some("AWS::NoValue")).then_some(value);
        };
        let condition = condition.as_str().expect("the name of a condition");
        self.chosen(if self.holds(condition) { yes } else { no })
    }
}

fn list(value: &Yaml) -> impl Iterator<Item = &Yaml> {
    value.as_vec().into_iter().flatten()
}

/// What the statements of a policy's document permit.
fn permitted(document: &Yaml, grants: &mut Grants) {
    for statement in list(&document["Statement"]) {
        assert_eq!(statement["Effect"].as_str(), Some("Allow"));
        let place = statement["Resource"].as_str().expect("one resource");
        for action in list(&statement["Action"]) {
            let action = action.as_str().expect("an action");
            assert!(!action.contains('*'), "{action} names what is meant");
            grants.insert((place.to_owned(), action.to_owned()));
        }
    }
}

/// What the role of `function` grants in `world`, without network interfaces in a VPC.
fn granted(template: &Yaml, function: &str, world: World) -> Grants {
    let role = &template["Resources"][format!("{}Role", id(function)).as_str()]["Properties"];
    let mut grants = Grants::new();
    for policy in list(&role["Policies"]).filter_map(|policy| world.chosen(policy)) {
        permitted(&policy["PolicyDocument"], &mut grants);
    }
    let managed = list(&role["ManagedPolicyArns"]).filter_map(|policy| world.chosen(policy));
    for policy in managed.filter_map(Yaml::as_str) {
        let policy = &template["Resources"][policy]["Properties"];
        permitted(&policy["PolicyDocument"], &mut grants);
    }
    grants.retain(|(_, action)| !action.starts_with("ec2:"));
    grants
}

/// What the source of `function` takes in `world`.
fn needed(function: &str, source: &str, works: bool, world: World) -> Grants {
    let mut grants = Grants::new();
    let mut needs = |place: &str, actions: &[&str]| {
        let actions = actions.iter().map(|action| (*action).to_owned());
        grants.extend(actions.map(|action| (place.to_owned(), action)));
    };
    let log = format!("{}Logs.Arn", id(function));
    needs(&log, &["logs:CreateLogStream", "logs:PutLogEvents"]);
    if works {
        needs("DeadLetters.Arn", &["sqs:SendMessage"]);
    }
    if !world.bucket && source.contains("FsBlobs") {
        needs("*", &VOLUME);
    }
    let said = |(words, _): &&(&[&str], &[&str])| words.iter().all(|word| source.contains(word));
    for (_, actions) in TABLE.iter().filter(said).filter(|_| world.table) {
        needs("LimitsTable.Arn", actions);
    }
    for (_, actions) in BUCKET.iter().filter(said).filter(|_| world.bucket) {
        for action in *actions {
            let whole = *action == "s3:ListBucket";
            let place = if whole {
                "FilesBucket.Arn"
            } else {
                "${FilesBucket.Arn}/*"
            };
            needs(place, &[action]);
        }
    }
    grants
}

fn source(function: &str) -> String {
    ["main.rs", "lib.rs"]
        .map(|file| repository::text(&format!("functions/{function}/src/{file}")))
        .concat()
}

#[test]
fn a_function_may_do_what_its_ports_do_and_nothing_else() {
    let template = template();
    for world in World::all() {
        for function in FUNCTIONS {
            let (name, source) = (function.name, source(function.name));
            let works = source.contains("serve_and_work(");
            let needed = needed(name, &source, works, world);
            assert_eq!(
                granted(&template, name, world),
                needed,
                "left is what {name} may do, right what its ports take, where {world:?}"
            );
        }
    }
}

/// A permission to mount goes with the mount, and both with the network of the volume.
#[test]
fn whoever_may_mount_the_volume_mounts_it() {
    let template = template();
    let found = functions(&template);
    for world in World::all() {
        for function in FUNCTIONS {
            let own = &found[function.name]["Properties"];
            let has = |property: &str| {
                let value = &own[property];
                !value.is_badvalue() && world.chosen(value).is_some()
            };
            let grants = granted(&template, function.name, world);
            let mounts = grants.iter().any(|(_, action)| action == VOLUME[0]);
            assert_eq!(has("FileSystemConfigs"), mounts, "{}", function.name);
            assert_eq!(has("VpcConfig"), mounts, "{}", function.name);
        }
    }
}
