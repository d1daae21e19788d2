//! `GET /api/admin/audit`: what was done, the newest first. `GET /api/admin/audit/verify`: whether the
//! chain holds, and where it breaks first. Both seal what is not sealed yet.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use or3_domain::audit::{Action, Broken, Chain, Entry, verify};
use or3_http::{ApiError, SuperOnly};
use serde::Serialize;

use crate::question::Question;
use crate::{Ports, budget};

const MOST: u32 = 500;
const USUAL: u32 = 100;

/// How long a request looks at the chain; the rest is the next one's.
const TIME: Duration = Duration::from_secs(8);

type Asked = Result<Query<HashMap<String, String>>, QueryRejection>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listed {
    entries: Vec<View>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct View {
    seq: i64,
    /// Milliseconds.
    at: i64,
    action: String,
    actor: String,
    target: Option<String>,
    workspace_id: Option<String>,
    ip_address: Option<String>,
    request_id: Option<String>,
    detail: Option<String>,
    /// The link of a sealed entry, in hexadecimal digits.
    link: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verdict {
    /// Whether everything that was looked at holds.
    holds: bool,
    /// How many entries were looked at.
    entries: u64,
    /// The last entry that holds, and its link.
    seq: i64,
    link: String,
    /// What is wrong, in words, with the number of the entry.
    broken: Option<Break>,
    /// Where to go on when the time was over.
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct Break {
    seq: i64,
    message: String,
}

pub(crate) async fn list(
    State(ports): State<Ports>,
    _super: SuperOnly,
    query: Asked,
) -> Result<Json<Listed>, ApiError> {
    let question = Question::of(query);
    let action = question.text("action");
    let action = action.map(|name| Action::parse(&name).ok_or_else(invalid));
    let before = question.text("cursor");
    let before = before.map(|text| text.parse::<i64>().map_err(|_| invalid()));
    let (action, before) = (action.transpose()?, before.transpose()?);
    let limit = question.number("limit", MOST, USUAL);
    ports.seal().await?;
    let entries = ports.audit.newest(before, action, limit).await?;
    let last = entries.last().filter(|_| entries.len() >= limit as usize);
    Ok(Json(Listed {
        next_cursor: last.map(|entry| entry.seq.to_string()),
        entries: entries.into_iter().map(view).collect(),
    }))
}

pub(crate) async fn look(
    State(ports): State<Ports>,
    SuperOnly(caller): SuperOnly,
    query: Asked,
) -> Result<Json<Verdict>, ApiError> {
    budget::count(&ports, &caller.context).await?;
    let cursor = Question::of(query).text("cursor");
    let from = cursor.map(|text| Chain::parse(&text).ok_or_else(invalid));
    let from = from.transpose()?;
    ports.seal().await?;
    let until = ports.clock.now().plus(TIME);
    let go_on = || ports.clock.now() < until;
    let found = verify(&*ports.audit, from, go_on).await?;
    let through = found.through;
    Ok(Json(Verdict {
        holds: found.broken.is_none(),
        entries: found.entries,
        seq: through.seq,
        link: through.link.to_string(),
        broken: found.broken.as_ref().map(broken),
        next_cursor: (!found.complete).then(|| through.to_string()),
    }))
}

pub(crate) fn invalid() -> ApiError {
    ApiError::bad_request("Invalid query")
}

fn broken(broken: &Broken) -> Break {
    let (Broken::Missing(seq) | Broken::Changed(seq) | Broken::End(seq)) = broken;
    Break {
        seq: *seq,
        message: broken.to_string(),
    }
}

fn view(entry: Entry) -> View {
    View {
        seq: entry.seq,
        at: entry.at.millis(),
        action: entry.action,
        actor: entry.actor,
        target: entry.target,
        workspace_id: entry.workspace,
        ip_address: entry.ip_address,
        request_id: entry.request_id,
        detail: entry.detail,
        link: entry.link.map(|link| link.to_string()),
    }
}
