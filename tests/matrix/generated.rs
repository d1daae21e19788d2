//! Requests that a machine makes up from the document of the API, right ones and wrong ones, sent by
//! an owner who is an administrator of the deployment as well: none is answered 5xx, and every answer
//! is one that the document has, by status, media type, headers and shape.

use std::path::{Path, PathBuf};
use std::process::Command;

use libsql::Builder;
use or3_settings::Environment;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::caller::Caller;
use crate::world::{House, World};

/// Where `scripts/test` puts the machine, below the workspace's root.
const INSTALLED: &str = ".tools/bin/schemathesis";

/// What it looks at in every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// How many requests it makes up for a route, besides those at the edges of what is documented.
const EXAMPLES: &str = "10";

/// As many requests there are at least: a machine that makes up none finds nothing.
const REQUESTS: usize = 1000;

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn whatever_a_machine_asks_for_is_answered_as_documented() {
    let Some(machine) = machine() else { return };
    let world = World::new().await;
    let house = House::of(&world).await;
    grant_administration(house.folder()).await;
    let (origin, facts) = (house.origin(), facts(&world));
    let asking = tokio::task::spawn_blocking(move || ask(&machine, &origin, &facts));
    asking.await.expect("the machine is done");
    house.leave().await;
}

/// The path in `SCHEMATHESIS`, or the place where `scripts/test` installs it.
fn machine() -> Option<PathBuf> {
    let environment = Environment::of_process();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = environment.get("SCHEMATHESIS").map(PathBuf::from);
    let path = named.unwrap_or_else(|| root.join(INSTALLED));
    if path.is_file() {
        return Some(path);
    }
    let absent = format!("there is no schemathesis at {}", path.display());
    assert!(environment.get("CI") != Some("true"), "{absent}");
    eprintln!("SKIPPED: {absent}; `scripts/test` installs it, or name one in SCHEMATHESIS");
    None
}

/// Every account is an administrator.
async fn grant_administration(folder: &Path) {
    let database = Builder::new_local(folder.join("or3.db")).build().await;
    let connection = database.expect("a database").connect();
    let connection = connection.expect("a connection");
    let grants = "INSERT OR IGNORE INTO admin_users (user_id, created_at) SELECT id, 0 FROM users";
    let granted = connection.execute(grants, ()).await.expect("granted");
    assert!(granted > 0);
}

/// What there is, for `hooks.py`.
fn facts(world: &World) -> Value {
    let tokens = |caller| {
        let tokens = world.tokens(caller);
        json!({"access": tokens.access, "refresh": tokens.refresh})
    };
    let token = |url: &str| url.rsplit(['=', '/']).next().map(str::to_owned);
    let announcement = world.file.announcement(&world.home);
    let metadata = announcement
        .iter()
        .find(|(name, _)| *name == "upload-metadata");
    json!({
        "admin": world.tokens(Caller::SuperAdmin).admin,
        "owner": tokens(Caller::Owner), "other": tokens(Caller::OtherTenant),
        "home": world.home, "user": world.vic_user, "invite": world.invite,
        "content": String::from_utf8_lossy(&world.file.content), "hash": world.file.hash, "metadata": metadata.map(|(_, value)| value),
        "upload": token(&world.upload_url), "download": token(&world.download_url),
        "partial": token(&world.partial_url),
    })
}

fn ask(machine: &Path, origin: &str, facts: &Value) {
    let here: TempDir = tempfile::tempdir().expect("a folder");
    let output = Command::new(machine)
        .arg("run")
        .arg(format!("{origin}/api/openapi.json"))
        .args([
            "--checks",
            CHECKS,
            "--max-examples",
            EXAMPLES,
            "--workers",
            "1",
        ])
        .args(["--phases", "coverage,fuzzing", "--seed", "8", "--no-color"])
        .args(["--continue-on-failure", "--no-shrink", "--warnings", "off"])
        .args([
            "--generation-database",
            "none",
            "--suppress-health-check",
            "all",
        ])
        .args(["--generation-with-security-parameters", "false"])
        .env("OR3_WORLD", facts.to_string())
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env(
            "PYTHONPATH",
            Path::new(env!("CARGO_MANIFEST_DIR")).join("matrix"),
        )
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(here.path())
        .output()
        .expect("schemathesis runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{complained}");
    assert!(requests(&said) >= REQUESTS, "{said}");
}

/// How many requests a run says that it has made.
fn requests(said: &str) -> usize {
    let mut words = said.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if words
            .peek()
            .is_some_and(|next| next.starts_with("generated"))
        {
            return word.parse().unwrap_or_default();
        }
    }
    0
}
