//! `GET /api/admin/gc/runs`: what was collected, the newest first.
//!
//! A run may be for the whole deployment, so that only an administrator of the deployment sees
//! the list, whatever workspace is active (auth contract, 10.1 and 10.9).

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use or3_domain::access::Permission;
use or3_domain::gc::Run;
use or3_http::{AdminCaller, ApiError};
use serde::{Deserialize, Serialize};

use crate::Ports;
use crate::list_invites::INVALID_QUERY;
use crate::run_cursor::RunCursor;

pub(crate) const MOST: u32 = 500;
const USUAL: u32 = 100;

#[derive(Deserialize)]
pub(crate) struct Question {
    limit: Option<u32>,
    /// `nextCursor` of the page before.
    cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    runs: Vec<Run>,
    next_cursor: Option<String>,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    caller: AdminCaller,
    question: Result<Query<Question>, QueryRejection>,
) -> Result<Json<Answer>, ApiError> {
    if caller.super_admin().is_none() {
        let ordinary = &caller.caller;
        ordinary.authorize(Permission::AdminAccess, None).await?;
    }
    let invalid = || ApiError::bad_request(INVALID_QUERY);
    let Query(question) = question.map_err(|_| invalid())?;
    let limit = question.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(invalid());
    }
    let cursor = question.cursor.as_deref().filter(|text| !text.is_empty());
    let before = cursor.map(|text| RunCursor::parse(text).ok_or_else(invalid));
    let before = before.transpose()?.map(|run| (run.started_at, run.id));
    let runs = ports.gc_ledger.list(before, limit).await?;
    let full = runs.len() >= limit as usize;
    let last = runs.last().filter(|_| full);
    Ok(Json(Answer {
        next_cursor: last.map(|run| RunCursor::of(run).to_string()),
        runs,
    }))
}
