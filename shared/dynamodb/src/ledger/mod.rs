//! [`GcLedger`] on items: all leases in one, whose changes are conditional on its revision, and one
//! a run.

mod book;
mod record;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::try_join_all;
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Begun, GcLedger, Kind, Run};
use or3_domain::ids::Ids;
use or3_domain::store::StoreError;
use serde_json::{Value, json};

use crate::answer::Outcome;
use crate::key::key;
use crate::table::Table;
use book::Book;

/// How often a change of the leases is tried that others change at the same time.
const TRIES: usize = 32;

/// Keeps leases and records in a table.
///
/// A method is not one transaction here. What it does comes in an order in which a process that
/// dies in between leaves no more behind than a lease that ends by itself and a run that the next
/// one writes down as dead.
pub(crate) struct DynamoDbGcLedger {
    pub(crate) table: Table,
    pub(crate) ids: Arc<dyn Ids>,
    /// How long a record stays after its beginning.
    pub(crate) kept: Duration,
}

#[async_trait]
impl GcLedger for DynamoDbGcLedger {
    /// Three round trips, and one more after a death.
    async fn begin(
        &self,
        run: &Run,
        kinds: &[Kind],
        lease_until: Timestamp,
        died_before: Timestamp,
    ) -> Result<Vec<Begun>, StoreError> {
        let (dead, begun) = self
            .change(|book| {
                let dead = book.bury(&run.id, died_before);
                (dead, book.begin(run, kinds, lease_until))
            })
            .await?;
        try_join_all(dead.iter().map(|place| self.bury(place))).await?;
        self.open(run).await?;
        Ok(begun)
    }

    /// Three round trips.
    async fn keep(
        &self,
        run: &Run,
        positions: &[(Kind, Option<String>)],
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Vec<Kind>, StoreError> {
        let held = self
            .change(|book| {
                book.touch(&run.id, now);
                book.keep(&run.id, positions, lease_until)
            })
            .await?;
        let parts = json!({ ":parts": record::parts(run)? });
        self.amend(run, "SET parts = :parts", parts).await?;
        Ok(held)
    }

    /// Three round trips: the record first, since leases end by themselves.
    async fn finish(
        &self,
        run: &Run,
        positions: &[(Kind, Option<String>)],
    ) -> Result<(), StoreError> {
        let close = "SET parts = :parts, finished_at = :finished, ended = :ended";
        let values = json!({
            ":parts": record::parts(run)?,
            ":finished": record::moment(run.finished_at.unwrap_or(run.started_at)),
            ":ended": { "S": run.ended.as_str() },
        });
        self.amend(run, close, values).await?;
        self.change(|book| book.finish(&run.id, positions)).await
    }

    /// One round trip for about a megabyte of records.
    async fn list(
        &self,
        before: Option<(Timestamp, &str)>,
        limit: u32,
    ) -> Result<Vec<Run>, StoreError> {
        let (moment, id) = before.unwrap_or((Timestamp::from_millis(i64::MAX), ""));
        let mut query = json!({
            "KeyConditionExpression": "pk = :runs AND sk < :before",
            "ExpressionAttributeValues": {
                ":runs": { "S": record::RUNS },
                ":before": { "S": record::place(moment, id) },
            },
            "ScanIndexForward": false,
            "ConsistentRead": true,
        });
        let mut runs = Vec::new();
        loop {
            query["Limit"] = json!(limit as usize - runs.len());
            let mut page = self.table.ask("Query", query.clone()).await?.done()?;
            for item in page["Items"].as_array().into_iter().flatten() {
                runs.push(record::read(item)?);
            }
            let more = page["LastEvaluatedKey"].take();
            if more.is_null() || runs.len() >= limit as usize {
                return Ok(runs);
            }
            query["ExclusiveStartKey"] = more;
        }
    }

    /// The database is elsewhere: this ledger cannot tell who writes to it.
    fn writes(&self) -> u64 {
        0
    }
}

impl DynamoDbGcLedger {
    /// Changes the leases; `change` is called again when somebody else was faster.
    async fn change<T>(&self, change: impl Fn(&mut Book) -> T) -> Result<T, StoreError> {
        let key = key("gc", "leases");
        let me = self.ids.uuid();
        let mut found = self.table.item(&key).await?;
        // What came of the last try, which may have been kept although its answer was lost.
        let mut last = None;
        for _ in 0..TRIES {
            if let Some(output) = last.take_if(|_| found["writer"]["S"] == json!(me)) {
                return Ok(output);
            }
            let mut book = Book::of_item(&found)?;
            let output = change(&mut book);
            match self.put(&key, &found, &book, &me).await? {
                Outcome::Done(_) => return Ok(output),
                Outcome::Unmet(item) => (found, last) = (item, Some(output)),
            }
        }
        Err(StoreError::Unavailable(
            "too many collections at once".to_owned(),
        ))
    }

    async fn put(
        &self,
        key: &Value,
        found: &Value,
        book: &Book,
        me: &str,
    ) -> Result<Outcome, StoreError> {
        let seen = found["revision"]["N"].as_str().unwrap_or("0");
        let next = seen.parse::<u64>().unwrap_or_default() + 1;
        let put = json!({
            "Key": key,
            "UpdateExpression": "SET book = :book, revision = :next, writer = :me",
            "ConditionExpression": "attribute_not_exists(revision) OR revision = :seen",
            "ExpressionAttributeValues": {
                ":book": { "S": book.to_text()? },
                ":next": { "N": next.to_string() },
                ":seen": { "N": seen },
                ":me": { "S": me },
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        });
        self.table.ask("UpdateItem", put).await
    }

    async fn open(&self, run: &Run) -> Result<(), StoreError> {
        let (update, values) = record::opened(run, self.kept)?;
        let open = json!({
            "Key": record::key_of(run),
            "UpdateExpression": update,
            "ExpressionAttributeValues": values,
        });
        self.table.ask("UpdateItem", open).await?.done().map(drop)
    }

    /// Changes the record of a run, unless there is none any more: half a record would be none.
    async fn amend(&self, run: &Run, update: &str, values: Value) -> Result<(), StoreError> {
        let amend = json!({
            "Key": record::key_of(run),
            "UpdateExpression": update,
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeValues": values,
        });
        self.table.ask("UpdateItem", amend).await.map(drop)
    }

    /// Writes a run down as dead that was not heard of, unless it has ended after all.
    async fn bury(&self, place: &str) -> Result<(), StoreError> {
        let bury = json!({
            "Key": key(record::RUNS, place),
            "UpdateExpression": "SET ended = :died",
            "ConditionExpression": "ended = :running",
            "ExpressionAttributeValues": {
                ":died": { "S": "died" },
                ":running": { "S": "running" },
            },
        });
        self.table.ask("UpdateItem", bury).await.map(drop)
    }
}
