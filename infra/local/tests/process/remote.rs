//! The stack on a libSQL server that goes away and comes back.

use std::path::Path;

use or3_testkit::Sqld;
use tempfile::tempdir;

use crate::running::Running;

/// The timer would fail at the server too, and a server that fails often is left alone.
fn without_timer(data: &Path, server: &Sqld) -> Running {
    let url = server.url();
    let settings = [
        ("OR3_DATABASE_URL", &*url),
        ("OR3_GC_INTERVAL_SECONDS", "0"),
    ];
    Running::start(data, &settings)
}

#[test]
fn a_server_that_comes_back_is_used_again_without_a_restart() {
    let Some(mut server) = Sqld::start() else {
        return;
    };
    let data = tempdir().expect("a folder");
    let running = without_timer(data.path(), &server);
    let health = || running.get("/api/health?deep=true").1;
    assert!(health().contains(r#""status":"ok""#));
    server.kill();
    assert!(health().contains(r#""status":"degraded""#));
    assert!(server.resume());
    assert!(health().contains(r#""status":"ok""#));
    assert!(!data.path().join("or3.db").exists());
}

#[test]
fn while_the_server_is_away_requests_get_503_and_a_pause() {
    let Some(mut server) = Sqld::start() else {
        return;
    };
    let data = tempdir().expect("a folder");
    let running = without_timer(data.path(), &server);
    let register = |email: &str| {
        let password = "correct horse battery staple";
        let body = format!(
            r#"{{"email":"{email}","password":"{password}","confirmPassword":"{password}"}}"#
        );
        running.post("/api/basic-auth/register", &body)
    };
    assert_eq!(register("ada@or3.test").0, 200);
    server.kill();
    let (status, answer) = register("bob@or3.test");
    assert_eq!(status, 503, "{answer}");
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
    assert!(!answer.contains("127.0.0.1"), "causes stay here: {answer}");
    assert!(server.resume());
    assert_eq!(register("bob@or3.test").0, 200);
}

#[test]
fn two_stacks_share_a_server() {
    let Some(server) = Sqld::start() else {
        return;
    };
    let (one, two) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let url = server.url();
    let settings = [("OR3_DATABASE_URL", &*url)];
    let first = Running::start(one.path(), &settings);
    let second = Running::start(two.path(), &settings);
    for running in [&first, &second] {
        let (_, body) = running.get("/api/health?deep=true");
        assert!(body.contains(r#""status":"ok""#), "{body}");
    }
}
