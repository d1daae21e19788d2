//! A router behind the Lambda runtime API: answers in one piece, or as streams.

use axum::Router;
use axum::extract::Request;
use lambda_http::request::RequestContext;
use or3_http::{HttpPolicy, Peer, standard};
use or3_settings::Environment;

use crate::start::StartError;

/// Serves `router` under the standard layers, one invocation after the other, until the
/// environment is taken away.
pub async fn serve(
    environment: &Environment,
    router: Router,
    policy: HttpPolicy,
) -> Result<(), StartError> {
    require_runtime_api(environment)?;
    lambda_http::run(layered(router, policy))
        .await
        .map_err(|error| StartError::Runtime(error.to_string()))
}

/// [`serve`], for a function whose answers leave piece by piece while they are made: it must be
/// called through a function URL with the invoke mode `RESPONSE_STREAM`.
pub async fn serve_streaming(
    environment: &Environment,
    router: Router,
    policy: HttpPolicy,
) -> Result<(), StartError> {
    require_runtime_api(environment)?;
    lambda_http::run_with_streaming_response(layered(router, policy))
        .await
        .map_err(|error| StartError::Runtime(error.to_string()))
}

pub(crate) fn layered(router: Router, policy: HttpPolicy) -> Router {
    standard(router, policy).layer(axum::middleware::map_request(name_peer))
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

/// The address that the gateway saw, where [`Peer`] is looked for.
async fn name_peer(mut request: Request) -> Request {
    let address = match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.clone(),
        _ => None,
    };
    if let Some(ip) = address.and_then(|text| text.parse().ok()) {
        request.extensions_mut().insert(Peer(ip));
    }
    request
}
