//! The outermost layer: one request in, one answer out, one log line.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::{HeaderName, HeaderValue, SET_COOKIE};
use http::{HeaderMap, Method, StatusCode};
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::errand::{Errand, InvocationIds};
use or3_domain::ids::{Ids, SystemIds};
use or3_domain::meter;
use or3_domain::metrics::{self, Answered, Asked, metrics};
use or3_domain::steps::{self, Fact, Step};
use or3_domain::trace::Trace;
use serde_json::json;
use tower::util::MapRequest;

use super::patience::within;
use super::readable::readable;
use super::versions::{asked, unversioned};
use super::{bounds, cors, https, protect, render};
use crate::cold_start;
use crate::context::{Context, text};
use crate::error::ApiError;
use crate::policy::HttpPolicy;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: &str = "traceparent";

/// Puts the standard layers around `router`: the addresses of version 1, bounds of what a request
/// may be and of how long it may take, request id, HTTPS, CORS, the contract's errors for unknown
/// paths and wrong methods and for everything that handlers return, headers and cookies that
/// handlers left for the answer, what browsers must not do with any answer, one log line.
pub fn standard(router: Router, policy: HttpPolicy) -> Router {
    let inner = router
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::new(policy), boundary));
    // A layer of the router itself would come after the route is chosen.
    let read = |request| readable(unversioned(request));
    Router::new().fallback_service(MapRequest::new(inner, read))
}

async fn unknown_route(request: Request) -> ApiError {
    let path = asked(&request).path();
    ApiError::new(StatusCode::NOT_FOUND, format!("Page not found: {path}"))
        .with_data(json!({ "path": path }))
}

async fn wrong_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

async fn boundary(State(policy): State<Arc<HttpPolicy>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let asked = metrics().asked();
    let errand = errand(&request);
    if errand.cold_start {
        metrics().cold_starts.one();
    }
    let begun = Begun {
        started,
        asked,
        id: Arc::clone(&errand.correlation_id),
        trace: errand.trace,
    };
    errand.during(answered(begun, policy, request, next)).await
}

/// What is known of a request from its first moment on.
struct Begun {
    started: Instant,
    asked: Asked<'static>,
    id: Arc<str>,
    trace: Trace,
}

/// What the request is known by while it is answered.
fn errand(request: &Request) -> Errand {
    let (headers, extensions) = (request.headers(), request.extensions());
    let invocation = extensions.get::<InvocationIds>().cloned();
    let xray = invocation
        .as_ref()
        .and_then(|ids| ids.xray_trace_id.as_deref());
    // Several parents are none (W3C Trace Context, 3.2.1): nobody knows who has asked.
    let mut parents = headers.get_all(TRACEPARENT).iter();
    let parent = parents.next().filter(|_| parents.next().is_none());
    let parent = parent.and_then(|parent| parent.to_str().ok());
    Errand {
        correlation_id: request_id(headers),
        cold_start: cold_start::is_first(extensions),
        trace: steps::decided(Trace::of(parent, xray, &SystemIds)),
        invocation,
    }
}

async fn answered(
    begun: Begun,
    policy: Arc<HttpPolicy>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = request.method().clone();
    let url = render::url(request.headers(), asked(&request));
    let route = request.extensions().get::<MatchedPath>().cloned();
    let (headers, uri) = (request.headers(), request.uri());
    let context = Context::of(begun.id, headers, uri, request.extensions(), &policy);
    request.extensions_mut().insert(context.clone());

    let verdict = cors::Verdict::of(&request, &policy);
    let early = early(&request, &context, &policy, &verdict);
    let (mut response, round_trips) = if let Some(response) = early {
        (response, 0)
    } else {
        let patience = policy.request_timeout;
        meter::measured(within(patience, request, |request| guarded(next, request))).await
    };

    for (name, value) in context.take_answer_headers() {
        if name == SET_COOKIE {
            response.headers_mut().append(name, value);
        } else {
            response.headers_mut().insert(name, value);
        }
    }
    let error = response.extensions_mut().remove::<ApiError>();
    if let Some(error) = &error {
        render::fill(&mut response, error, &url);
    }
    verdict.apply(&mut response);
    protect::apply(&mut response, &context, &policy);
    if let Ok(id) = HeaderValue::from_str(context.request_id()) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let line = Line {
        context,
        method,
        route,
        round_trips,
        duration: begun.started.elapsed(),
        error,
    };
    line.write(response.status());
    begun.asked.answered(&line.counted(response.status()));
    if let Some(recorder) = steps::recorder_of(&begun.trace) {
        recorder.record(line.step(begun.trace, response.status()));
    }
    response
}

