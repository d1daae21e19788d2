//! The counted requests of one subject, as one item holds them: a list of numbers.

use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::ids::Ids;
use or3_domain::limits::Policy;
use serde_json::{Value, json};

/// Digits that tell apart the requests of one millisecond.
const DIGITS: i64 = 1_000_000;

/// One counted request: its moment in milliseconds, and six random digits, by which a request that
/// is sent again is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hit(i64);

impl Hit {
    pub(crate) fn new(at: Timestamp, ids: &dyn Ids) -> Self {
        let mut random = [0; 4];
        ids.fill(&mut random);
        let digits = i64::from(u32::from_be_bytes(random)) % DIGITS;
        Self(at.millis().saturating_mul(DIGITS).saturating_add(digits))
    }

    pub(crate) fn at(self) -> Timestamp {
        Timestamp::from_millis(self.0.div_euclid(DIGITS))
    }

    pub(crate) fn value(self) -> Value {
        json!({ "N": self.0.to_string() })
    }
}

/// The hits of an item, in the order in which they were counted; of no item, none.
pub(crate) fn of_item(item: &Value) -> Vec<Hit> {
    let list = item["hits"]["L"].as_array();
    let numbers = list.into_iter().flatten();
    let hits = numbers.filter_map(|hit| hit["N"].as_str()?.parse().ok());
    hits.map(Hit).collect()
}

pub(crate) fn list(hits: &[Hit]) -> Value {
    let values: Vec<_> = hits.iter().map(|hit| hit.value()).collect();
    json!({ "L": values })
}

/// Those that still count at `now`.
pub(crate) fn counting(hits: &[Hit], policy: &Policy, now: Timestamp) -> Vec<Hit> {
    let start = now.minus(policy.window);
    let young = hits.iter().filter(|hit| hit.at() > start);
    young.copied().collect()
}

/// How many more than `counting` fit.
pub(crate) fn room(counting: &[Hit], policy: &Policy) -> u32 {
    let counted = u32::try_from(counting.len()).unwrap_or(u32::MAX);
    policy.max_requests.saturating_sub(counted)
}

/// When enough of `counting` have left for one more: with more than the limit (it was lowered),
/// that is not when the oldest leaves.
pub(crate) fn wait(mut counting: Vec<Hit>, policy: &Policy, now: Timestamp) -> Duration {
    counting.sort_unstable();
    let most = policy.max_requests as usize;
    let leaving = counting.get(counting.len().saturating_sub(most));
    let leaves = leaving.map_or(now, |hit| hit.at()).plus(policy.window);
    let millis = leaves.millis().saturating_sub(now.millis()).max(1);
    Duration::from_millis(millis.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use or3_testkit::SequentialIds;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

    #[test]
    fn a_hit_keeps_its_moment_and_differs_from_others_of_it() {
        let ids = SequentialIds::default();
        let (one, two) = (Hit::new(NOW, &ids), Hit::new(NOW, &ids));
        assert_ne!(one, two);
        assert_eq!((one.at(), two.at()), (NOW, NOW));
        assert_eq!(of_item(&json!({ "hits": list(&[one, two]) })), [one, two]);
        assert_eq!(of_item(&Value::Null), []);
    }
}
