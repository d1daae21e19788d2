//! The attacker: connections of one kind of wrong request each, which are sent by the dozen and at a
//! fixed rate, as far as the server takes them; and one connection after the other that sends what is
//! no HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::{interval, timeout_at};

use crate::command::Outcome;
use crate::figure::{float, number};
use crate::table::{Goal, Table};
use crate::wire::{Connection, Request};

/// How many connections send each kind, and how many requests at once.
const LANES: usize = 4;
const BATCH: u32 = 25;

/// What an attack came to.
#[derive(Debug, Default)]
pub(super) struct Attacked {
    /// Answers by kind and status.
    answers: BTreeMap<(&'static str, u16), u64>,
    /// Connections that sent garbage.
    garbage: u64,
}

/// The kinds. None of them costs the attacker more than a few bytes.
fn kinds() -> Vec<(&'static str, Request)> {
    let json = ("content-type", "application/json");
    let pull = r#"{"scope":{"workspaceId":"w"},"cursor":0,"limit":1}"#;
    let forged = "or3_access=eyJhbGciOiJIUzI1NiJ9.e30.AAAA; or3_refresh=x.y.z";
    let long = format!("GET /api/{}", "a".repeat(9000));
    let wrong = r#"{"email":"a@example.test","password":"wrong"}"#;
    vec![
        ("unknown path", Request::new("GET /wp-login.php", &[], "")),
        ("wrong method", Request::new("DELETE /api/health", &[], "")),
        (
            "no session",
            Request::new("POST /api/sync/pull", &[json], pull),
        ),
        (
            "forged tokens",
            Request::new("POST /api/sync/pull", &[json, ("cookie", forged)], pull),
        ),
        (
            "broken JSON",
            Request::new("POST /api/sync/push", &[json], "{\"scope\":"),
        ),
        (
            "other origin",
            Request::new(
                "POST /api/workspaces",
                &[json, ("origin", "https://evil.test")],
                "{}",
            ),
        ),
        ("long address", Request::new(&long, &[], "")),
        (
            "wrong password",
            Request::new("POST /api/basic-auth/sign-in", &[json], wrong),
        ),
    ]
}

pub(super) fn about() -> String {
    let names: Vec<_> = kinds().into_iter().map(|(name, _)| name).collect();
    format!(
        "{LANES} connections each of: {}; besides, garbage",
        names.join(", ")
    )
}

/// Sends `rate` requests a second until `until`.
pub(super) fn run(address: SocketAddr, rate: u32, until: Instant) -> Outcome<Attacked> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let kinds = kinds();
        let lanes = u32::try_from(kinds.len() * LANES)?;
        let pace = Duration::from_secs(1) * BATCH * lanes / rate.max(1);
        let mut attack = JoinSet::new();
        for (name, request) in kinds {
            for _ in 0..LANES {
                attack.spawn(flood(address, name, request.clone(), pace, until));
            }
        }
        let garbage = tokio::spawn(babble(address, until));
        let mut attacked = Attacked::default();
        while let Some(lane) = attack.join_next().await {
            for (answer, count) in lane?? {
                *attacked.answers.entry(answer).or_default() += count;
            }
        }
        attacked.garbage = garbage.await??;
        Ok(attacked)
    })
}

type Answers = BTreeMap<(&'static str, u16), u64>;

/// One connection, which is opened anew when the server closes it.
async fn flood(
    address: SocketAddr,
    name: &'static str,
    request: Request,
    pace: Duration,
    until: Instant,
) -> Outcome<Answers> {
    let batch: Bytes = request.head.repeat(BATCH as usize).into();
    let mut answers = Answers::new();
    let mut beat = interval(pace);
    let mut connection = Connection::open(address).await?;
    while Instant::now() < until {
        beat.tick().await;
        if volley(&mut connection, &batch, name, &mut answers)
            .await
            .is_err()
        {
            connection = Connection::open(address).await?;
        }
    }
    Ok(answers)
}

async fn volley(
    connection: &mut Connection,
    batch: &[u8],
    name: &'static str,
    answers: &mut Answers,
) -> Outcome {
    connection.write(batch).await?;
    for _ in 0..BATCH {
        let answer = connection.receive().await?;
        *answers.entry((name, answer.status)).or_default() += 1;
    }
    Ok(())
}

/// Connections that say something else than HTTP, one after the other, until the server has enough
/// of each.
async fn babble(address: SocketAddr, until: Instant) -> Outcome<u64> {
    let mut connections = 0;
    while Instant::now() < until {
        let mut stream = TcpStream::connect(address).await?;
        stream
            .write_all(b"\x16\x03\x01\x02\x00\x01\x00 not HTTP\r\n\r\n")
            .await?;
        let mut rest = Vec::new();
        // Closing in the middle is an answer too.
        let _closed = timeout_at(until.into(), stream.read_to_end(&mut rest)).await;
        connections += 1;
    }
    Ok(connections)
}

impl Attacked {
    /// What the server made of it, over `time`.
    pub(super) fn print(&self, time: Duration) {
        let mut table = Table::new(&["attack", "status", "answers", "a second", "goal"]);
        let rate = |count: u64| float(count) / time.as_secs_f64();
        for ((name, status), count) in &self.answers {
            let (status, count) = (status.to_string(), *count);
            table.row(vec![
                (*name).to_owned(),
                status,
                number(float(count)),
                number(rate(count)),
            ]);
        }
        let garbage = self.garbage;
        let garbage = ("garbage", number(float(garbage)), number(rate(garbage)));
        table.row(vec![
            garbage.0.to_owned(),
            "closed".to_owned(),
            garbage.1,
            garbage.2,
        ]);
        let all: u64 = self.answers.values().sum();
        table.row(vec![
            "all answered".to_owned(),
            String::new(),
            number(float(all)),
            number(rate(all)),
        ]);
        let faults = self
            .answers
            .iter()
            .filter(|((_, status), _)| *status >= 500);
        let faults = faults.map(|(_, count)| count).sum::<u64>();
        let goal = Goal::AtMost(0.0).beside(float(faults));
        table.row(vec![
            "faults".to_owned(),
            "5xx".to_owned(),
            number(float(faults)),
            String::new(),
            goal,
        ]);
        table.print("The attack");
    }
}
