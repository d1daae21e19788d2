//! What calls to neighbours came to, on the page that Prometheus reads.

use or3_outbound::Counts;

use super::text::{COUNTER, GAUGE, Text};

/// Name, kind and help of a family, and its number for one client.
type Family = (&'static str, &'static str, &'static str, fn(&Counts) -> u64);

/// All clients of a neighbour together.
pub(super) fn neighbours(text: &mut Text, outbound: &[Counts]) {
    let mut names: Vec<_> = outbound.iter().map(|counts| counts.name).collect();
    names.sort_unstable();
    names.dedup();
    let families: [Family; 6] = [
        (
            "or3_outbound_requests_total",
            COUNTER,
            "Requests to neighbours.",
            |one| one.requests,
        ),
        (
            "or3_outbound_retries_total",
            COUNTER,
            "Repetitions of these.",
            |one| one.retries,
        ),
        (
            "or3_outbound_failures_total",
            COUNTER,
            "Calls that ended without an answer, or with one that says later.",
            |one| one.failures,
        ),
        (
            "or3_outbound_refused_total",
            COUNTER,
            "Calls that were not made, because the circuit was open.",
            |one| one.refused,
        ),
        (
            "or3_outbound_circuit_openings_total",
            COUNTER,
            "How often the circuit opened.",
            |one| one.openings,
        ),
        (
            "or3_outbound_circuit_open",
            GAUGE,
            "Clients of this neighbour whose circuit is open now.",
            |one| u64::from(one.open),
        ),
    ];
    for (name, kind, help, number) in families {
        text.family(name, kind, help);
        for to in &names {
            let of = outbound.iter().filter(|counts| counts.name == *to);
            text.sample(name, &[("to", to)], of.map(number).sum::<u64>());
        }
    }
}
