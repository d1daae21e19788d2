//! Batches on a server: send, take the answer apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use or3_domain::store::StoreError;
use or3_outbound::Repeat;

use super::client::Client;
use super::failure;
use super::hrana::{BatchResult, PipelineAnswer};
use super::plan::Plan;
use crate::database::{Executor, Mode};
use crate::migrate::Schema;
use crate::statement::{Answer, Statement};

/// Runs batches on a libSQL server.
pub(crate) struct RemoteExecutor {
    client: Arc<Client>,
    /// The schema that this build works with; `None` takes any: for migrating.
    schema: Option<&'static Schema>,
    /// Whether a batch has found it there; as with an open file, it is not looked at again.
    checked: AtomicBool,
}

impl RemoteExecutor {
    /// Batches through `client`; the first one checks `schema` on the way, inside its own
    /// transaction.
    pub(crate) fn new(client: Arc<Client>, schema: Option<&'static Schema>) -> Self {
        Self {
            client,
            schema,
            checked: AtomicBool::new(false),
        }
    }

    fn guard(&self) -> Option<Statement> {
        let unchecked = !self.checked.load(Ordering::Relaxed);
        self.schema.filter(|_| unchecked).map(Schema::guard)
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
        // A write whose answer is lost may have been done.
        let repeat = match mode {
            Mode::Read | Mode::KeyedWrite => Repeat::Safe,
            Mode::Write => Repeat::Never,
        };
        let answer = self.client.post(body.into(), repeat).await?;
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
