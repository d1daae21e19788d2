//! What is never logged, whatever is sent wherever: passwords, tokens, cookies, addresses of files
//! and of people, secrets of the deployment. And that nobody writes lines of their own.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;
use tempfile::{NamedTempFile, tempdir};

use crate::owner::{File, Owner, header, json_of};
use crate::running::{Running, answer, command};

/// In everything that must not be seen.
const HUSH: &str = "hush";

/// A line of the log, if what holds it could end another one: in a string of JSON, in an address,
/// and in a header.
const FORGED_JSON: &str = r#"\n{\"level\":\"ERROR\",\"message\":\"forged\"}\r\n\u001b[2J\u2028"#;
const FORGED_PATH: &str = "%0A%7B%22level%22:%22ERROR%22,%22message%22:%22forged%22%7D%0A";
const FORGED_HEADER: &str = "{\"level\":\"ERROR\",\"message\":\"forged\"}";

const SETTINGS: [(&str, &str); 9] = [
    (
        "OR3_BASIC_AUTH_JWT_SECRET",
        "hush-jwt-secret-0123456789abcdef0123456789",
    ),
    (
        "OR3_BASIC_AUTH_REFRESH_SECRET",
        "hush-refresh-secret-0123456789abcdef01234",
    ),
    (
        "OR3_STORAGE_FS_TOKEN_SECRET",
        "hush-fs-secret-0123456789abcdef0123456789",
    ),
    (
        "OR3_AUTH_INVITE_TOKEN_SECRET",
        "hush-invite-secret-0123456789abcdef01234",
    ),
    (
        "OR3_ADMIN_JWT_SECRET",
        "hush-admin-secret-0123456789abcdef0123456",
    ),
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("DISABLE_RATE_LIMIT", "1"),
    ("OR3_LOG", "trace"),
];

type Routes = &'static [(&'static str, &'static str)];

/// Every function that answers requests.
const FUNCTIONS: [Routes; 11] = [
    admin::ROUTES,
    auth::ROUTES,
    blobs::ROUTES,
    gc::ROUTES,
    health::ROUTES,
    pages::ROUTES,
    presign::ROUTES,
    stream::ROUTES,
    sync::ROUTES,
    uploads::ROUTES,
    workspaces::ROUTES,
];

fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    FUNCTIONS.into_iter().flatten().copied()
}

/// A process whose output is kept.
struct Scene {
    running: Running,
    log: NamedTempFile,
    seen: Vec<String>,
}

impl Scene {
    fn open(data: &Path, form: &str) -> Self {
        let log = NamedTempFile::new().expect("a file for the log");
        let mut process = command(data, &SETTINGS);
        process.env("OR3_LOG_FORMAT", form);
        process.stderr(Stdio::from(log.reopen().expect("the same file")));
        Self {
            running: Running::logging(process),
            log,
            seen: Vec::new(),
        }
    }

    /// Sends secrets and forged lines to every route, as nobody and with `cookie`.
    fn attack(&self, cookie: &str) {
        for (method, path) in routes() {
            for cookies in ["or3_access=hush-access; or3_refresh=hush-refresh", cookie] {
                let path = path.replace("{id}", &format!("hush-id{FORGED_PATH}"));
                let body = body();
                let request = format!(
                    "{method} {path}?token=hush-url-token&invite=hush.invite&X-Amz-Signature=hush\
                     &cursor={FORGED_PATH} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\
                     cookie: {cookies}; or3_invite=hush.cookie; __session=hush-session\r\n\
                     authorization: Bearer hush-bearer\r\nx-or3-invite-token: hush-header\r\n\
                     x-or3-admin-intent: admin\r\nx-or3-test-secret: hush-test\r\n\
                     referer: http://or3.test/?invite=hush.referer\r\n\
                     x-request-id: {FORGED_HEADER}\r\ntraceparent: {FORGED_HEADER}\r\n\
                     user-agent: {FORGED_HEADER}\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\n\
                     upload-metadata: hash aHVzaA==\r\n\
                     content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                let (status, text) = answer(&mut self.running.send(&request));
                assert!((200..600).contains(&status), "{method} {path}: {text}");
            }
        }
    }

    /// Does what a person does, and notes every secret that the server hands out.
    fn live(&mut self) -> Owner {
        let owner = Owner::register(&self.running);
        let access = owner.cookie.split_once('=').expect("a cookie").1;
        self.seen.push(access.trim().to_owned());
        let signed_in = r#"{"email":"a@or3.test","password":"correct horse battery staple"}"#;
        let (status, text) = self.running.post("/api/basic-auth/sign-in", signed_in);
        assert_eq!(status, 200, "{text}");
        let cookies = text.split("or3_refresh=").skip(1);
        let refresh = cookies.filter_map(|cookie| cookie.split(';').next());
        let refresh = refresh.max_by_key(|token| token.len());
        self.seen.push(refresh.expect("a cookie").to_owned());
        let (file, parted) = (File::random(2000), File::random(2000));
        let upload = owner.presign(&self.running, &file);
        owner.store(&self.running, &file);
        let (_, presigned) = owner.presign_download(&self.running, &file);
        let download = json_of(&presigned)["url"]
            .as_str()
            .expect("a url")
            .to_owned();
        assert_eq!(owner.fetch(&self.running, &file), file.content);
        let parts = owner.announce(&self.running, &parted);
        owner.append(&self.running, &parts, 0, &parted.content[..7]);
        for url in [upload, download, parts] {
            let token = url.rsplit(['=', '/']).next().expect("a token");
            self.seen.push(token.to_owned());
        }
        assert!(
            self.seen.iter().all(|secret| secret.len() > 20),
            "{:?}",
            self.seen
        );
        owner
    }

    /// The log, when the process has ended.
    fn ended(self) -> (String, Vec<String>) {
        self.running.signal(Signal::TERM);
        assert_eq!(self.running.wait().code(), Some(0));
        let text = std::fs::read_to_string(self.log.path()).expect("the log");
        (text, self.seen)
    }
}

/// Whatever a route may read of a body, with a secret for its value.
fn body() -> String {
    let evil = format!("hush{FORGED_JSON}");
    format!(
        r#"{{"email":"hush@or3.test","password":"hush-password","confirmPassword":"hush-other",
        "currentPassword":"hush-current","newPassword":"hush-new","confirmNewPassword":"hush-new",
        "displayName":"{evil}","inviteToken":"hush.invite","refreshToken":"hush-refresh",
        "token":"hush-token","name":"{evil}","id":"{evil}","workspaceId":"{evil}",
        "workspace_id":"{evil}","userId":"{evil}","inviteId":"{evil}","role":"{evil}",
        "emailOrProviderId":"hush@or3.test","scope":{{"workspaceId":"{evil}"}},
        "hash":"{evil}","mime_type":"{evil}","size_bytes":1,"storage_id":"{evil}",
        "ops":[{{"stamp":{{"opId":"{evil}"}},"tableName":"{evil}","payload":{{"x":"{evil}"}}}}],
        "cursor":0,"limit":1,"deviceId":"{evil}","version":1,"retentionSeconds":3600,
        "kinds":["{evil}"],"snapshotId":"{evil}","pageToken":"{evil}"}}"#
    )
}

