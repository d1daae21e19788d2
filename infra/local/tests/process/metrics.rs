//! `GET /metrics`, on a port of its own: what it says after some life, and what never is in it.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::{NamedTempFile, TempDir, tempdir};

use crate::owner::{File, Owner};
use crate::patience::Patience;
use crate::running::{Running, answer, command, get};

const SETTINGS: [(&str, &str); 4] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("OR3_METRICS_LISTEN", "127.0.0.1:0"),
    (
        "OR3_RATE_LIMIT_OVERRIDES_JSON",
        r#"{"sync:cursor":{"maxRequests":1}}"#,
    ),
];

pub(crate) struct Scene {
    pub(crate) running: Running,
    page: String,
    _data: TempDir,
}

impl Scene {
    /// A process whose page is where its log says.
    pub(crate) fn open() -> Self {
        let data = tempdir().expect("a folder");
        let log = NamedTempFile::new().expect("a file for the log");
        let mut process = command(data.path(), &SETTINGS);
        process.env("OR3_LOG_FORMAT", "json");
        process.stderr(Stdio::from(log.reopen().expect("the same file")));
        let running = Running::logging(process);
        let mut text = String::new();
        log.as_file().read_to_string(&mut text).expect("the log");
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect(line));
        let mut places = lines.filter(|line| line["message"] == "metrics are at /metrics");
        let place = places.next().expect("the log says where the page is");
        let place = place["address"].as_str().expect("an address").to_owned();
        Self {
            page: place,
            running,
            _data: data,
        }
    }

    /// The page as it is now.
    pub(crate) fn page(&self) -> String {
        let (status, text) = get(&self.page, "/metrics");
        assert_eq!(status, 200, "{text}");
        let (head, body) = text.split_once("\r\n\r\n").expect("a body");
        assert!(
            head.contains("content-type: text/plain; version=0.0.4"),
            "{head}"
        );
        body.to_owned()
    }

    /// A number on the page, by everything that stands before it.
    fn number(&self, sample: &str) -> f64 {
        number(&self.page(), sample)
    }
}

fn number(page: &str, sample: &str) -> f64 {
    let line = page
        .lines()
        .find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    let line = line.unwrap_or_else(|| panic!("{sample} in {page}"));
    line.parse().expect("a number")
}

/// Lives a little: an account, a file, ops, a rate limit, paths that are not there.
pub(crate) fn live(running: &Running) {
    let owner = Owner::register(running);
    owner.store(running, &File::random(2000));
    let workspace = &owner.workspace;
    let cursor =
        format!(r#"{{"scope":{{"workspaceId":"{workspace}"}},"deviceId":"d","version":0}}"#);
    let statuses = [(); 3].map(|()| {
        let line = "POST /api/sync/update-cursor";
        owner.ask(running, line, cursor.as_bytes()).0
    });
    assert_eq!(statuses, [200, 429, 429]);
    let pull = format!(r#"{{"scope":{{"workspaceId":"{workspace}"}},"cursor":0,"limit":9}}"#);
    assert_eq!(
        owner.ask(running, "POST /api/sync/pull", pull.as_bytes()).0,
        200
    );
    let push =
        format!(r#"{{"scope":{{"workspaceId":"{workspace}"}},"ops":[{{"tableName":"nothing"}}]}}"#);
    assert_eq!(
        owner.ask(running, "POST /api/sync/push", push.as_bytes()).0,
        200
    );
    for path in ["/api/secret-path-1", "/api/secret-path-2?secret=1"] {
        assert_eq!(running.get(path).0, 404);
    }
    let odd = "SECRET /api/health HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\r\n";
    assert_eq!(answer(&mut running.send(odd)).0, 405);
}

#[test]
fn what_happened_is_on_the_page_and_nothing_that_a_client_wrote() {
    let scene = Scene::open();
    live(&scene.running);
    let page = scene.page();
    let route = |method, path, code| {
        format!("or3_http_requests_total{{method=\"{method}\",route=\"{path}\",code=\"{code}\"}}")
    };
    let at_least = [
        (route("POST", "/api/basic-auth/register", "2xx"), 1.0),
        (route("POST", "/api/sync/update-cursor", "429"), 2.0),
        (route("PUT", "/api/storage/fs/upload", "2xx"), 1.0),
        (route("GET", "unknown", "4xx"), 2.0),
        (route("other", "/api/health", "4xx"), 1.0),
        (
            "or3_rate_limit_denials_total{limit=\"sync:cursor\"}".to_owned(),
            2.0,
        ),
        (
            "or3_sync_push_ops_total{outcome=\"refused\"}".to_owned(),
            1.0,
        ),
        ("or3_cold_starts_total".to_owned(), 1.0),
    ];
    for (sample, wanted) in at_least {
        let found = number(&page, &sample);
        assert!((found - wanted).abs() < 0.1, "{sample}: {found}");
    }
    for sample in ["or3_db_round_trips_total", "or3_password_hashes_total"] {
        assert!(number(&page, sample) >= 1.0, "{sample}");
    }
    let labels = "{method=\"POST\",route=\"/api/sync/pull\"";
    let bucket = format!("or3_http_request_duration_seconds_bucket{labels},le=\"+Inf\"}}");
    let count = format!("or3_http_request_duration_seconds_count{labels}}}");
    assert!((number(&page, &bucket) - number(&page, &count)).abs() < 0.1);
    for never in ["secret", "SECRET", "or3.test", "nothing"] {
        assert!(!page.contains(never), "{never} in {page}");
    }
    let waits = Patience::with(&scene.running, std::time::Duration::from_mins(2));
    while scene.number("or3_stock_counted_timestamp_seconds") < 1.0 {
        waits.insist();
        std::thread::yield_now();
    }
    assert!(scene.number("or3_gc_runs_total{ended=\"completed\"}") >= 1.0);
}

#[test]
fn the_page_is_on_its_own_port_only_and_the_process_ends_with_it() {
    let scene = Scene::open();
    assert_eq!(scene.running.get("/metrics").0, 404);
    assert_eq!(get(&scene.page, "/api/health").0, 404);
    scene.running.signal(Signal::TERM);
    assert_eq!(scene.running.wait().code(), Some(0));
}

#[test]
fn a_port_that_is_taken_stops_the_start_with_the_variables_name() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let data = tempdir().expect("a folder");
    let mut process = command(data.path(), &[("OR3_METRICS_LISTEN", &address)]);
    let output = process.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("OR3_METRICS_LISTEN: "), "{said}");
}

/// Names of metrics in a text, as Prometheus knows them.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'));
    words.filter(|word| word.starts_with("or3_")).collect()
}

