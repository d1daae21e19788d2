//! Processes and database servers that are killed in the middle of pushes: every op that was acknowledged is
//! there afterwards, under its version, and none is there twice (sync contract, 17).

use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpStream;
use std::sync::Mutex;

use or3_testkit::Sqld;
use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::tempdir;

use crate::person::Person;
use crate::running::{Running, answer};

pub(crate) const SETTINGS: [(&str, &str); 3] = [
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    (
        "OR3_RATE_LIMIT_OVERRIDES_JSON",
        r#"{"sync:push":{"maxRequests":100000},"sync:pull":{"maxRequests":100000}}"#,
    ),
];

/// A process is killed each time that so many more pushes have been acknowledged.
const BETWEEN_KILLS: usize = 40;
pub(crate) const PROCESSES: usize = 3;
const WRITERS: usize = 6;

/// Who writes, and where to.
pub(crate) struct Writer {
    person: Person,
    workspace: String,
}

impl Writer {
    pub(crate) fn of(process: &Running) -> Self {
        let person = Person::register(process);
        let session = person.session(process);
        let workspace = session["workspace"]["id"].as_str();
        Self {
            workspace: workspace.expect("a workspace").to_owned(),
            person,
        }
    }
}

/// What the servers have acknowledged: the version of each op id, and how many pushes.
pub(crate) type Acknowledged = BTreeMap<String, i64>;
pub(crate) type Noted = Mutex<(Acknowledged, usize)>;

#[test]
fn every_acknowledged_op_survives_the_death_of_its_process_once() {
    let data = tempdir().expect("a folder");
    let processes = [(); PROCESSES].map(|()| Running::start(data.path(), &SETTINGS));
    let ada = Writer::of(&processes[0]);
    let noted = Noted::default();
    let all: Vec<_> = processes.iter().map(|process| &*process.address).collect();
    let left = write_together(&ada, &all, &noted, &|kill| {
        if let Some(process) = processes.get(kill - 1) {
            process.signal(Signal::KILL);
        }
    });
    drop(processes);
    reckon(&Running::start(data.path(), &SETTINGS), &ada, noted, &left);
}

#[test]
fn every_acknowledged_op_survives_the_death_of_the_database_server_once() {
    let Some(server) = Sqld::start() else {
        return;
    };
    let data = tempdir().expect("a folder");
    let url = server.url();
    let settings: Vec<_> = SETTINGS
        .into_iter()
        .chain([("OR3_DATABASE_URL", &*url)])
        .collect();
    let process = Running::start(data.path(), &settings);
    let ada = Writer::of(&process);
    let (server, noted) = (Mutex::new(server), Noted::default());
    let left = write_together(&ada, &[&process.address], &noted, &|kill| {
        if kill == PROCESSES {
            return process.signal(Signal::KILL);
        }
        let mut server = server.lock().expect("no writer panicked");
        server.kill();
        assert!(server.resume());
    });
    reckon(&Running::start(data.path(), &settings), &ada, noted, &left);
}

/// Lets all writers push until nobody answers at any of the `addresses`; `kill` is called with 1, 2, ... Gives the batches
/// that nobody was left to answer.
pub(crate) fn write_together(
    ada: &Writer,
    addresses: &[&str],
    noted: &Noted,
    kill: &(impl Fn(usize) + Sync),
) -> Vec<Value> {
    std::thread::scope(|scope| {
        let write = |writer| scope.spawn(move || write_on(writer, ada, addresses, noted, kill));
        let writers: Vec<_> = (0..WRITERS).map(write).collect();
        let ends = writers.into_iter().map(std::thread::ScopedJoinHandle::join);
        ends.map(|left| left.expect("no writer panicked")).collect()
    })
}

/// Pushes batch after batch to one address, and to the next when that one is dead, repeating what
/// it got no answer to. Gives the batch that nobody was left to answer.
fn write_on(
    writer: usize,
    ada: &Writer,
    addresses: &[&str],
    noted: &Noted,
    kill: &impl Fn(usize),
) -> Value {
    let mut number = 0;
    let mut batch = batch_of(ada, writer, number);
    for next in 0..addresses.len() {
        let address = addresses[(writer + next) % addresses.len()];
        while let Some(results) = pushed(address, ada, &batch) {
            let pushes = note(&results, noted);
            // Whoever notes the last push that is needed kills, while the others are in theirs.
            if pushes.is_multiple_of(BETWEEN_KILLS) {
                kill(pushes / BETWEEN_KILLS);
            }
            number += 1;
            batch = batch_of(ada, writer, number);
        }
    }
    batch
}

