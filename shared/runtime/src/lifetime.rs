//! From the first invocation of a process to its last.

use std::sync::Arc;

use lambda_runtime::tower::util::MapFutureLayer;
use lambda_runtime::{Error, LambdaInvocation, Runtime, Service};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Mutex;

use crate::after::After;
use crate::start::StartError;

/// Takes one invocation after the other until SIGTERM, which ends the process after the
/// invocation that is under way has been answered.
///
/// Lambda itself sends SIGTERM only where an extension is registered (a layer for telemetry, for
/// instance), and only between invocations; without one an environment ends by SIGKILL. Nothing
/// waits for either: what was acknowledged is durable.
///
/// What there is to say of an invocation is said after its answer and before the next one is asked
/// for.
pub(crate) async fn run<S>(runtime: Runtime<S>, after: After) -> Result<(), StartError>
where
    S: Service<LambdaInvocation, Response = (), Error = Error>,
{
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::surroundings)?;
    let busy = Arc::<Mutex<()>>::default();
    let until_answered = {
        let (busy, after) = (Arc::clone(&busy), Arc::new(after));
        MapFutureLayer::new(move |invocation: S::Future| {
            let (busy, after) = (Arc::clone(&busy), Arc::clone(&after));
            async move {
                let _until_answered = busy.lock().await;
                let answered = invocation.await;
                after.say().await;
                answered
            }
        })
    };
    let invocations = runtime.layer(until_answered).run();
    tokio::select! {
        ended = invocations => ended.map_err(|error| StartError::Runtime(error.to_string())),
        _idle = async {
            terminate.recv().await;
            busy.lock().await
        } => {
            tracing::info!("stopped by SIGTERM");
            Ok(())
        }
    }
}
