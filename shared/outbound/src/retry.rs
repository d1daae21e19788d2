//! When to send again: growing pauses of random length ("full jitter"), and what the neighbour
//! asks for.

use std::time::Duration;

use async_trait::async_trait;
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use or3_domain::clock::Timestamp;
use or3_domain::ids::Ids;

/// The longest pause after the first try; each further one doubles it.
const FIRST: Duration = Duration::from_millis(50);
/// The longest pause of all, unless a neighbour asks for more.
const LONGEST: Duration = Duration::from_secs(2);

/// Waiting, so that tests need not.
#[async_trait]
pub(crate) trait Pauses: Send + Sync {
    async fn pause(&self, span: Duration);
}

/// Waiting as time passes.
pub(crate) struct RealPauses;

#[async_trait]
impl Pauses for RealPauses {
    async fn pause(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}

/// A pause after `tried` tries: any length up to a bound, so that those who failed together do not
/// come back together.
pub(crate) fn backoff(tried: u32, ids: &dyn Ids) -> Duration {
    let doubled = FIRST.saturating_mul(1_u32.checked_shl(tried - 1).unwrap_or(u32::MAX));
    let bound = doubled.min(LONGEST);
    let mut random = [0; 2];
    ids.fill(&mut random);
    bound * u32::from(u16::from_be_bytes(random)) / (1 << 16)
}

/// Whether a status says that the same request may succeed later.
pub(crate) fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

/// How long an answer asks to be left alone (RFC 9110, 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Duration {
    let value = headers.get(RETRY_AFTER);
    let text = value.and_then(|value| value.to_str().ok()).map(str::trim);
    let span = text.and_then(|text| match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => http_date(text).map(|at| since(now, at)),
    });
    span.unwrap_or_default()
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that may still be sent.
fn http_date(text: &str) -> Option<Timestamp> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let words: Vec<_> = text.split(' ').collect();
    let [_, day, month, year, clock, "GMT"] = words[..] else {
        return None;
    };
    let month = MONTHS.find(month).filter(|at| at % 3 == 0)? / 3 + 1;
    Timestamp::of_iso(&format!("{year}-{month:02}-{day}T{clock}Z"))
}

fn since(now: Timestamp, at: Timestamp) -> Duration {
    let millis = at.millis().saturating_sub(now.millis());
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    struct Always(u8);

    impl Ids for Always {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn pauses_grow_to_a_bound_and_may_be_anything_below_it() {
        let longest = |tried| backoff(tried, &Always(0xff));
        let shortest = |tried| backoff(tried, &Always(0));
        for (tried, bound) in [(1, 50), (2, 100), (3, 200), (7, 2000), (99, 2000)] {
            let bound = Duration::from_millis(bound);
            assert!(longest(tried) < bound, "{tried}");
            assert!(longest(tried) > bound.mul_f64(0.99), "{tried}");
            assert_eq!(shortest(tried), Duration::ZERO, "{tried}");
        }
        assert!(backoff(1, &Always(0x80)).abs_diff(FIRST / 2) < Duration::from_millis(1));
    }

    #[test]
    fn a_neighbour_asks_for_seconds_or_until_a_moment() {
        let now = Timestamp::of_iso("1994-11-06T08:49:30Z").expect("a moment");
        let asked = |text: &'static str| {
            let pair = (RETRY_AFTER, HeaderValue::from_static(text));
            retry_after(&HeaderMap::from_iter([pair]), now).as_secs()
        };
        assert_eq!(asked("120"), 120);
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:37 GMT"), 7);
        assert_eq!(asked("Sun, 06 Nov 1994 08:00:00 GMT"), 0, "it has passed");
        for odd in ["", "soon", "-1", "1.5", "Sun, 06 anF 1994 08:49:37 GMT"] {
            assert_eq!(asked(odd), 0, "{odd}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), Duration::ZERO);
    }
}