/// The answer of what no handler needs to see.
fn early(
    request: &Request,
    context: &Context,
    policy: &HttpPolicy,
    verdict: &cors::Verdict,
) -> Option<Response> {
    if let Some(exceeded) = bounds::exceeded(request) {
        return Some(exceeded.into_response());
    }
    if let Some(links) = &policy.invite_links {
        links.keep(request, context);
    }
    // CORS comes before HTTPS (auth contract, 12): no browser follows a redirect of a preflight.
    let preflight = verdict.preflight(request, policy);
    preflight.or_else(|| https::redirect(request, context, policy))
}

/// Runs the handler; a panic is a fault of ours and still an answer.
async fn guarded(next: Next, request: Request) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => ApiError::internal(std::io::Error::other("a handler panicked")).into_response(),
    }
}

/// The client's own id when it is sane, else a new one.
fn request_id(headers: &HeaderMap) -> Arc<str> {
    let sane = |id: &&str| {
        (8..=128).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:=".contains(&byte))
    };
    text(headers, REQUEST_ID.as_str())
        .filter(sane)
        .map_or_else(|| SystemIds.uuid().into(), Arc::from)
}

/// What the log says of a request.
struct Line {
    context: Context,
    method: Method,
    route: Option<MatchedPath>,
    round_trips: u32,
    duration: Duration,
    error: Option<ApiError>,
}

impl Line {
    fn route(&self) -> &str {
        self.route.as_ref().map_or("unknown", MatchedPath::as_str)
    }

    /// What there is to count of it.
    fn counted(&self, status: StatusCode) -> Answered<'_> {
        Answered {
            method: self.method.as_str(),
            route: self.route(),
            status: status.as_u16(),
            duration: self.duration,
            round_trips: self.round_trips,
        }
    }

    /// What there is to tell of it in its trace.
    fn step(&self, trace: Trace, status: StatusCode) -> Step {
        let mut facts = vec![
            (
                "http.request.method",
                metrics::Method::named(self.method.as_str()).as_str().into(),
            ),
            ("http.route", self.route().to_owned().into()),
            ("http.response.status_code", status.as_u16().into()),
            (
                "or3.request_id",
                self.context.request_id().to_owned().into(),
            ),
            ("or3.db.round_trips", self.round_trips.into()),
        ];
        let (user, workspace) = self.context.user_and_workspace();
        let known = [("user.id", user), ("or3.workspace.id", workspace)];
        let known = known.into_iter().filter_map(|(name, id)| Some((name, id?)));
        facts.extend(known.map(|(name, id)| (name, Fact::from(id.to_owned()))));
        Step {
            trace,
            kind: steps::Kind::Server,
            name: format!(
                "{} {}",
                metrics::Method::named(self.method.as_str()).as_str(),
                self.route()
            )
            .into(),
            ended_at: SystemClock.now(),
            duration: self.duration,
            failed: status.is_server_error(),
            facts,
        }
    }

    /// Logs once, at the boundary: faults as errors with their causes, the rest as info.
    fn write(&self, status: StatusCode) {
        let (user, workspace) = self.context.user_and_workspace();
        let cause = self.error.as_ref().and_then(ApiError::chain);
        let route = self.route();
        let duration_ms = millis(self.duration);
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    request_id = self.context.request_id(),
                    method = self.method.as_str(),
                    route,
                    status = status.as_u16(),
                    duration_ms,
                    user.id = user,
                    workspace.id = workspace,
                    db.round_trips = self.round_trips,
                    error = cause,
                    "request"
                )
            };
        }
        if status.is_server_error() {
            line!(error);
        } else {
            line!(info);
        }
    }
}

/// Milliseconds to the microsecond: what is finer is noise.
fn millis(span: Duration) -> f64 {
    let micros = u32::try_from(span.as_micros()).unwrap_or(u32::MAX);
    f64::from(micros) / 1000.0
}
