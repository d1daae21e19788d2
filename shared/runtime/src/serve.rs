//! A router behind the Lambda runtime API: answers in one piece, or as streams.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{from_fn, map_request_with_state};
use lambda_runtime::{Context, Error, LambdaEvent, Runtime, service_fn};
use or3_domain::errand::InvocationIds;
use or3_http::{ColdStart, HttpPolicy, standard};
use or3_settings::Environment;
use serde_json::value::RawValue;

use crate::after::After;
use crate::deadline::answer_in_time;
use crate::gateway::{Answer, answer, ask, parsed, streamed};
use crate::lifetime::run;
use crate::start::StartError;

/// Serves `router` under the standard layers, one invocation after the other, until the
/// environment is taken away. A request that would outlast its invocation is answered with 503
/// and `Retry-After` half a second earlier; what it had not committed is rolled back. An event that
/// is no request fails its invocation, and the process goes on.
pub async fn serve(
    environment: &Environment,
    router: Router,
    policy: HttpPolicy,
) -> Result<(), StartError> {
    require_runtime_api(environment)?;
    let after = After::of(environment)?;
    let router = &layered(router, policy, &ColdStart::default());
    let handler = service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        let (event, context) = event.into_parts();
        let answered: Result<Answer, Error> =
            answer(router.clone(), parsed(&event)?, context).await;
        answered
    });
    run(Runtime::new(handler), after).await
}

/// [`serve`], for a function whose answers leave piece by piece while they are made: it must be
/// called through a function URL with the invoke mode `RESPONSE_STREAM`.
pub async fn serve_streaming(
    environment: &Environment,
    router: Router,
    policy: HttpPolicy,
) -> Result<(), StartError> {
    require_runtime_api(environment)?;
    let after = After::of(environment)?;
    let router = &layered(router, policy, &ColdStart::default());
    let handler = service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        let (event, context) = event.into_parts();
        let (_form, response) = ask(router.clone(), parsed(&event)?, context).await?;
        Ok::<_, Error>(streamed(response))
    });
    run(Runtime::new(handler), after).await
}

pub(crate) fn layered(router: Router, policy: HttpPolicy, cold_start: &ColdStart) -> Router {
    let router = router.layer(from_fn(answer_in_time));
    standard(router, policy).layer(map_request_with_state(cold_start.clone(), introduce))
}

/// A function binary answers the Lambda runtime API and nothing else.
pub(crate) fn require_runtime_api(environment: &Environment) -> Result<(), StartError> {
    if environment.get("AWS_LAMBDA_RUNTIME_API").is_some() {
        return Ok(());
    }
    Err(StartError::Surroundings(
        "AWS_LAMBDA_RUNTIME_API is not set: this is a Lambda function; start it with \
         `cargo lambda watch`, or run the whole stack with `cargo run --release`"
            .to_owned(),
    ))
}

/// How the log calls an invocation.
pub(crate) fn ids_of(context: &Context) -> InvocationIds {
    InvocationIds {
        request_id: context.request_id.as_str().into(),
        xray_trace_id: context.xray_trace_id.as_deref().map(Into::into),
    }
}

/// Puts the invocation's ids where the log looks for them; notes the first request.
async fn introduce(State(cold_start): State<ColdStart>, mut request: Request) -> Request {
    cold_start.note(request.extensions_mut());
    if let Some(ids) = request.extensions().get::<Context>().map(ids_of) {
        request.extensions_mut().insert(ids);
    }
    request
}
