//! Batches on a server: send, repeat once where that is safe, take the answer apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use or3_domain::store::StoreError;

use super::client::{Client, Trouble};
use super::failure;
use super::hrana::{BatchResult, PipelineAnswer};
use super::plan::Plan;
use crate::database::{Executor, Mode};
use crate::migrate::Schema;
use crate::statement::{Answer, Statement};

/// How long a batch may take in all, a repetition included. A server ends transactions after
/// five seconds, so what lasts longer has gone astray.
const WHOLE: Duration = Duration::from_secs(15);

/// Runs batches on a libSQL server.
pub(crate) struct RemoteExecutor {
    client: Arc<Client>,
    /// The schema that this build works with; `None` takes any: for migrating.
    schema: Option<&'static Schema>,
    /// Whether a batch has found it there; as with an open file, it is not looked at again.
    checked: AtomicBool,
    /// How long a batch may take.
    patience: Duration,
}

impl RemoteExecutor {
    /// Batches through `client`; the first one checks `schema` on the way, inside its own
    /// transaction.
    pub(crate) fn new(client: Arc<Client>, schema: Option<&'static Schema>) -> Self {
        Self {
            client,
            schema,
            checked: AtomicBool::new(false),
            patience: WHOLE,
        }
    }

    /// The same with less patience, for tests that use it up.
    #[cfg(test)]
    pub(super) fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn guard(&self) -> Option<Statement> {
        let unchecked = !self.checked.load(Ordering::Relaxed);
        self.schema.filter(|_| unchecked).map(Schema::guard)
    }

    /// Sends `body`, and once more if it failed and repeating cannot do it twice: a read may
    /// always be repeated, a write only when nothing was sent.
    async fn send(&self, mode: Mode, body: Bytes) -> Result<Bytes, StoreError> {
        match self.client.post(body.clone()).await {
            Ok(answer) => return Ok(answer),
            Err(Trouble::NotSent(StoreError::Unavailable(text))) => {
                tracing::warn!(error = text, "the database server was not reached");
            }
            Err(Trouble::Unknown(StoreError::Unavailable(text))) if mode == Mode::Read => {
                tracing::warn!(error = text, "a read is repeated");
            }
            Err(trouble) => return Err(trouble.into_error()),
        }
        self.client.post(body).await.map_err(Trouble::into_error)
    }
}

#[async_trait]
impl Executor for RemoteExecutor {
    fn is_local(&self) -> bool {
        false
    }

    async fn run(&self, mode: Mode, batch: Vec<Statement>) -> Result<Vec<Answer>, StoreError> {
        let guard = self.guard();
        let (plan, pipeline) = Plan::of(mode, guard.as_ref(), &batch);
        let body = serde_json::to_vec(&pipeline).map_err(|error| unreadable(&error))?;
        let sent = tokio::time::timeout(self.patience, self.send(mode, body.into())).await;
        let answer = sent.map_err(|_| late(self.patience))??;
        let answers = plan.read(batch_result(&answer)?)?;
        self.checked.store(true, Ordering::Relaxed);
        Ok(answers)
    }
}

/// The result of the batch, which is the first request of its pipeline.
fn batch_result(answer: &[u8]) -> Result<BatchResult, StoreError> {
    let answer: PipelineAnswer =
        serde_json::from_slice(answer).map_err(|error| unreadable(&error))?;
    let first = answer.results.into_iter().next();
    let first = first.ok_or_else(|| StoreError::Fault("an empty answer".to_owned()))?;
    if let Some(error) = first.error {
        return Err(failure::of_server(&error));
    }
    let result = first.response.and_then(|response| response.result);
    result.ok_or_else(|| StoreError::Fault("an answer without a result".to_owned()))
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Fault(format!("Hrana message: {error}"))
}

fn late(patience: Duration) -> StoreError {
    StoreError::Unavailable(format!(
        "the database server did not answer in {patience:?}"
    ))
}
