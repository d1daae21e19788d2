//! Whether the time of a refusal tells if an account exists.

use std::time::{Duration, Instant};

use crate::account::{EMAIL, sign_in};
use crate::command::Outcome;
use crate::figure::{millis, number};
use crate::latency::Latencies;
use crate::load::Client;
use crate::table::{Goal, Table};
use crate::wire::Request;

const TRIES: usize = 200;

/// Compares the medians of an unknown user and of a wrong password, tried in turn so that both
/// see the same machine.
pub(super) fn measure(client: &mut Client) -> Outcome {
    let unknown = sign_in("nobody@example.test", "some password or other");
    let wrong = sign_in(EMAIL, "some password or other");
    let mut unknown_took = Vec::with_capacity(TRIES);
    let mut wrong_took = Vec::with_capacity(TRIES);
    for _ in 0..TRIES {
        unknown_took.push(refused(client, &unknown)?);
        wrong_took.push(refused(client, &wrong)?);
    }
    let unknown = Latencies::of(unknown_took).percentile(50);
    let wrong = Latencies::of(wrong_took).percentile(50);
    let apart = (unknown.as_secs_f64() / wrong.as_secs_f64() - 1.0).abs() * 100.0;

    let mut table = Table::new(&["what", "n", "median ms", "apart %", "goal"]);
    table.row(vec![
        "unknown user".to_owned(),
        TRIES.to_string(),
        millis(unknown),
    ]);
    table.row(vec![
        "wrong password".to_owned(),
        TRIES.to_string(),
        millis(wrong),
        number(apart),
        Goal::AtMost(5.0).beside(apart),
    ]);
    table.print("Refused sign-ins, one connection");
    Ok(())
}

fn refused(client: &mut Client, request: &Request) -> Outcome<Duration> {
    let started = Instant::now();
    let answer = client.send(request)?;
    let took = started.elapsed();
    answer.expect(401)?;
    Ok(took)
}