/// The names that samples of the page can have, whether or not there is one yet.
fn families(page: &str) -> BTreeSet<String> {
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let types = types.filter_map(|line| line.split_once(' '));
    types
        .flat_map(|(name, kind)| match kind {
            "histogram" => ["_bucket", "_sum", "_count"]
                .map(|end| format!("{name}{end}"))
                .to_vec(),
            _ => vec![name.to_owned()],
        })
        .collect()
}

#[test]
fn rules_and_dashboard_name_metrics_that_the_page_has_and_the_dashboard_shows_all_of_them() {
    let scene = Scene::open();
    live(&scene.running);
    let page = scene.page();
    let shown = families(&page);
    let shown: BTreeSet<_> = shown.iter().map(String::as_str).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../observability");
    let read = |name| std::fs::read_to_string(format!("{folder}/{name}")).expect("a file");
    let (rules, dashboard) = (
        read("prometheus-rules.yaml"),
        read("grafana-dashboard.json"),
    );
    for (of, text) in [("rules", &rules), ("dashboard", &dashboard)] {
        let named = names(text);
        assert!(named.len() > 5, "{of}: {named:?}");
        let unknown: Vec<_> = named.difference(&shown).collect();
        assert_eq!(unknown, Vec::<&&str>::new(), "{of}");
    }
    let pictured = names(&dashboard);
    let histogram = |name: &str| name.ends_with("_sum") || name.ends_with("_count");
    let unseen: Vec<_> = shown
        .difference(&pictured)
        .filter(|name| !histogram(name))
        .collect();
    assert_eq!(unseen, Vec::<&&str>::new(), "nobody sees these");
    let recorded: BTreeSet<_> = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- record: "))
        .collect();
    let words = |text| {
        let words = str::split(text, |c: char| {
            !(c.is_ascii_alphanumeric() || c == '_' || c == ':')
        });
        words.filter(|word| word.starts_with("or3:"))
    };
    for name in words(&rules).chain(words(&dashboard)) {
        assert!(recorded.contains(name), "{name} is no rule");
    }
}

/// Where promtool is installed, it reads the page.
#[test]
fn promtool_finds_nothing_wrong_with_the_page() {
    let installed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.tools/bin/promtool");
    if !std::path::Path::new(installed).exists() {
        return;
    }
    let scene = Scene::open();
    live(&scene.running);
    let mut promtool = std::process::Command::new(installed)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool runs");
    let mut page = promtool.stdin.take().expect("its input");
    page.write_all(scene.page().as_bytes()).expect("it reads");
    drop(page);
    let said = promtool.wait_with_output().expect("an end");
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{words}");
}
