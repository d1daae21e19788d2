//! The record of one run, as an item holds it. No attribute has a name that DynamoDB reserves.

use std::time::Duration;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Ended, Run, Source, kept_parts, parts_of};
use or3_domain::ids::WorkspaceId;
use or3_domain::store::StoreError;
use serde_json::{Map, Value, json};

use crate::key::key;

/// Under which all records stand.
pub(super) const RUNS: &str = "gc#runs";

/// Where the record of a run stands among all: by its beginning, then by its id.
pub(super) fn place(started_at: Timestamp, id: &str) -> String {
    format!("{:020}#{id}", started_at.millis().max(0))
}

pub(super) fn key_of(run: &Run) -> Value {
    key(RUNS, &place(run.started_at, &run.id))
}

pub(super) fn moment(at: Timestamp) -> Value {
    json!({ "N": at.millis().to_string() })
}

pub(super) fn parts(run: &Run) -> Result<Value, StoreError> {
    Ok(json!({ "S": kept_parts(&run.parts)? }))
}

/// The update that writes a run down which begins, and its values.
pub(super) fn opened(run: &Run, kept: Duration) -> Result<(String, Value), StoreError> {
    let over = run.started_at.plus(kept).seconds();
    let mut values = json!({
        ":id": { "S": run.id },
        ":started_at": moment(run.started_at),
        ":dry_run": { "BOOL": run.dry_run },
        ":wanted_by": { "S": run.source.as_str() },
        ":ended": { "S": "running" },
        ":parts": parts(run)?,
        ":expires_at": { "N": over.to_string() },
    });
    if let Source::Request { user, workspace } = &run.source {
        values[":user_id"] = json!({ "S": user.as_str() });
        if let Some(workspace) = workspace {
            values[":workspace_id"] = json!({ "S": workspace.as_str() });
        }
    }
    let names = values.as_object().into_iter().flat_map(Map::keys);
    let pairs: Vec<_> = names
        .map(|value| format!("{} = {value}", &value[1..]))
        .collect();
    Ok((format!("SET {}", pairs.join(", ")), values))
}

pub(super) fn read(item: &Value) -> Result<Run, StoreError> {
    let text = |name: &str| item[name]["S"].as_str();
    let at = |name: &str| item[name]["N"].as_str()?.parse().ok();
    let odd = |name| StoreError::Fault(format!("a record of a collection without its {name}"));
    let ended = text("ended").and_then(Ended::named);
    Ok(Run {
        id: text("id").ok_or_else(|| odd("id"))?.to_owned(),
        source: Source::named(
            text("wanted_by").unwrap_or_default(),
            text("user_id").unwrap_or_default(),
            text("workspace_id").map(WorkspaceId::new),
        ),
        dry_run: item["dry_run"]["BOOL"] == json!(true),
        started_at: at("started_at")
            .map(Timestamp::from_millis)
            .ok_or_else(|| odd("beginning"))?,
        finished_at: at("finished_at").map(Timestamp::from_millis),
        ended: ended.ok_or_else(|| odd("end"))?,
        parts: parts_of(text("parts").unwrap_or("[]"))?,
    })
}
