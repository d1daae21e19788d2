//! What stands before the functions: a gateway with limits, which answers in its own words, and the
//! start of processes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use matchit::{Match, Router};
use or3_http::ColdStart;
use or3_settings::Faults;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

use super::chance::Chance;
use super::event;
use super::idle::{Idle, Work};
use super::network::Network;

/// Among the places that draw.
const PLACE: u64 = 1;
/// The routes of every function that a gateway stands before; the last one takes what nobody serves.
const FUNCTIONS: [&[(&str, &str)]; 9] = [
    auth::ROUTES,
    admin::ROUTES,
    workspaces::ROUTES,
    sync::ROUTES,
    presign::ROUTES,
    blobs::ROUTES,
    uploads::ROUTES,
    gc::ROUTES,
    health::ROUTES,
];

/// The gateway and, behind it, one process a function.
pub(super) struct Gateway {
    faults: Faults,
    throttle: Chance,
    network: Option<Arc<Network>>,
    idle: Idle,
    /// By the path of a route; `None` does not come through the gateway.
    functions: Router<Option<Arc<Function>>>,
    /// What takes the paths that nobody serves.
    rest: Arc<Function>,
}

/// A function's processes.
struct Function {
    cold_start: ColdStart,
    places: Arc<Semaphore>,
}

impl Function {
    fn with(places: usize) -> Arc<Self> {
        Arc::new(Self {
            cold_start: ColdStart::default(),
            places: Arc::new(Semaphore::new(places)),
        })
    }
}

/// Leads the paths of `routes` to `function`.
#[expect(
    clippy::expect_used,
    reason = "the router of the product has the same paths"
)]
fn serve(
    functions: &mut Router<Option<Arc<Function>>>,
    routes: &[(&str, &str)],
    function: Option<&Arc<Function>>,
) {
    let paths: BTreeSet<_> = routes.iter().map(|(_, path)| *path).collect();
    for path in paths {
        let taken = functions.insert(path, function.cloned());
        taken.expect("a path of one function");
    }
}

/// What a request holds as long as its function works for it.
struct Held {
    _place: OwnedSemaphorePermit,
    _work: Work,
}

impl Gateway {
    pub(super) fn of(faults: &Faults, network: Option<Arc<Network>>) -> Self {
        let places = faults.concurrency.unwrap_or(Semaphore::MAX_PERMITS);
        let mut functions = Router::new();
        let mut rest = Function::with(places);
        for routes in FUNCTIONS {
            rest = Function::with(places);
            serve(&mut functions, routes, Some(&rest));
        }
        serve(&mut functions, stream::ROUTES, None);
        Self {
            throttle: Chance::of(faults.seed, PLACE),
            faults: faults.clone(),
            network,
            idle: Idle::new(),
            functions,
            rest,
        }
    }

    /// The function that serves `request`, by whichever version of its path; `None` for a stream,
    /// which does not come through the gateway.
    fn function_of(&self, request: &Request) -> Option<&Arc<Function>> {
        let path = request.uri().path();
        let bare = path
            .strip_prefix("/api/v1/")
            .map(|rest| format!("/api/{rest}"));
        match self.functions.at(bare.as_deref().unwrap_or(path)) {
            Ok(Match { value, .. }) => value.as_ref(),
            Err(_) => Some(&self.rest),
        }
    }

    /// Lets a request in, or says with which status the gateway answers it.
    async fn admit(&self, function: &Function) -> Result<Held, StatusCode> {
        if self.throttle.draw() < self.faults.throttle {
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        let place = Arc::clone(&function.places).try_acquire_owned();
        let place = place.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        let (work, idle) = self.idle.begin();
        if let (Some(network), Some(idle), Some(freeze)) = (&self.network, idle, self.faults.freeze)
            && idle >= freeze
        {
            network.forget().await;
        }
        if let Some(longer) = self.faults.cold_start
            && function.cold_start.first()
        {
            sleep(longer).await;
        }
        Ok(Held {
            _place: place,
            _work: work,
        })
    }

    fn body_limit(&self) -> usize {
        let limit = self.faults.body_bytes.map(usize::try_from);
        limit.and_then(Result::ok).unwrap_or(usize::MAX)
    }
}

/// The layer: a request that is let in goes on in a task of its own, since a function goes on
/// although its gateway has answered for it.
pub(super) async fn pass(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(function) = gateway.function_of(&request) else {
        return next.run(request).await;
    };
    let held = match gateway.admit(function).await {
        Ok(held) => held,
        Err(status) => return refusal(status),
    };
    let limit = gateway.body_limit();
    let work = tokio::spawn(async move {
        let _held = held;
        carried(request, next, limit).await
    });
    let patience = gateway.faults.timeout.unwrap_or(Duration::MAX);
    match timeout(patience, work).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => refusal(StatusCode::INTERNAL_SERVER_ERROR),
        Err(_) => refusal(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// The answer to a request whose body and answer are events of at most `limit` bytes.
async fn carried(request: Request, next: Next, limit: usize) -> Response {
    if limit == usize::MAX {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Some(body) = within(limit, &parts.headers, body).await else {
        return refusal(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (parts, body) = answer.into_parts();
    match within(limit, &parts.headers, body).await {
        Some(body) => Response::from_parts(parts, Body::from(body)),
        None => refusal(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// A whole body, if it comes to its end and an event of `limit` bytes can carry it.
async fn within(limit: usize, headers: &HeaderMap, body: Body) -> Option<Bytes> {
    let body = to_bytes(body, limit).await.ok()?;
    (event::size(headers, &body) <= limit).then_some(body)
}

/// An answer of the gateway itself.
fn refusal(status: StatusCode) -> Response {
    let words = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
        status => status.canonical_reason().unwrap_or_default(),
    };
    let body = format!(r#"{{"message":"{words}"}}"#);
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}
