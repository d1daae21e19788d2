//! Ada, who owns her home, where Eve edits, and Vic views and Gus, who has a grant of
//! administration; Max, who has his own; and the super admin. Both homes hold a thread and a file
//! with the same ids.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use or3_tests::{Answer, Browser, Server, Writer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::caller::Caller;
use crate::file::File;
use crate::person::{Person, local_part, signed_in_root};
use crate::table::Ask;
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
const SETTINGS: [(&str, &str); 12] = [
    ("OR3_BASIC_AUTH_JWT_SECRET", ACCESS_SECRET),
    ("OR3_BASIC_AUTH_REFRESH_SECRET", REFRESH_SECRET),
    ("OR3_AUTH_INVITE_TOKEN_SECRET", "invite secret"),
    ("OR3_ADMIN_USERNAME", "root"),
    ("OR3_ADMIN_PASSWORD", ROOTS_PASSWORD),
    ("OR3_ADMIN_JWT_SECRET", ADMIN_SECRET),
    ("OR3_TEST_MODE", "true"),
    ("OR3_TEST_SECRET", "what tests of this deployment know"),
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

    /// Its address.
    pub(crate) fn origin(&self) -> String {
        self.server.browser().origin().to_owned()
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

pub(crate) async fn send(browser: &mut Browser, ask: &Ask, own: &[(&str, &str)]) -> Answer {
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
