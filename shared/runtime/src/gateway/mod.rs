//! Requests that come as events: of an HTTP API or a function URL (payload format 2.0), of a REST
//! API (1.0), and of an Application Load Balancer with or without multi-value headers.
//!
//! An event is poured into the same request that the local listener would have read from its
//! socket, and the answer back into the form that the sender of the event reads. What is no
//! request is an error, which fails its invocation and nothing else: it is never guessed at.

mod answer;
mod event;
mod request;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::response::Response;
use lambda_runtime::tower::ServiceExt;
use lambda_runtime::{Context, Error};
use serde_json::value::RawValue;

pub(crate) use answer::{Answer, streamed};
pub(crate) use event::Event;
use request::Form;

/// Why an event is no request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotARequest {
    /// It has another shape.
    #[error(
        "the event is no request of an HTTP API, a REST API, a function URL or a load balancer: {0}"
    )]
    Shape(#[from] serde_json::Error),
    /// It lacks what every request has, or something in it cannot be part of a request.
    #[error("the event is no request: {0}")]
    Part(&'static str),
}

/// The event as far as a request is made of it.
///
/// # Errors
///
/// [`NotARequest::Shape`].
pub(crate) fn parsed(event: &RawValue) -> Result<Event, NotARequest> {
    Ok(serde_json::from_str(event.get())?)
}

/// Asks `router` what `event` asks, and says the answer in the form that its sender reads.
///
/// # Errors
///
/// [`NotARequest`]; and an answer whose body breaks off.
pub(crate) async fn answer(
    router: Router,
    event: Event,
    context: Context,
) -> Result<Answer, Error> {
    let (form, response) = ask(router, event, context).await?;
    Answer::of(form, response).await
}

/// The router's own answer, and the form in which it is expected.
pub(crate) async fn ask(
    router: Router,
    event: Event,
    context: Context,
) -> Result<(Form, Response), NotARequest> {
    let (form, request) = event.into_request(context)?;
    let Ok(response) = router.oneshot(request).await;
    Ok((form, response))
}
