//! People who work while the attack goes on: each pulls, waits a moment, and pulls again.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::account::{Session, post};
use crate::command::Outcome;
use crate::latency::Latencies;
use crate::wire::{Connection, Request};

const PEOPLE: usize = 4;
const PAUSE: Duration = Duration::from_millis(20);

pub(super) fn about() -> String {
    format!(
        "{PEOPLE} devices, a pull and {} ms of rest in turn",
        PAUSE.as_millis()
    )
}

/// How long their requests take until `until`. Every one of them must succeed.
pub(super) fn work(address: SocketAddr, session: &Session, until: Instant) -> Outcome<Latencies> {
    let workspace = &session.workspace;
    let body = format!(r#"{{"scope":{{"workspaceId":"{workspace}"}},"cursor":0,"limit":100}}"#);
    let pull = post("/api/sync/pull", &session.cookies, &body);
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut people = JoinSet::new();
        for _ in 0..PEOPLE {
            people.spawn(person(address, pull.clone(), until));
        }
        let mut all = Vec::new();
        while let Some(latencies) = people.join_next().await {
            all.extend(latencies??);
        }
        Ok(Latencies::of(all))
    })
}

async fn person(address: SocketAddr, pull: Request, until: Instant) -> Outcome<Vec<Duration>> {
    let mut connection = Connection::open(address).await?;
    let mut latencies = Vec::new();
    while Instant::now() < until {
        let started = Instant::now();
        connection.send(&pull).await?.expect(200)?;
        latencies.push(started.elapsed());
        sleep(PAUSE).await;
    }
    Ok(latencies)
}
