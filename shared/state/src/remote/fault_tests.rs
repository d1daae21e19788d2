//! What a batch does when the network or the server fails under it.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use or3_domain::store::StoreError;
use or3_outbound::Destination;
use or3_testkit::{Fate, Relay, Sqld};

use super::{Client, RemoteExecutor};
use crate::database::Database;
use crate::statement::Statement;

/// A database on a server behind a relay, with a table that counts what was done.
struct World {
    database: Database,
    relay: Relay,
    server: Sqld,
}

impl World {
    /// `None` where no server is installed.
    async fn new() -> Option<Self> {
        let server = Sqld::start()?;
        let relay = Relay::before(&server.url()).await;
        let database = database_at(&relay.url());
        let create = Statement::new("CREATE TABLE done (what TEXT)");
        database.execute(create).await.expect("a table");
        Some(Self {
            database,
            relay,
            server,
        })
    }

    async fn write(&self) -> Result<(), StoreError> {
        let write = Statement::new("INSERT INTO done (what) VALUES ('it')");
        self.database.execute(write).await.map(drop)
    }

    async fn count(&self) -> Result<i64, StoreError> {
        let count = Statement::new("SELECT count(*) FROM done");
        let answer = self.database.query(count).await?;
        answer.into_first().expect("a row").int(0)
    }

    /// How many requests `work` made.
    async fn requests<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        let before = self.relay.requests();
        let output = work.await;
        (output, self.relay.requests() - before)
    }
}

fn database_at(url: &str) -> Database {
    let client = Arc::new(Client::new(url, None).expect("an address"));
    Database::new(Arc::new(RemoteExecutor::new(client, None)))
}

