//! Batches on a server: send, take the answer apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use or3_domain::store::StoreError;
use or3_outbound::Repeat;

use super::client::Client;
use super::hrana::{BatchResult, unreadable};
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
        let answers = plan.read(BatchResult::of_reply(&answer)?)?;
        self.checked.store(true, Ordering::Relaxed);
        Ok(answers)
    }
}