/// One to seven ops on rows that all writers write.
fn batch_of(ada: &Writer, writer: usize, number: usize) -> Value {
    let ops: Vec<_> = (0..=number % 7)
        .map(|place| {
            let pk = format!("kv:{}", (number + place) % 5);
            let op_id = format!("00000000-0000-4000-8{writer:03}-{:012}", number * 10 + place);
            json!({
                "id": "q", "tableName": "kv", "operation": "put", "pk": pk,
                "payload": {
                    "id": pk, "name": "n", "value": op_id, "created_at": 1, "updated_at": 1,
                    "clock": number,
                },
                "stamp": { "deviceId": "d", "opId": op_id, "clock": number, "hlc": "0mjuohs00:000:d" },
                "createdAt": 1, "attempts": 0, "status": "pending",
            })
        })
        .collect();
    json!({ "scope": { "workspaceId": ada.workspace }, "ops": ops })
}

/// The results of a push; `None` when the process is dead. One that asks for patience gets it.
fn pushed(address: &str, ada: &Writer, batch: &Value) -> Option<Vec<Value>> {
    loop {
        let mut connection = TcpStream::connect(address).ok()?;
        let request = ada
            .person
            .request("POST /api/sync/push", &batch.to_string());
        connection.write_all(request.as_bytes()).ok()?;
        let (status, text) = answer(&mut connection);
        if status == 503 {
            continue;
        }
        // A process that died in the middle of its answer has acknowledged nothing.
        let body = text.split_once("\r\n\r\n")?.1;
        let body: Value = serde_json::from_str(body).ok()?;
        assert_eq!(status, 200, "{text}");
        return body["results"].as_array().cloned();
    }
}

/// Notes what was acknowledged, and says how many pushes were.
fn note(results: &[Value], noted: &Noted) -> usize {
    let mut noted = noted.lock().expect("no writer panicked");
    add(&mut noted.0, results);
    noted.1 += 1;
    noted.1
}

fn add(acknowledged: &mut Acknowledged, results: &[Value]) {
    for result in results {
        assert_eq!(result["success"], true, "{result}");
        let op_id = result["opId"].as_str().expect("an op id").to_owned();
        let version = result["serverVersion"].as_i64().expect("a version");
        let known = acknowledged.insert(op_id, version);
        assert!(known.is_none_or(|known| known == version), "{result}");
    }
}

/// A new process takes the batches that nobody answered, and then has exactly what was
/// acknowledged, which this gives.
pub(crate) fn reckon(
    process: &Running,
    ada: &Writer,
    noted: Noted,
    left: &[Value],
) -> Acknowledged {
    let (mut acknowledged, pushes) = noted.into_inner().expect("no writer panicked");
    assert!(pushes >= PROCESSES * BETWEEN_KILLS, "{pushes}");
    for batch in left {
        let results = pushed(&process.address, ada, batch).expect("an answer");
        add(&mut acknowledged, &results);
    }
    assert_eq!(log_of(process, ada), acknowledged);
    acknowledged
}

/// The version of each op id, as a process gives them out: each once, and none left out.
pub(crate) fn log_of(process: &Running, ada: &Writer) -> Acknowledged {
    let mut log = Acknowledged::new();
    let mut cursor = 0;
    loop {
        let page = pulled(process, ada, cursor);
        for change in page["changes"].as_array().expect("changes") {
            cursor += 1;
            assert_eq!(change["serverVersion"], cursor, "no gap");
            let op_id = change["stamp"]["opId"].as_str().expect("an op id");
            let twice = log.insert(op_id.to_owned(), cursor);
            assert_eq!(twice, None, "{op_id}");
        }
        if page["hasMore"] == false {
            return log;
        }
    }
}

fn pulled(process: &Running, ada: &Writer, cursor: i64) -> Value {
    let scope = json!({ "workspaceId": ada.workspace });
    let question = json!({ "scope": scope, "cursor": cursor, "limit": 1000 }).to_string();
    let told = ada.person.ask(process, "POST /api/sync/pull", &question);
    assert_eq!(told.status, 200, "{}", told.body);
    told.body
}
