//! A job for each event: schedules and deploy steps.

use std::future::Future;

use lambda_runtime::{LambdaEvent, service_fn};
use or3_settings::Environment;
use serde_json::Value;

use crate::serve::require_runtime_api;
use crate::start::StartError;

/// Runs `job` for each event and reports what it returns; an error fails the invocation, so that
/// whoever sent the event sees it.
pub async fn on_event<F, Fut, E>(environment: &Environment, job: F) -> Result<(), StartError>
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    require_runtime_api(environment)?;
    let handler = service_fn(|event: LambdaEvent<Value>| {
        let outcome = job(event.payload);
        async {
            outcome
                .await
                .map_err(|error| lambda_runtime::Error::from(error.to_string()))
        }
    });
    lambda_runtime::run(handler)
        .await
        .map_err(|error| StartError::Runtime(error.to_string()))
}
