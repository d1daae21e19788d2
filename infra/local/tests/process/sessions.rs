//! One person at several processes at once, on a file that they share and on a server: one user, one
//! workspace, and nobody is signed out (auth contract, 5.4, 7.3 and 17, 12, 17 and 20).

use std::collections::BTreeSet;

use or3_testkit::Sqld;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

use crate::person::{Person, Told};
use crate::running::Running;

const SETTINGS: [(&str, &str); 6] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("OR3_BASIC_AUTH_JWT_SECRET", "one secret of all processes"),
    ("OR3_BASIC_AUTH_REFRESH_SECRET", "another secret of them"),
    ("OR3_STORAGE_FS_TOKEN_SECRET", "a third secret of them"),
    ("DISABLE_RATE_LIMIT", "1"),
];

/// Three processes of one deployment.
struct Fleet {
    processes: Vec<Running>,
    _data: Vec<TempDir>,
    _server: Option<Sqld>,
}

impl Fleet {
    fn on_a_file() -> Self {
        let data = tempdir().expect("a folder");
        let start = |_| Running::start(data.path(), &SETTINGS);
        Self {
            processes: (0..3).map(start).collect(),
            _data: vec![data],
            _server: None,
        }
    }

    /// `None` where no server is installed.
    fn on_a_server() -> Option<Self> {
        let server = Sqld::start()?;
        let url = server.url();
        let settings: Vec<_> = [("OR3_DATABASE_URL", url.as_str())]
            .into_iter()
            .chain(SETTINGS)
            .collect();
        let data: Vec<_> = (0..3).map(|_| tempdir().expect("a folder")).collect();
        let start = |folder: &TempDir| Running::start(folder.path(), &settings);
        Some(Self {
            processes: data.iter().map(start).collect(),
            _data: data,
            _server: Some(server),
        })
    }

    fn all() -> impl Iterator<Item = Self> {
        [Some(Self::on_a_file()), Self::on_a_server()]
            .into_iter()
            .flatten()
    }

    /// What `count` requests at once give, each at the next process.
    fn at_once<T: Send>(&self, count: usize, ask: impl Fn(&Running) -> T + Sync) -> Vec<T> {
        let servers = self.processes.iter().cycle().take(count);
        std::thread::scope(|scope| {
            let asked: Vec<_> = servers.map(|server| scope.spawn(|| ask(server))).collect();
            let answered = asked.into_iter().map(std::thread::ScopedJoinHandle::join);
            answered.map(|told| told.expect("an answer")).collect()
        })
    }
}

#[test]
fn fifty_first_sessions_over_processes_are_one_user_with_one_workspace() {
    for fleet in Fleet::all() {
        let ada = Person::register(&fleet.processes[0]);
        let sessions = fleet.at_once(50, |server| ada.session(server));
        let homes: BTreeSet<_> = sessions
            .iter()
            .map(|session| {
                [&session["user"]["id"], &session["workspace"]["id"]].map(Value::to_string)
            })
            .collect();
        assert_eq!(homes.len(), 1, "{homes:?}");
        assert_ne!(sessions[0], Value::Null);
        let list = ada.ask(&fleet.processes[1], "GET /api/workspaces", "");
        let workspaces = list.body["workspaces"].as_array().map(Vec::len);
        assert_eq!(workspaces, Some(1), "{}", list.body);
    }
}

#[test]
fn parallel_refreshes_over_processes_sign_nobody_out() {
    for fleet in Fleet::all() {
        let mut ada = Person::register(&fleet.processes[0]);
        for _round in 0..3 {
            let refresh = |server: &Running| ada.ask(server, "POST /api/basic-auth/refresh", "");
            let told = fleet.at_once(20, refresh);
            for answer in &told {
                assert_eq!(answer.status, 200, "{}", answer.body);
                let device = Person {
                    cookies: answer.cookies.clone(),
                };
                assert_ne!(device.session(&fleet.processes[2]), Value::Null);
            }
            let refreshed: BTreeSet<_> = told.iter().map(refresh_token).collect();
            assert_eq!(refreshed.len(), 1, "one successor");
            ada.cookies.clone_from(&told[0].cookies);
        }
    }
}

fn refresh_token(told: &Told) -> &str {
    let mut pairs = told.cookies.split("; ");
    let token = pairs.find_map(|pair| pair.strip_prefix("or3_refresh="));
    token.expect("a refresh token")
}

#[test]
fn registrations_of_one_address_over_processes_are_one_account() {
    for fleet in Fleet::all() {
        let told = fleet.at_once(9, Person::try_to_register);
        let mut statuses: Vec<_> = told.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 401, 401, 401, 401, 401, 401, 401, 401]);
    }
}
