//! `POST /api/sync/push`: ops in, one result an op out (sync contract, 6 to 11).

use std::cell::Cell;

use axum::extract::State;
use axum::response::Response;
use or3_domain::access::Permission;
use or3_domain::limits::Policy;
use or3_domain::metrics::metrics;
use or3_domain::sync::json::{Fields, Json, Kind};
use or3_domain::sync::{Author, MAX_OPS, OpResult, Outcome, PushPlan, Winner, scope};
use or3_http::{ApiError, Caller, Limited, OwnOrigin, Remaining};

use crate::render::{self, Object, Room};
use crate::{Ports, body};

pub(crate) const INVALID: &str = "Invalid push request";

pub(crate) const POLICY: Policy = Policy::per_minute("sync:push", 200);

/// More than the original's 2 MiB: clients of February 2026 do not look at the size of a batch,
/// and a refused batch would cost them its edits (sync contract, 3.2).
pub(crate) const CEILING: usize = 5 * 1024 * 1024;

struct PushRequest<'a> {
    workspace: String,
    ops: Vec<Json<'a>>,
}

impl<'a> PushRequest<'a> {
    fn of(body: Json<'a>) -> Option<Self> {
        let fields = Fields::of(body)?;
        let ops = fields.get("ops").filter(|ops| ops.kind() == Kind::Array)?;
        let ops: Vec<_> = ops.elements().take(MAX_OPS + 1).collect();
        let workspace = scope(&fields)?;
        (ops.len() <= MAX_OPS).then_some(Self { workspace, ops })
    }
}

pub(crate) async fn handle(
    _own: OwnOrigin,
    State(ports): State<Ports>,
    caller: Caller,
    bytes: Limited<CEILING>,
) -> Result<Response, ApiError> {
    let request =
        PushRequest::of(body::json(&bytes.0)?).ok_or_else(|| ApiError::bad_request(INVALID))?;
    let session = caller
        .authorize_within(
            &ports.limits,
            (POLICY, Remaining::Before),
            Permission::WorkspaceWrite,
            Some(&request.workspace),
        )
        .await?;
    let (user, workspace) = (&session.user.id, &session.workspace.id);

    let plan = PushPlan::of(request.ops, Author { user, workspace });
    let now = ports.clock.now();
    let (outcomes, head) = if plan.ops().is_empty() {
        (Vec::new(), 0)
    } else {
        let merged = ports.store.push(workspace, user, plan.ops(), now).await?;
        ports.news.announce(workspace, merged.head);
        (merged.outcomes, merged.head)
    };
    let results = plan.results(&outcomes);
    count(&results);
    Ok(render::answer(rendered(&results, head)))
}

fn count(results: &[OpResult]) {
    let metrics = metrics();
    for result in results {
        let counter = match &result.outcome {
            Outcome::Refused(_) => &metrics.ops_refused,
            Outcome::Accepted { replayed: true, .. } => &metrics.ops_replayed,
            Outcome::Accepted {
                lost_to: Some(_), ..
            } => &metrics.ops_lost,
            Outcome::Accepted { .. } => &metrics.ops_applied,
        };
        counter.one();
    }
}

/// How much of a winner is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// `payload`, for clients that know only that, and `winner`, which holds it once more.
    Everything,
    /// A live payload as `payload` only, which every client can do with (sync contract, 8.6).
    PayloadOnce,
    /// Only that something newer stands.
    Nothing,
}

/// A batch of small ops can lose to rows that no answer could carry together. Clients repeat an op
/// a few times only: the more of them learn their winner at a time, the better.
fn rendered(results: &[OpResult], head: i64) -> String {
    let (text, complete) = written(results, head, Telling::Everything);
    if complete {
        text
    } else {
        written(results, head, Telling::PayloadOnce).0
    }
}

/// An answer, and whether it tells all that it should: what does not fit is left out, and told
/// when the client repeats the op.
fn written(results: &[OpResult], head: i64, telling: Telling) -> (String, bool) {
    let mut out = String::with_capacity(128 * results.len());
    let (room, complete) = (Cell::new(Room::default()), Cell::new(true));
    let fitted = |result, out: &mut String| {
        let before = out.len();
        self::result(result, telling, out);
        if let Some(taken) = room.get().after(out) {
            room.set(taken);
        } else {
            complete.set(false);
            out.truncate(before);
            self::result(result, Telling::Nothing, out);
        }
    };
    Object::open(&mut out)
        .list("results", results, fitted)
        .number("serverVersion", head)
        .close();
    (out, complete.get())
}

fn result(result: &OpResult, telling: Telling, out: &mut String) {
    let object = Object::open(out).text("opId", &result.op_id);
    match &result.outcome {
        Outcome::Refused(refusal) => object
            .flag("success", false)
            .text("error", &refusal.error)
            .text("errorCode", refusal.code.as_str()),
        Outcome::Accepted {
            version,
            replayed,
            lost_to,
        } => {
            let object = object
                .flag("success", true)
                .number("serverVersion", *version)
                .flag("applied", lost_to.is_none());
            let object = if *replayed {
                object.flag("replayed", true)
            } else {
                object
            };
            match lost_to {
                Some(winner) => loss(winner, telling, object),
                None => object,
            }
        }
    }
    .close();
}

/// What the loser learns of the state that stands instead.
fn loss<'a>(winner: &Winner, telling: Telling, object: Object<'a>) -> Object<'a> {
    let Some(payload) = winner
        .payload
        .as_deref()
        .filter(|_| telling != Telling::Nothing)
    else {
        return object;
    };
    let object = object.raw("payload", payload);
    if telling == Telling::PayloadOnce && winner.deleted_at.is_none() {
        return object;
    }
    object.nested("winner", |out| self::winner(winner, payload, out))
}

/// The state that stands instead of an op, for clients that want to adopt it (8.6).
fn winner(winner: &Winner, payload: &str, out: &mut String) {
    let object = Object::open(out);
    let object = match winner.deleted_at {
        None => object.text("kind", "put").raw("payload", payload),
        Some(at) => object
            .text("kind", "delete")
            .number("serverDeletedAt", at.seconds()),
    };
    object
        .nested("revision", |out| render::revision(&winner.revision, out))
        .close();
}
