//! Starts that work, and how they end.

use std::io::{Read, Write};
use std::net::TcpStream;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::listing;
use crate::person::Person;
use crate::running::{Running, answer, post_of};

#[test]
fn the_start_line_names_the_port_that_was_picked() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[]);
    assert!(!running.address.ends_with(":0"));
    assert_eq!(running.get("/api/health").0, 200);
}

#[test]
fn a_second_start_on_the_same_data_serves_beside_the_first() {
    let data = tempdir().expect("a folder");
    let first = Running::start(data.path(), &[]);
    let second = Running::start(data.path(), &[]);
    for running in [&first, &second] {
        let (status, body) = running.get("/api/health?deep=true");
        assert_eq!(status, 200);
        assert!(body.contains(r#""status":"ok""#), "{body}");
    }
}

#[test]
fn a_deep_look_says_what_the_rows_stand_on_and_how_many_processes_write_them() {
    let data = tempdir().expect("a folder");
    let settings = [
        ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
        ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
        ("OR3_GC_INTERVAL_SECONDS", "0"),
    ];
    let look = |running: &Running| {
        let (_, answer) = running.get("/api/health?deep=true");
        let body = answer.split_once("\r\n\r\n").expect("a body").1;
        let body: Value = serde_json::from_str(body).expect("JSON");
        body["providers"]["sync"]["details"].clone()
    };
    let first = Running::start(data.path(), &settings);
    Person::register(&first);
    let details = look(&first);
    let volume = details["fileSystem"].as_str().expect("a name");
    let stands_on = json!({
        "fileSystem": volume, "journal": "wal", "synchronous": "full", "writers": "1",
        "lease": "held",
    });
    assert_eq!(details, stands_on);
    let second = Running::start(data.path(), &settings);
    let credentials = r#"{"email":"ada@example.com","password":"hunter2hunter2"}"#;
    assert_eq!(second.post("/api/basic-auth/sign-in", credentials).0, 200);
    assert_eq!(look(&first)["writers"], "2");
    first.signal(Signal::KILL);
    first.wait();
    assert_eq!(look(&second)["writers"], "1");
}

#[test]
fn processes_that_start_together_on_empty_data_agree_on_their_secrets() {
    const PASSWORD: &str = "Correct Horse 1";
    let data = tempdir().expect("a folder");
    let folder = data.path();
    let started = std::thread::scope(|scope| {
        let admin = [
            ("OR3_ADMIN_USERNAME", "root"),
            ("OR3_ADMIN_PASSWORD", PASSWORD),
        ];
        let starts = (0..3).map(|_| scope.spawn(move || Running::start(folder, &admin)));
        let starts: Vec<_> = starts.collect();
        let joined = starts
            .into_iter()
            .map(|start| start.join().expect("started"));
        joined.collect::<Vec<_>>()
    });
    assert!(
        started
            .iter()
            .all(|running| running.get("/api/health").0 == 200)
    );
    // What one signs, another reads.
    let login = format!("{{\"username\":\"root\",\"password\":\"{PASSWORD}\"}}");
    let (status, told) = started[0].post("/api/admin/auth/login", &login);
    assert_eq!(status, 200, "{told}");
    let cookie = told.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let named = name.eq_ignore_ascii_case("set-cookie");
        named.then(|| value.split(';').next()).flatten()
    });
    let cookie = cookie.expect("the cookie");
    for other in &started {
        let request = format!(
            "GET /api/admin/auth/session HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n\
             cookie: {cookie}\r\n\r\n"
        );
        let (status, told) = answer(&mut other.send(&request));
        assert_eq!(status, 200, "{told}");
    }
    let names: Vec<_> = listing::of(data.path()).into_keys().collect();
    let secrets = |path: &&std::path::PathBuf| path.to_string_lossy().contains("secrets.json");
    assert_eq!(names.iter().filter(secrets).count(), 1, "{names:?}");
}

#[test]
fn sigterm_and_sigint_end_the_process_with_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let data = tempdir().expect("a folder");
        let running = Running::start(data.path(), &[]);
        running.signal(signal);
        assert_eq!(running.wait().code(), Some(0), "{signal:?}");
    }
}

#[test]
fn a_request_that_is_on_its_way_is_answered_before_the_end() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[]);
    let body = r#"{"email":"nobody@or3.test","password":"a password"}"#;
    let request = post_of("/api/basic-auth/sign-in", body);
    let (first, rest) = request.split_at(request.len() - 10);
    // The server asks for the body when a handler reads it: from then on the request is in flight.
    let first = first.replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n");
    let mut connection = running.send(&first);
    let mut asked = [0; 25];
    connection.read_exact(&mut asked).expect("asked for more");
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    running.signal(Signal::TERM);
    running.refuses_connections();
    connection.write_all(rest.as_bytes()).expect("sent");
    let (status, answer) = answer(&mut connection);
    assert_eq!(status, 401, "{answer}");
    assert_eq!(running.wait().code(), Some(0));
}

#[test]
fn a_stop_leaves_whole_database_files_without_logs_beside_them() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[]);
    running.signal(Signal::TERM);
    assert_eq!(running.wait().code(), Some(0));
    for beside in ["or3.db-wal", "or3.db-shm", "or3-limits.db-wal"] {
        assert!(!data.path().join(beside).exists(), "{beside}");
    }
}

#[test]
fn a_restart_changes_neither_schema_nor_secrets() {
    let data = tempdir().expect("a folder");
    let stop = |running: Running| {
        running.signal(Signal::TERM);
        running.wait();
        listing::of(data.path())
    };
    let first = stop(Running::start(data.path(), &[]));
    let second = stop(Running::start(data.path(), &[]));
    assert_eq!(
        first.keys().collect::<Vec<_>>(),
        second.keys().collect::<Vec<_>>()
    );
    let secrets = data.path().join("secrets.json");
    assert_eq!(first[&secrets], second[&secrets]);
}

#[test]
fn a_kept_alive_connection_without_a_request_does_not_hold_the_stop_up() {
    let data = tempdir().expect("a folder");
    let running = Running::start(data.path(), &[]);
    let mut idle = TcpStream::connect(&running.address).expect("a connection");
    running.get("/api/health");
    running.signal(Signal::TERM);
    assert_eq!(running.wait().code(), Some(0));
    idle.write_all(b"GET / HTTP/1.1\r\n\r\n").ok();
    assert_eq!(answer_or_nothing(&mut idle), 0);
}

fn answer_or_nothing(connection: &mut TcpStream) -> u16 {
    let mut byte = [0];
    match connection.read(&mut byte) {
        Ok(1..) => answer(connection).0,
        _ => 0,
    }
}
