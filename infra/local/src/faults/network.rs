//! The way to the database server.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use or3_relay::{Fate, Relay};
use or3_settings::{Environment, Faults};

use super::chance::Chance;

const URL: &str = "OR3_DATABASE_URL";
/// Among the places that draw.
const PLACE: u64 = 2;

/// A relay before the database server, which is good until it begins to be bad.
pub(super) struct Network {
    relay: Relay,
    begun: Arc<AtomicBool>,
}

impl Network {
    /// Stands before the server that `environment` names, and lets it name this instead.
    pub(super) async fn before(environment: &mut Environment, faults: &Faults) -> io::Result<Self> {
        let url = environment.get(URL).unwrap_or_default().to_owned();
        let begun = Arc::<AtomicBool>::default();
        let (latency, loss) = (faults.database_latency, faults.database_loss);
        let chance = Chance::of(faults.seed, PLACE);
        let bad = Arc::clone(&begun);
        let weather = move || {
            if bad.load(Ordering::Relaxed) {
                (latency, fate(chance.draw(), loss))
            } else {
                (Duration::ZERO, Fate::Pass)
            }
        };
        let relay = Relay::in_weather(&url, Box::new(weather)).await?;
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        environment.set(URL, format!("{}/{path}", relay.url()));
        Ok(Self { relay, begun })
    }

    pub(super) fn begin(&self) {
        self.begun.store(true, Ordering::Relaxed);
    }

    /// Forgets every connection, as what lies between does while a process is frozen.
    pub(super) async fn forget(&self) {
        self.relay.hang_up().await;
    }
}

/// Of what is lost, half has been carried out.
fn fate(draw: f64, loss: f64) -> Fate {
    if draw < loss / 2.0 {
        Fate::LoseRequest
    } else if draw < loss {
        Fate::LoseAnswer
    } else {
        Fate::Pass
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_what_is_lost_was_carried_out() {
        assert_eq!(fate(0.0, 0.2), Fate::LoseRequest);
        assert_eq!(fate(0.1, 0.2), Fate::LoseAnswer);
        assert_eq!(fate(0.2, 0.2), Fate::Pass);
        assert_eq!(fate(0.0, 0.0), Fate::Pass);
    }
}
