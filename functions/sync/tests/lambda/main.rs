//! The function as a process between a Lambda service and a database server: reused, frozen, short
//! of time, told to end.

mod events;
mod person;

use std::time::Duration;

use or3_settings::DatabaseUrl;
use or3_state::State;
use or3_testkit::{Fate, Lambda, Relay, Sqld};
use serde_json::json;

use person::{Person, settings};

/// As much time as an invocation of these tests can need.
const LONG: Duration = Duration::from_mins(5);
/// Less time than a database server has that does not answer.
const SHORT: Duration = Duration::from_millis(1500);

const BINARY: &str = env!("CARGO_BIN_EXE_sync");

/// A function whose database is on a server behind a relay, and somebody who uses it.
struct World {
    function: Lambda,
    person: Person,
    relay: Relay,
    sqld: Sqld,
}

impl World {
    /// `None` where no server is installed.
    async fn new() -> Option<Self> {
        let sqld = Sqld::start()?;
        let relay = Relay::before(&sqld.url()).await;
        let url = relay.url();
        let person = Person::register(&url).await;
        let function = Lambda::start(BINARY, &settings(&url)).await;
        Some(Self {
            function,
            person,
            relay,
            sqld,
        })
    }
}

#[tokio::test]
async fn a_process_opens_its_store_once_and_says_once_that_it_started_cold() {
    let Some(world) = World::new().await else {
        return;
    };
    let (function, pull) = (&world.function, world.person.pull());
    let before = world.relay.connections();
    assert_eq!(function.ask(&pull, LONG).await.status, 200);
    let opened = world.relay.connections();
    assert!(opened > before, "at the first request");
    for _ in 0..3 {
        assert_eq!(function.ask(&pull, LONG).await.status, 200);
    }
    assert_eq!(world.relay.connections(), opened, "used again");
    let cold: Vec<_> = function
        .logged("request")
        .iter()
        .map(|line| line["cold_start"].clone())
        .collect();
    assert_eq!(cold, [true, false, false, false]);
}

#[tokio::test]
async fn a_server_that_restarts_while_the_function_is_frozen_is_not_noticed_by_clients() {
    let Some(mut world) = World::new().await else {
        return;
    };
    assert_eq!(
        world.function.ask(&world.person.pull(), LONG).await.status,
        200
    );
    for (number, endpoint) in ["pull", "push"].into_iter().enumerate() {
        world.function.freeze();
        world.sqld.kill();
        world.relay.hang_up().await;
        assert!(world.sqld.resume());
        world.function.thaw();
        let request = match endpoint {
            "pull" => world.person.pull(),
            _ => world.person.push(number),
        };
        let answer = world.function.ask(&request, LONG).await;
        assert_eq!(answer.status, 200, "{endpoint}: {}", answer.message());
    }
    let pulled = world.function.ask(&world.person.pull(), LONG).await.json();
    assert_eq!(pulled["nextCursor"], 1, "{pulled}");
}

/// The relay ends the connection under the request that comes over it: what had died shows no sooner.
#[tokio::test]
async fn a_connection_that_died_unnoticed_while_frozen_is_replaced_under_a_read_and_under_a_push() {
    let Some(world) = World::new().await else {
        return;
    };
    let (function, person) = (&world.function, &world.person);
    assert_eq!(function.ask(&person.pull(), LONG).await.status, 200);
    let fates: [&[Fate]; 3] = [
        &[Fate::LoseRequest],
        &[Fate::Pass, Fate::Pass, Fate::LoseRequest],
        &[Fate::Pass, Fate::Pass, Fate::LoseAnswer],
    ];
    for (number, fates) in fates.into_iter().enumerate() {
        function.freeze();
        world.relay.next(fates.iter().copied());
        let before = (world.relay.requests(), world.relay.connections());
        function.thaw();
        let answer = function.ask(&person.push(number), LONG).await;
        assert_eq!(answer.status, 200, "{fates:?}: {}", answer.message());
        let version = answer.json()["results"][0]["serverVersion"].clone();
        assert_eq!(version, number + 1, "{fates:?}");
        // One more than a push takes, over another connection.
        assert_eq!(world.relay.requests(), before.0 + 4, "{fates:?}");
        assert!(world.relay.connections() > before.1, "{fates:?}");
    }
    let pulled = function.ask(&person.pull(), LONG).await.json();
    assert_eq!(pulled["nextCursor"], 3, "{pulled}");
}

#[tokio::test]
async fn a_push_that_would_outlast_its_invocation_is_503_and_nothing_of_it_is_done() {
    let Some(world) = World::new().await else {
        return;
    };
    let (function, person) = (&world.function, &world.person);
    assert_eq!(function.ask(&person.pull(), LONG).await.status, 200);
    // Who asks and whether there is room come through, and then the push waits for another request
    // that never comes.
    world.relay.next([Fate::Pass, Fate::Pass, Fate::Meet]);
    let late = function.ask(&person.push(1), SHORT).await;
    assert_eq!(late.status, 503);
    assert_eq!(late.header("retry-after"), "1");
    assert_eq!(late.json()["message"], "Service Unavailable");
    let pulled = function.ask(&person.pull(), LONG).await.json();
    assert_eq!(pulled["changes"], json!([]), "{pulled}");

    let repeated = function.ask(&person.push(1), LONG).await.json();
    assert_eq!(repeated["results"][0]["serverVersion"], 1, "{repeated}");
    let logged = function.logged("request");
    let errors: Vec<_> = logged
        .iter()
        .filter_map(|line| line["error"].as_str())
        .collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(
        errors[0].contains("raise the function's Timeout"),
        "{errors:?}"
    );
}

#[tokio::test]
async fn sigterm_ends_the_process_with_0_once_the_request_under_way_is_answered() {
    let Some(mut world) = World::new().await else {
        return;
    };
    let (function, person) = (&mut world.function, &world.person);
    assert_eq!(function.ask(&person.pull(), LONG).await.status, 200);
    world
        .relay
        .next([Fate::Pass, Fate::Pass, Fate::Meet, Fate::Meet]);
    let before = world.relay.requests();
    let (push, elsewhere) = (
        person.push(1),
        or3_settings::Database::at(
            DatabaseUrl::Server {
                url: world.relay.url(),
                token: None,
            },
            1,
        ),
    );
    let told = async {
        while world.relay.requests() < before + 3 {
            tokio::task::yield_now().await;
        }
        function.terminate();
        // The push meets this one and goes on.
        State::open(&elsewhere)
            .expect("an address")
            .probe()
            .probe()
            .await
    };
    let (answer, found) = tokio::join!(function.ask(&push, LONG), told);
    assert_eq!(answer.status, 200, "{}", answer.message());
    assert!(found.errors.is_empty(), "{found:?}");
    assert_eq!(function.ended().await.code(), Some(0));
}