fn assert_silent(log: &str, seen: &[String]) {
    for secret in seen
        .iter()
        .map(String::as_str)
        .chain([HUSH, "@or3.test", "battery staple"])
    {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "this shows {secret}");
    }
}

#[test]
fn no_secret_that_any_route_is_sent_or_gives_away_is_logged() {
    let data = tempdir().expect("a folder");
    let mut scene = Scene::open(data.path(), "json");
    let owner = scene.live();
    let cookie = owner.cookie.trim_start_matches("cookie: ").trim();
    scene.attack(cookie);
    let (log, seen) = scene.ended();
    assert_silent(&log, &seen);

    let mut told = BTreeSet::new();
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect(line);
        for key in ["level", "timestamp", "message", "service", "function_name"] {
            assert!(line[key].is_string(), "{key} of {line}");
        }
        assert_ne!(line["message"], "forged", "{line}");
        if line["message"] == "request" {
            let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
            assert_eq!(text("correlation_id"), text("request_id"));
            assert!(
                line["cold_start"].is_boolean() && text("trace_id").len() == 32,
                "{line}"
            );
            assert!(
                line["duration_ms"].is_f64() && line["db.round_trips"].is_u64(),
                "{line}"
            );
            told.insert((text("method"), text("route")));
        }
    }
    for (method, path) in routes() {
        let route = (method.to_owned(), path.to_owned());
        assert!(
            told.contains(&route),
            "{route:?} was asked, and its line looked at"
        );
    }
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../functions"));
    let others = ["migrate"].len();
    assert_eq!(
        folders.expect("functions").count(),
        FUNCTIONS.len() + others
    );
}

#[test]
fn lines_for_people_are_as_silent_and_as_much_ours() {
    let data = tempdir().expect("a folder");
    let mut scene = Scene::open(data.path(), "pretty");
    let owner = scene.live();
    scene.attack(owner.cookie.trim_start_matches("cookie: ").trim());
    let (log, seen) = scene.ended();
    assert_silent(&log, &seen);
    let requests = log
        .lines()
        .filter(|line| line.contains(" request "))
        .count();
    assert!(requests > 2 * routes().count(), "{requests}");
    for line in log.lines() {
        let (moment, rest) = line.split_once(' ').expect("a line");
        let dated = moment.len() == 24 && moment.starts_with("20") && moment.ends_with('Z');
        let level = rest.trim_start().split(' ').next().unwrap_or_default();
        let known = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level);
        assert!(dated && known && !line.contains('\u{1b}'), "{line:?}");
    }
}

/// The id that a client gives, if it is one, is that of the answer and of every line about it.
#[test]
fn a_request_is_found_in_the_log_by_the_id_that_its_answer_carries() {
    let data = tempdir().expect("a folder");
    let scene = Scene::open(data.path(), "json");
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let request = format!(
        "GET /api/health?deep=true HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\
         x-request-id: asked-by-ada\r\ntraceparent: 00-{trace}-00f067aa0ba902b7-01\r\n\r\n"
    );
    let (_, text) = answer(&mut scene.running.send(&request));
    assert_eq!(header(&text, "x-request-id"), Some("asked-by-ada"));
    let (log, _) = scene.ended();
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect(line));
    let found: Vec<_> = lines
        .filter(|line| line["correlation_id"] == "asked-by-ada")
        .collect();
    assert!(
        found.iter().any(|line| line["message"] == "request"),
        "{found:?}"
    );
    assert!(
        found.iter().all(|line| line["trace_id"] == trace),
        "{found:?}"
    );
}