#[tokio::test]
async fn a_batch_is_one_http_request() {
    let Some(world) = World::new().await else {
        return;
    };
    let batch = vec![
        Statement::new("INSERT INTO done (what) VALUES ('it')"),
        Statement::new("SELECT count(*) FROM done"),
        Statement::new("DELETE FROM done"),
    ];
    let (written, requests) = world.requests(world.database.write(batch)).await;
    assert_eq!((written.expect("written").len(), requests), (3, 1));
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_sent_again() {
    let Some(world) = World::new().await else {
        return;
    };
    world.relay.next([Fate::LoseAnswer]);
    let (outcome, requests) = world.requests(world.write()).await;
    assert!(
        matches!(outcome, Err(StoreError::Unavailable(_))),
        "{outcome:?}"
    );
    assert_eq!((requests, world.count().await.expect("read")), (1, 1));
}

#[tokio::test]
async fn a_write_that_was_lost_on_the_way_is_not_sent_again_either() {
    let Some(world) = World::new().await else {
        return;
    };
    world.relay.next([Fate::LoseRequest]);
    let (outcome, requests) = world.requests(world.write()).await;
    assert!(
        matches!(outcome, Err(StoreError::Unavailable(_))),
        "{outcome:?}"
    );
    assert_eq!((requests, world.count().await.expect("read")), (1, 0));
}

#[tokio::test]
async fn a_write_that_knows_its_own_repetition_is_repeated_once() {
    let Some(world) = World::new().await else {
        return;
    };
    let key = Statement::new("CREATE UNIQUE INDEX done_once ON done (what)");
    world.database.execute(key).await.expect("a key");
    let write = async || {
        let write = Statement::new("INSERT OR IGNORE INTO done (what) VALUES ('it')");
        world.database.write_keyed(vec![write]).await.map(drop)
    };
    for fate in [Fate::LoseRequest, Fate::LoseAnswer] {
        world.relay.next([fate]);
        let (outcome, requests) = world.requests(write()).await;
        outcome.expect("the second try");
        assert_eq!(requests, 2, "{fate:?}");
        assert_eq!(world.count().await.expect("read"), 1, "{fate:?}");
    }
    world.relay.next([Fate::LoseAnswer, Fate::LoseRequest]);
    let (outcome, requests) = world.requests(write()).await;
    assert!(
        matches!(outcome, Err(StoreError::Unavailable(_))),
        "{outcome:?}"
    );
    assert_eq!(requests, 2);
}

#[tokio::test]
async fn a_read_is_repeated_once() {
    let Some(world) = World::new().await else {
        return;
    };
    world.relay.next([Fate::LoseAnswer]);
    let (counted, requests) = world.requests(world.count()).await;
    assert_eq!((counted.expect("the second try"), requests), (0, 2));
    world.relay.next([Fate::LoseAnswer, Fate::LoseRequest]);
    let (counted, requests) = world.requests(world.count()).await;
    assert!(
        matches!(counted, Err(StoreError::Unavailable(_))),
        "{counted:?}"
    );
    assert_eq!(requests, 2);
}

#[tokio::test]
async fn a_proxy_that_answers_503_is_unavailable_and_nothing_is_done() {
    let Some(world) = World::new().await else {
        return;
    };
    world.relay.next([Fate::Status(503)]);
    let outcome = world.write().await;
    assert!(
        matches!(outcome, Err(StoreError::Unavailable(_))),
        "{outcome:?}"
    );
    assert_eq!(world.count().await.expect("read"), 0);
}

#[tokio::test]
async fn an_address_where_no_libsql_server_is_gives_a_fault() {
    let Some(world) = World::new().await else {
        return;
    };
    world.relay.next([Fate::Status(404)]);
    let outcome = world.write().await;
    assert!(matches!(outcome, Err(StoreError::Fault(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_connection_that_ended_while_idle_costs_a_read_nothing() {
    let Some(world) = World::new().await else {
        return;
    };
    world.relay.next([Fate::PassAndHangUp]);
    world.count().await.expect("answered");
    world.count().await.expect("on another connection");
}

#[tokio::test]
async fn a_server_that_comes_back_is_used_again_without_a_restart() {
    let Some(mut world) = World::new().await else {
        return;
    };
    world.write().await.expect("written");
    world.server.kill();
    let (read, written) = (world.count().await, world.write().await);
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    assert!(
        matches!(written, Err(StoreError::Unavailable(_))),
        "{written:?}"
    );
    assert!(world.server.resume());
    world.write().await.expect("written again");
    assert_eq!(world.count().await.expect("read"), 2);
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unavailable_at_once() {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = bound.local_addr().expect("an address");
    drop(bound);
    let database = database_at(&format!("http://{address}"));
    let outcome = database.execute(Statement::new("SELECT 1")).await;
    assert!(
        matches!(outcome, Err(StoreError::Unavailable(_))),
        "{outcome:?}"
    );
}

/// The kernel accepts connections for a listener that never looks at them.
#[tokio::test]
async fn a_server_that_takes_a_request_and_never_answers_is_unavailable_in_the_end() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let asked = Destination {
        deadline: Duration::from_millis(50),
        ..Destination::named("the database server")
    };
    let client = Arc::new(Client::with(&url, None, asked).expect("an address"));
    let database = Database::new(Arc::new(RemoteExecutor::new(client, None)));
    for outcome in [
        database.query(Statement::new("SELECT 1")).await,
        database.execute(Statement::new("DELETE FROM done")).await,
    ] {
        let Err(StoreError::Unavailable(text)) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(text.ends_with("did not answer in 50ms"), "{text}");
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_unavailable() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    // A read is tried twice, so two connections end in the middle of the handshake.
    let silent = std::thread::spawn(move || listener.incoming().take(2).for_each(drop));
    let database = database_at(&format!("https://{address}"));
    let outcome = database.query(Statement::new("SELECT 1")).await;
    assert!(
        matches!(outcome, Err(StoreError::Unavailable(_))),
        "{outcome:?}"
    );
    silent.join().expect("both connections came");
}

/// The server counts the answers that it is making for everybody: that there is no room for one
/// more is nobody's fault, and no reason for a client to give its edits up.
#[tokio::test]
async fn a_server_whose_room_for_answers_is_taken_is_unavailable() {
    let Some(server) = Sqld::start_with(&["--max-total-response-size", "10KB"]) else {
        return;
    };
    let database = database_at(&server.url());
    let ask = |bytes: i64| {
        let sql = "SELECT hex(zeroblob(?1)) FROM (SELECT 1 UNION ALL SELECT 2)";
        database.query(Statement::new(sql).bind(bytes / 2))
    };
    let refused = ask(20_000).await;
    assert!(
        matches!(&refused, Err(StoreError::Unavailable(text)) if text.contains("RESPONSE_TOO_LARGE")),
        "{refused:?}"
    );
    assert_eq!(ask(1000).await.expect("an answer").rows.len(), 2);
}
