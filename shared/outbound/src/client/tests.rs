//! Calls to real neighbours on loopback that fail in the ways of networks; pauses are noted and
//! move the clock instead of passing.

use std::net::TcpListener;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::{self, StreamExt};
use http::{Method, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use or3_testkit::{Fate, FixedClock, IdentityProvider, Relay, SequentialIds};

use super::*;
use crate::circuit::{FAILURES, OPEN, SPAN};
use crate::counts::counts;
use crate::pool::IDLE;

struct NotedPauses {
    noted: Arc<Mutex<Vec<Duration>>>,
    clock: Arc<FixedClock>,
}

#[async_trait]
impl Pauses for NotedPauses {
    async fn pause(&self, span: Duration) {
        self.noted.lock().expect("nobody panicked").push(span);
        self.clock.advance(span);
    }
}

/// A neighbour behind a bad network.
struct World {
    neighbour: IdentityProvider,
    relay: Relay,
    client: Client,
    clock: Arc<FixedClock>,
    noted: Arc<Mutex<Vec<Duration>>>,
}

impl World {
    async fn new() -> Self {
        Self::with(PLAIN).await
    }

    async fn with(destination: Destination) -> Self {
        let neighbour = IdentityProvider::start().await;
        let (clock, noted) = (Arc::<FixedClock>::default(), Arc::default());
        Self {
            relay: Relay::before(&neighbour.issuer()).await,
            neighbour,
            client: Client {
                clock: clock.clone(),
                ids: Arc::new(SequentialIds::default()),
                pauses: Box::new(NotedPauses {
                    noted: Arc::clone(&noted),
                    clock: Arc::clone(&clock),
                }),
                ..Client::new(destination)
            },
            clock,
            noted,
        }
    }

    /// The status of an answer after `fates`.
    async fn after(
        &self,
        fates: impl IntoIterator<Item = Fate>,
        repeat: Repeat,
    ) -> Result<StatusCode, Trouble> {
        self.relay.next(fates);
        let answer = self.client.fetch(&get(&self.relay.url()), repeat).await?;
        Ok(answer.status())
    }

    /// Whole seconds of the pauses so far: what was asked for, since chance adds nothing here.
    fn pauses(&self) -> Vec<u64> {
        let noted = self.noted.lock().expect("nobody panicked");
        noted.iter().map(Duration::as_secs).collect()
    }
}

const PLAIN: Destination = Destination {
    plain_http: true,
    ..Destination::named("neighbour")
};

/// Gives up at once, as tests go.
const HASTY: Destination = Destination {
    patience: Duration::from_millis(300),
    ..PLAIN
};

fn get(base: &str) -> Request<Bytes> {
    let get = Request::get(format!("{base}/jwks.json")).body(Bytes::new());
    get.expect("a request")
}

const OK: StatusCode = StatusCode::OK;

#[tokio::test]
async fn a_connection_that_ended_meanwhile_is_replaced_without_the_callers_hearing_of_it() {
    let world = World::new().await;
    for fate in [Fate::PassAndHangUp, Fate::LoseRequest, Fate::LoseAnswer] {
        let answer = world.after([fate], Repeat::Safe).await;
        assert_eq!(answer.expect("the second try"), OK, "{fate:?}");
    }
    assert!(world.pauses().iter().all(|seconds| *seconds == 0));
    let twice = [Fate::LoseAnswer, Fate::LoseAnswer];
    let broken = world.after(twice, Repeat::Safe).await;
    assert!(matches!(broken, Err(Trouble::Unknown { .. })), "{broken:?}");
}

/// What stands between two machines loses all of their connections together.
#[tokio::test]
async fn one_connection_that_ended_under_a_request_takes_the_other_kept_ones_with_it() {
    let world = World::new().await;
    world.relay.next([Fate::Meet, Fate::Meet]);
    let ask = || world.after([], Repeat::Safe);
    let (one, two) = tokio::join!(ask(), ask());
    assert_eq!((one.expect("met"), two.expect("met")), (OK, OK));
    assert_eq!(world.relay.connections(), 2);
    let answer = world.after([Fate::LoseRequest], Repeat::Safe).await;
    assert_eq!(answer.expect("the second try"), OK);
    assert_eq!(
        world.relay.connections(),
        3,
        "none of the two was tried again"
    );
    assert_eq!(world.after([], Repeat::Never).await.expect("kept"), OK);
    assert_eq!(world.relay.connections(), 3);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_sent_again_unless_that_is_safe() {
    let world = World::new().await;
    let lost = world.after([Fate::LoseAnswer], Repeat::Never).await;
    assert!(matches!(lost, Err(Trouble::Unknown { .. })), "{lost:?}");
    assert_eq!(world.neighbour.times_asked(), 1);
    let refused = world.after([Fate::Later(1)], Repeat::Never).await;
    assert_eq!(refused.expect("an answer"), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.client.counts().retries, 0);
}

#[tokio::test]
async fn what_has_not_left_is_sent_again_whatever_it_is() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let nobody = format!("http://{}", listener.local_addr().expect("its address"));
    drop(listener);
    let world = World::new().await;
    let sent = world.client.fetch(&get(&nobody), Repeat::Never).await;
    assert!(matches!(sent, Err(Trouble::NotSent { .. })), "{sent:?}");
    assert_eq!(world.client.counts().retries, 1);
}

#[tokio::test]
async fn a_neighbour_that_stalls_is_asked_once_more_and_then_given_up() {
    let world = World::with(HASTY).await;
    let answer = world.after([Fate::Stall], Repeat::Safe).await;
    assert_eq!(answer.expect("the second try"), OK);
    let late = world.after([Fate::Stall, Fate::Stall], Repeat::Safe).await;
    assert!(matches!(late, Err(Trouble::Late { .. })), "{late:?}");
    let late = world.after([Fate::Stall], Repeat::Never).await;
    let text = late.expect_err("no answer").to_string();
    assert_eq!(text, "neighbour did not answer in 300ms");
    assert_eq!(world.client.counts().requests, 5);
}

#[tokio::test]
async fn the_deadline_ends_a_call_whatever_it_waits_for() {
    let deadline = Duration::from_millis(50);
    let world = World::with(Destination { deadline, ..PLAIN }).await;
    let late = world.after([Fate::Stall], Repeat::Safe).await;
    assert!(
        matches!(late, Err(Trouble::Late { after, .. }) if after == deadline),
        "{late:?}"
    );
}

#[tokio::test]
async fn who_asks_for_a_pause_gets_it() {
    let tries = 4;
    let world = World::with(Destination { tries, ..PLAIN }).await;
    let answer = world.after([Fate::Later(3), Fate::Later(2)], Repeat::Safe);
    assert_eq!(answer.await.expect("the third try"), OK);
    assert_eq!(world.pauses(), [3, 2]);
}

#[tokio::test]
async fn no_pause_leads_past_the_deadline() {
    let world = World::new().await;
    let seconds = PLAIN.deadline.as_secs();
    let answer = world.after([Fate::Later(seconds)], Repeat::Safe).await;
    assert_eq!(answer.expect("an answer"), StatusCode::SERVICE_UNAVAILABLE);
    assert!(world.pauses().is_empty());
}

#[tokio::test]
async fn an_answer_that_says_no_is_an_answer() {
    let world = World::new().await;
    for status in [301, 400, 404, 501] {
        let answer = world.after([Fate::Status(status)], Repeat::Safe).await;
        assert_eq!(answer.expect("an answer").as_u16(), status);
    }
    assert_eq!(world.client.counts().retries, 0);
}

#[tokio::test]
async fn a_destination_has_its_own_ways_to_say_later() {
    let says_later = |status: StatusCode, _: &[u8]| status == StatusCode::IM_A_TEAPOT;
    let world = World::with(Destination {
        says_later,
        ..PLAIN
    })
    .await;
    let answer = world.after([Fate::Status(418)], Repeat::Safe).await;
    assert_eq!(answer.expect("the second try"), OK);
}

#[tokio::test]
async fn a_neighbour_that_is_down_is_left_alone_until_it_is_back() {
    const NAME: &str = "down and up";
    let tries = 1;
    let world = World::with(Destination {
        name: NAME,
        tries,
        ..PLAIN
    })
    .await;
    for _ in 0..FAILURES {
        let lost = world.after([Fate::LoseRequest], Repeat::Safe).await;
        assert!(matches!(lost, Err(Trouble::Unknown { .. })), "{lost:?}");
        world.clock.advance(SPAN / (FAILURES - 1));
    }
    let asked = world.relay.requests();
    let refused = world.after([], Repeat::Safe).await;
    assert!(
        matches!(refused, Err(Trouble::NotSent { .. })),
        "{refused:?}"
    );
    assert_eq!(world.relay.requests(), asked, "nothing was sent");

    world.clock.advance(OPEN);
    assert!(
        world
            .after([Fate::LoseRequest], Repeat::Safe)
            .await
            .is_err()
    );
    assert!(world.after([], Repeat::Safe).await.is_err());
    assert_eq!(world.relay.requests(), asked + 1, "one call has looked");

    world.clock.advance(OPEN);
    assert!(world.client.counts().open);
    assert_eq!(world.after([], Repeat::Safe).await.expect("back"), OK);
    let counted = counts().into_iter().find(|counts| counts.name == NAME);
    let counted = counted.expect("a client that is held");
    assert_eq!((counted.requests, counted.failures), (7, 6));
    assert_eq!((counted.openings, counted.refused), (2, 2));
    assert!(!counted.open);
    drop(world);
    assert!(counts().iter().all(|counts| counts.name != NAME));
}

#[tokio::test]
async fn connections_are_given_up_when_this_process_has_been_still() {
    let world = World::new().await;
    let still = async |span| {
        world.clock.advance(span);
        assert_eq!(world.after([], Repeat::Safe).await.expect("an answer"), OK);
        // The connection goes back to the pool in a task of its own.
        for _ in 0..99 {
            tokio::task::yield_now().await;
        }
        world.relay.connections()
    };
    assert_eq!(still(Duration::ZERO).await, 1);
    assert_eq!(still(IDLE / 2).await, 1);
    assert_eq!(still(IDLE).await, 2);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let largest = 16;
    let world = World::with(Destination { largest, ..PLAIN }).await;
    let answer = world.after([], Repeat::Safe).await;
    assert!(matches!(answer, Err(Trouble::TooLong { .. })), "{answer:?}");
    let opened = world
        .client
        .open(&get(&world.relay.url()), Repeat::Safe)
        .await;
    let mut pieces = opened.expect("a head").into_body();
    assert!(
        pieces
            .next()
            .await
            .expect("a piece")
            .is_some_and(|piece| piece.len() > 16)
    );
    assert!(pieces.next().await.expect("the end").is_none());
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear_unless_the_deployment_says_so() {
    let world = World::with(Destination::named("strict")).await;
    let sent = world.after([], Repeat::Safe).await;
    assert!(matches!(sent, Err(Trouble::Unusable(_))), "{sent:?}");
    assert_eq!(world.relay.connections(), 0);
}

#[tokio::test]
async fn a_body_that_its_sender_gives_up_says_nothing_of_the_neighbour() {
    let world = World::new().await;
    for _ in 0..=FAILURES {
        let body = StreamBody::new(stream::once(async { Err(BrokenOff) }).boxed());
        let request = Request::builder()
            .method(Method::PUT)
            .uri(world.relay.url())
            .header("content-length", 9)
            .body(BodyExt::boxed_unsync(body));
        let poured = world.client.pour(request.expect("a request")).await;
        assert!(matches!(poured, Err(Trouble::BrokenOff)), "{poured:?}");
    }
    assert!(!world.client.counts().open);
}

/// The head of the request that a neighbour gets in `work`, which it does not answer.
async fn head_of(work: impl AsyncFnOnce(&str)) -> String {
    use tokio::io::{AsyncBufReadExt, BufReader};

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await;
    let listener = listener.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let read = async {
        let (connection, _) = listener.accept().await.expect("a connection");
        let mut lines = BufReader::new(connection).lines();
        let mut head = String::new();
        while let Some(line) = lines.next_line().await.expect("a line") {
            if line.is_empty() {
                break;
            }
            head.push_str(&line);
            head.push('\n');
        }
        head
    };
    tokio::join!(read, work(&url)).0
}

#[tokio::test]
async fn a_trace_goes_on_with_the_neighbour_and_nothing_is_said_outside_one() {
    use or3_domain::trace::Trace;

    let client = Client::new(Destination { tries: 1, ..PLAIN });
    let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let trace = Trace::of(Some(given), None, &SystemIds);
    let errand = Errand {
        correlation_id: "asked-by-ada".into(),
        cold_start: false,
        trace,
        invocation: None,
    };
    let within = head_of(async |url: &str| {
        let asked = get(url);
        let call = errand.during(client.fetch(&asked, Repeat::Never));
        assert!(call.await.is_err(), "it hangs up");
    });
    let told = format!("traceparent: {}\n", trace.traceparent());
    assert!(within.await.contains(&told));
    let outside = head_of(async |url: &str| {
        assert!(client.fetch(&get(url), Repeat::Never).await.is_err());
    });
    assert!(!outside.await.contains("traceparent"));
}
