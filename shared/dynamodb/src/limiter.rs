//! [`RateLimiter`] on items: one a subject and policy, which holds the requests of its window.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use or3_aws::payload_hash;
use or3_domain::clock::Timestamp;
use or3_domain::ids::Ids;
use or3_domain::limits::{Admission, Policy, RateLimiter};
use or3_domain::store::StoreError;
use serde_json::{Value, json};

use crate::answer::Outcome;
use crate::hits::{Hit, counting, list, of_item, room, wait};
use crate::key::key;
use crate::table::Table;

/// How long an item stays after its window, in case that a clock is wrong.
const LEEWAY: Duration = Duration::from_hours(1);
/// How often a change is tried whose item others change at the same time.
const TRIES: usize = 16;
/// Subjects that are longer are named by their hash: a key has at most 2048 bytes.
const LONGEST: usize = 512;

/// Counts requests in a table.
pub(crate) struct DynamoDbRateLimiter {
    pub(crate) table: Table,
    pub(crate) ids: Arc<dyn Ids>,
}

#[async_trait]
impl RateLimiter for DynamoDbRateLimiter {
    /// One round trip, unless the item is full of requests that are over: then a second one
    /// forgets them, and counts. Sent again after a lost answer, a request is found counted.
    async fn admit(
        &self,
        subject: &str,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Admission, StoreError> {
        let (key, me) = (item_key(subject, policy), Hit::new(now, &*self.ids));
        let mut outcome = self.append(&key, me, policy, now).await?;
        for _ in 0..TRIES {
            let found = match outcome {
                Outcome::Done(answer) => of_item(&answer["Attributes"]),
                Outcome::Unmet(item) => {
                    let found = of_item(&item);
                    let Some(place) = found.iter().position(|hit| *hit == me) else {
                        let mut young = counting(&found, policy, now);
                        if room(&young, policy) == 0 {
                            let retry_after = wait(young, policy, now);
                            return Ok(Admission::Refused { retry_after });
                        }
                        young.push(me);
                        outcome = self.replace(&key, &found, &young, policy, now).await?;
                        continue;
                    };
                    found[..place].to_vec()
                }
            };
            let remaining_before = room(&counting(&found, policy, now), policy);
            return Ok(Admission::Admitted { remaining_before });
        }
        Err(crowded())
    }

    /// Two round trips: the first, which takes the item for empty, brings it back. Which request is
    /// taken back is chosen once, so that a repetition takes no second one.
    async fn refund(
        &self,
        subject: &str,
        policy: &Policy,
        counted_at: Timestamp,
    ) -> Result<(), StoreError> {
        let key = item_key(subject, policy);
        let (mut found, mut chosen) = (Vec::new(), None);
        for _ in 0..TRIES {
            let others = found.iter().copied().filter(|hit| Some(*hit) != chosen);
            let others: Vec<_> = others.collect();
            match self
                .replace(&key, &found, &others, policy, counted_at)
                .await?
            {
                Outcome::Done(_) => return Ok(()),
                Outcome::Unmet(item) => found = of_item(&item),
            }
            let newest = || found.iter().rfind(|hit| hit.at() == counted_at).copied();
            chosen = chosen.or_else(newest);
            if chosen.is_none_or(|hit| !found.contains(&hit)) {
                return Ok(());
            }
        }
        Err(crowded())
    }

    /// One round trip. The item stays, without requests, until its time is over.
    async fn clear(&self, subject: &str, policy: &Policy) -> Result<(), StoreError> {
        let clear = json!({
            "Key": item_key(subject, policy),
            "UpdateExpression": "REMOVE hits",
            // Without it an item would be made that nothing ever removes.
            "ConditionExpression": "attribute_exists(hits)",
        });
        self.table.ask("UpdateItem", clear).await.map(drop)
    }
}

impl DynamoDbRateLimiter {
    /// Counts `me` if the item, whatever in it is over, has room; gives the item before.
    async fn append(
        &self,
        key: &Value,
        me: Hit,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let append = json!({
            "Key": key,
            "UpdateExpression":
                "SET hits = list_append(if_not_exists(hits, :none), :mine), expires_at = :over",
            "ConditionExpression":
                "attribute_not_exists(hits) OR (size(hits) < :most AND NOT contains(hits, :me))",
            "ExpressionAttributeValues": {
                ":none": { "L": [] },
                ":mine": list(&[me]),
                ":me": me.value(),
                ":most": { "N": policy.max_requests.to_string() },
                ":over": over(policy, now),
            },
            "ReturnValues": "ALL_OLD",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });
        self.table.ask("UpdateItem", append).await
    }

    /// Puts `hits` in the place of exactly `found`.
    async fn replace(
        &self,
        key: &Value,
        found: &[Hit],
        hits: &[Hit],
        policy: &Policy,
        now: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let replace = json!({
            "Key": key,
            "UpdateExpression": "SET hits = :hits, expires_at = :over",
            "ConditionExpression": "hits = :found",
            "ExpressionAttributeValues": {
                ":hits": list(hits),
                ":found": list(found),
                ":over": over(policy, now),
            },
            "ReturnValues": "ALL_OLD",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });
        self.table.ask("UpdateItem", replace).await
    }
}

fn item_key(subject: &str, policy: &Policy) -> Value {
    let name = policy.name;
    if subject.len() > LONGEST {
        let hash = payload_hash(subject.as_bytes());
        return key(&format!("rate#{name}#sha256:{hash}"), "-");
    }
    key(&format!("rate#{name}#{subject}"), "-")
}

/// When DynamoDB may forget an item, in whole seconds.
fn over(policy: &Policy, now: Timestamp) -> Value {
    let over = now.plus(policy.window).plus(LEEWAY);
    json!({ "N": over.seconds().to_string() })
}

fn crowded() -> StoreError {
    StoreError::Unavailable("too many changes of one item of the table of limits".to_owned())
}
