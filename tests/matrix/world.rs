//! Ada, who owns her home, where Eve edits, and Vic views and Gus, who has a grant of
//! administration; Max, who has his own; and the super admin. Both homes hold a thread and a file
//! with the same ids.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use http::Method;
use or3_tests::{Answer, Browser, Server, Writer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::caller::Caller;
use crate::file::File;
use crate::table::{Ask, UPLOADS};
use crate::tokens::{ACCESS_SECRET, ADMIN_SECRET, REFRESH_SECRET, Tokens, spoiled};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "hunter2hunter2";
/// The super admin's.
pub(crate) const ROOTS_PASSWORD: &str = "Correct Horse 1";
/// In every text that belongs to Ada's home.
pub(crate) const ADAS: &str = "ada-only";
/// In every text that belongs to Max's home.
pub(crate) const MAXS: &str = "max-only";

/// A proxy is trusted so that every request can come from an address of its own: limits are not
/// what is looked at here.
const SETTINGS: [(&str, &str); 10] = [
    ("OR3_BASIC_AUTH_JWT_SECRET", ACCESS_SECRET),
    ("OR3_BASIC_AUTH_REFRESH_SECRET", REFRESH_SECRET),
    ("OR3_AUTH_INVITE_TOKEN_SECRET", "invite secret"),
    ("OR3_ADMIN_USERNAME", "root"),
    ("OR3_ADMIN_PASSWORD", ROOTS_PASSWORD),
    ("OR3_ADMIN_JWT_SECRET", ADMIN_SECRET),
    ("DISABLE_RATE_LIMIT", "1"),
    ("OR3_TRUST_PROXY", "true"),
    ("OR3_SYNC_STREAM_LIFETIME_MS", "1000"),
    // The timer would change rows while they are compared.
    ("OR3_GC_INTERVAL_SECONDS", "0"),
];

/// Data as it is before a request, and what there is to know of it.
pub(crate) struct World {
    template: TempDir,
    tokens: Vec<(Caller, Tokens)>,
    thread: Value,
    removal: Value,
    pub(crate) home: String,
    pub(crate) max_home: String,
    pub(crate) ada_email: String,
    pub(crate) max_email: String,
    pub(crate) vic_user: String,
    pub(crate) invite: String,
    pub(crate) file: File,
    pub(crate) upload_url: String,
    pub(crate) partial_url: String,
    pub(crate) download_url: String,
}

/// A server on a copy of a world's data.
pub(crate) struct House {
    server: Server,
    folder: TempDir,
}

impl World {
    /// Builds everything by the API, on secrets and rows that are ours to look at.
    pub(crate) async fn new() -> Self {
        let template = tempfile::tempdir().expect("a folder");
        let server = Server::over(template.path(), &SETTINGS).await;
        let mut ada = Person::of(&server, ADAS).await;
        let mut max = Person::of(&server, MAXS).await;
        let mut eve = Person::of(&server, "eve").await;
        let mut vic = Person::of(&server, "vic").await;
        let mut gus = Person::of(&server, "gus").await;
        ada.admit(&mut eve, "editor").await;
        ada.admit(&mut vic, "viewer").await;
        ada.admit(&mut gus, "viewer").await;
        let root = signed_in_root(&server, &gus.user).await;
        let file = File::new();
        let mut upload_url = String::new();
        let (mut writer, mut thread, mut removal) = (Writer::default(), Value::Null, Value::Null);
        for person in [&mut max, &mut ada] {
            upload_url = person.store(&file).await;
            let title = format!("{} title", person.mark);
            let ops = [
                writer.thread("the thread", &title),
                writer.put(
                    "file_meta",
                    &file.hash,
                    &file.row(&person.home, person.mark),
                ),
            ];
            person.push(&ops).await;
            thread = writer.thread("another thread", "Title");
            removal = writer.delete("threads", "the thread");
        }
        let partial_url = ada.announce(&file).await;
        let invite = ada.invite().await;
        let download = file.presign_download(&ada.home);
        let download = ada.post("/api/storage/presign-download", &download).await;
        let revoked = ada.signed_out(&server).await;
        let best = Tokens {
            admin: root.admin.clone(),
            ..ada.tokens()
        };
        let mut tokens = spoiled(&best);
        for (_, oversized) in tokens
            .iter_mut()
            .filter(|(caller, _)| *caller == Caller::Oversized)
        {
            // With a third one the head would be too large to be looked at.
            oversized.admin.clear();
        }
        tokens.extend([
            (Caller::Revoked, revoked),
            (Caller::OtherTenant, max.tokens()),
            (Caller::Viewer, vic.tokens()),
            (Caller::Editor, eve.tokens()),
            (Caller::Owner, ada.tokens()),
            (Caller::Administrator, gus.tokens()),
            (Caller::SuperAdmin, root),
        ]);
        server.stop().await;
        Self {
            template,
            tokens,
            thread,
            removal,
            vic_user: vic.user,
            home: ada.home,
            max_home: max.home,
            ada_email: ada.email,
            max_email: max.email,
            invite,
            file,
            upload_url,
            partial_url,
            download_url: local_part(&download.json()["url"]),
        }
    }

    pub(crate) fn new_thread(&self) -> Value {
        self.thread.clone()
    }

    /// The removal of the thread that both homes have.
    pub(crate) fn removal(&self) -> Value {
        self.removal.clone()
    }

    pub(crate) fn push(&self, ops: &[Value]) -> Value {
        json!({"scope": {"workspaceId": self.home}, "ops": ops})
    }

    pub(crate) fn pull(&self) -> Value {
        json!({"scope": {"workspaceId": self.home}, "cursor": 0, "limit": 100})
    }

    pub(crate) fn snapshot(&self) -> Value {
        json!({"scope": {"workspaceId": self.home}, "pageSize": 100})
    }

    pub(crate) fn tokens(&self, caller: Caller) -> Tokens {
        let known = self.tokens.iter().find(|(whose, _)| *whose == caller);
        known.map(|(_, tokens)| tokens.clone()).unwrap_or_default()
    }
}

impl House {
    pub(crate) async fn of(world: &World) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(world.template.path(), folder.path());
        let server = Server::over(folder.path(), &SETTINGS).await;
        Self { server, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn ask(&self, world: &World, caller: Caller, ask: &Ask) -> Answer {
        self.ask_with(world, caller, ask, &[]).await
    }

    /// [`ask`](Self::ask) with headers of these names in place of the usual ones.
    pub(crate) async fn ask_with(
        &self,
        world: &World,
        caller: Caller,
        ask: &Ask,
        headers: &[(&str, &str)],
    ) -> Answer {
        let tokens = world.tokens(caller);
        let mut browser = self.server.browser();
        browser.keep("or3_access", &tokens.access);
        browser.keep("or3_refresh", &tokens.refresh);
        browser.keep("or3_admin", &tokens.admin);
        send(&mut browser, ask, headers).await
    }

    pub(crate) async fn leave(self) {
        self.server.stop().await;
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir(&target).expect("a new folder");
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}

async fn send(browser: &mut Browser, ask: &Ask, own: &[(&str, &str)]) -> Answer {
    static REQUESTS: AtomicU32 = AtomicU32::new(0x0a00_0000);
    let address = std::net::Ipv4Addr::from_bits(REQUESTS.fetch_add(1, Ordering::Relaxed));
    let address = address.to_string();
    let usual = [
        ("content-type", ask.media_type),
        ("x-forwarded-for", &address),
        ("x-forwarded-host", "or3.test"),
        ("origin", "http://or3.test"),
        ("x-or3-admin-intent", "admin"),
    ];
    let asked = ask.headers.iter();
    let asked = asked.map(|(name, value)| (*name, value.as_str()));
    let replaced = |(name, _): &(&str, &str)| !own.iter().any(|(of, _)| of == name);
    let headers = usual.into_iter().chain(asked).filter(replaced);
    let headers: Vec<_> = headers.chain(own.iter().copied()).collect();
    let method = ask.method.clone();
    browser
        .send(method, &ask.path, &headers, ask.body.clone())
        .await
}

/// The cookie of the super admin, who has granted administration to `user`.
async fn signed_in_root(server: &Server, user: &str) -> Tokens {
    let mut browser = server.browser();
    for (path, body) in [
        (
            "/api/admin/auth/login",
            json!({"username": "root", "password": ROOTS_PASSWORD}),
        ),
        ("/api/admin/admin-users/grant", json!({"userId": user})),
    ] {
        let ask = Ask {
            method: Method::POST,
            path: path.to_owned(),
            media_type: "application/json",
            body: body.to_string().into(),
            ..Ask::default()
        };
        let answer = send(&mut browser, &ask, &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.message());
    }
    Tokens {
        admin: browser.cookie("or3_admin").expect("a cookie").to_owned(),
        ..Tokens::default()
    }
}

/// Somebody who builds the world.
struct Person {
    browser: Browser,
    mark: &'static str,
    email: String,
    user: String,
    home: String,
}

impl Person {
    /// A newcomer whose home and name carry `mark`.
    async fn of(server: &Server, mark: &'static str) -> Self {
        let mut person = Self {
            browser: server.browser(),
            mark,
            email: format!("{mark}@example.test"),
            user: String::new(),
            home: String::new(),
        };
        let account = json!({
            "email": person.email, "password": PASSWORD, "confirmPassword": PASSWORD,
            "displayName": mark,
        });
        person.post("/api/basic-auth/register", &account).await;
        let session = person
            .send(Method::GET, "/api/auth/session", &Value::Null)
            .await;
        let session = session.json()["session"].clone();
        person.user = string(&session["user"]["id"]);
        person.home = string(&session["workspace"]["id"]);
        let name = json!({"name": format!("{mark} home"), "description": mark});
        let path = format!("/api/workspaces/{}", person.home);
        person.send(Method::PATCH, &path, &name).await;
        person
    }

    fn tokens(&self) -> Tokens {
        let cookie = |name| self.browser.cookie(name).expect("a cookie").to_owned();
        Tokens {
            access: cookie("or3_access"),
            refresh: cookie("or3_refresh"),
            admin: String::new(),
        }
    }

    /// The tokens of another device that has signed out.
    async fn signed_out(&self, server: &Server) -> Tokens {
        let mut device = Self {
            browser: server.browser(),
            email: self.email.clone(),
            user: String::new(),
            home: String::new(),
            mark: self.mark,
        };
        let credentials = json!({"email": self.email, "password": PASSWORD});
        device.post("/api/basic-auth/sign-in", &credentials).await;
        let tokens = device.tokens();
        device.post("/api/basic-auth/sign-out", &Value::Null).await;
        tokens
    }

    /// Makes `other` a member of this person's home, where they then are.
    async fn admit(&mut self, other: &mut Self, role: &str) {
        let member = json!({"emailOrProviderId": other.email, "role": role});
        self.post("/api/admin/workspace/members/upsert", &member)
            .await;
        let home = json!({"id": self.home});
        other.post("/api/workspaces/active", &home).await;
    }

    async fn invite(&mut self) -> String {
        let path = "/api/admin/workspace/invites/create";
        let email = format!("{}-guest@example.test", self.mark);
        let invite = self.post(path, &json!({"email": email})).await;
        string(&invite.json()["invite"]["id"])
    }

    /// Uploads and commits a file; says where it was uploaded to.
    async fn store(&mut self, file: &File) -> String {
        let presign = file.presign_upload(&self.home);
        let presigned = self.post("/api/storage/presign-upload", &presign).await;
        let upload = Ask {
            method: Method::PUT,
            path: local_part(&presigned.json()["url"]),
            media_type: "image/png",
            body: file.content.clone(),
            ..Ask::default()
        };
        let uploaded = send(&mut self.browser, &upload, &[]).await;
        assert_eq!(uploaded.status, 200, "{}", uploaded.message());
        self.post("/api/storage/commit", &file.commit(&self.home))
            .await;
        upload.path
    }

    /// Announces an upload in parts; its address.
    async fn announce(&mut self, file: &File) -> String {
        let announcement = Ask {
            method: Method::POST,
            path: UPLOADS.to_owned(),
            headers: file.announcement(&self.home),
            ..Ask::default()
        };
        let announced = send(&mut self.browser, &announcement, &[]).await;
        assert_eq!(announced.status, 201, "{}", announced.message());
        announced.header("location").to_owned()
    }

    async fn push(&mut self, ops: &[Value]) {
        let batch = json!({"scope": {"workspaceId": self.home}, "ops": ops});
        let answer = self.post("/api/sync/push", &batch).await.json();
        let results = answer["results"].as_array().expect("results");
        let all = results.iter().all(|result| result["success"] == true);
        assert!(all, "{answer}");
    }

    async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    async fn send(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        let ask = Ask {
            method,
            path: path.to_owned(),
            media_type: "application/json",
            body: if body.is_null() {
                Vec::new()
            } else {
                body.to_string().into()
            },
            ..Ask::default()
        };
        let answer = send(&mut self.browser, &ask, &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.message());
        answer
    }
}

fn string(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A URL that was given out, without the server that gave it.
fn local_part(url: &Value) -> String {
    let url = string(url);
    let path = url.find("/api/").expect("a path of the API");
    url[path..].to_owned()
}
