//! What becomes of one op before any store is asked: its shape, its payload, the rules of its
//! table (sync contract, 6.2 and the store-free part of 6.3).

use sha2::{Digest, Sha256};

use super::envelope::{self, Envelope};
use super::json::{Compact, Fields, Json, MAX_DEPTH, compact, digest};
use super::payload;
use super::{Fingerprint, Op, Operation, Refusal, Table};
use crate::ids::{UserId, WorkspaceId};

/// The largest payload in compact form, in bytes (sync contract, 18).
pub const MAX_PAYLOAD: usize = 262_144;

/// An op that passed the first look, and what the second one says of it.
pub(super) struct Draft {
    pub(super) op_id: String,
    pub(super) fingerprint: Fingerprint,
    /// The op, unless a rule of its table refuses it.
    pub(super) verdict: Result<Op, Refusal>,
}

/// Who pushes, and where to.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    /// The session's user.
    pub user: &'a UserId,
    /// The session's workspace.
    pub workspace: &'a WorkspaceId,
}

/// The id that a result names for element `place` of a batch.
pub(super) fn op_id(op: Json<'_>, place: usize) -> String {
    envelope::op_id(op).unwrap_or_else(|| format!("invalid-op-{place}"))
}

/// The first look (6.2): members, size, and the members of a put payload.
pub(super) fn draft(op: Json<'_>, author: Author<'_>) -> Result<Draft, Refusal> {
    let envelope = envelope::read(op)
        .map_err(|member| Refusal::invalid(format!("Invalid operation: {member}")))?;
    let table = Table::named(&envelope.table_name);
    let payload = envelope.payload.map(compact);
    if payload
        .as_ref()
        .is_some_and(|payload| payload.text.len() > MAX_PAYLOAD)
    {
        return Err(Refusal::oversized(&envelope.table_name));
    }
    let payload = settled(&envelope, table, payload)?;
    let fingerprint = fingerprint(&envelope, payload.as_deref());
    let op_id = envelope.revision.op_id.clone();
    let verdict = second_look(envelope, table, payload, fingerprint, author);
    Ok(Draft {
        op_id,
        fingerprint,
        verdict,
    })
}

/// The payload in its final form.
fn settled(
    envelope: &Envelope<'_>,
    table: Option<Table>,
    payload: Option<Compact>,
) -> Result<Option<String>, Refusal> {
    let name = &envelope.table_name;
    if payload
        .as_ref()
        .is_some_and(|payload| payload.depth > MAX_DEPTH)
    {
        return Err(Refusal::payload(name, "nested too deeply"));
    }
    let payload = payload
        .map(|payload| payload.text)
        .map(match envelope.operation {
            Operation::Put => payload::fold,
            Operation::Delete => payload::keep,
        });
    if let (Operation::Put, Some(table)) = (envelope.operation, table) {
        let text = payload.as_deref().unwrap_or("{}");
        payload::check(table, Json::trusted(text))
            .map_err(|misfit| Refusal::payload(name, misfit))?;
    }
    Ok(payload)
}

fn fingerprint(envelope: &Envelope<'_>, payload: Option<&str>) -> Fingerprint {
    let mut all = Sha256::new();
    let revision = &envelope.revision;
    for part in [
        &*envelope.table_name,
        &*envelope.pk,
        &*revision.hlc,
        &*envelope.device_id,
    ] {
        all.update(part.len().to_be_bytes());
        all.update(part);
    }
    all.update(revision.clock.to_be_bytes());
    all.update([u8::from(envelope.operation == Operation::Delete)]);
    if let Some(payload) = payload {
        all.update(digest(payload));
    }
    let mut first = [0; 16];
    first.copy_from_slice(&all.finalize()[..16]);
    Fingerprint(first)
}

/// The rules of 6.3 that need no store, in the contract's order.
fn second_look(
    envelope: Envelope<'_>,
    table: Option<Table>,
    payload: Option<String>,
    fingerprint: Fingerprint,
    author: Author<'_>,
) -> Result<Op, Refusal> {
    let name = &envelope.table_name;
    let fields = payload
        .as_ref()
        .and_then(|payload| Fields::of(Json::trusted(payload)));
    if table == Some(Table::Notifications) && envelope.operation == Operation::Put {
        let owner = fields
            .as_ref()
            .and_then(|fields| fields.get("user_id")?.as_str());
        if owner.as_deref() != Some(author.user.as_str()) {
            return Err(Refusal::not_the_owner());
        }
    }
    let table = table.ok_or_else(|| Refusal::invalid(format!("Invalid table: {name}")))?;
    if let Some(payload) = &payload {
        let fields = fields.ok_or_else(|| Refusal::payload(name, "payload must be an object"))?;
        if payload.len() > MAX_PAYLOAD {
            return Err(Refusal::oversized_when_folded(name));
        }
        immutable(table, &fields, &envelope.pk, author.workspace)?;
    }
    Ok(Op {
        table,
        operation: envelope.operation,
        pk: envelope.pk.into_owned(),
        payload,
        revision: envelope.revision,
        device_id: envelope.device_id,
        fingerprint,
    })
}

/// Members that a payload cannot change: the row's identity and its workspace.
fn immutable(
    table: Table,
    fields: &Fields<'_>,
    pk: &str,
    workspace: &WorkspaceId,
) -> Result<(), Refusal> {
    let refuse = |detail: String| Err(Refusal::payload(table.name(), detail));
    let is = |value: Json<'_>, text: &str| value.as_str().is_some_and(|value| value == text);
    if fields.get("_id").is_some() {
        return refuse("'_id' is immutable".to_owned());
    }
    if fields
        .get("workspace_id")
        .is_some_and(|id| !is(id, workspace.as_str()))
    {
        return refuse("'workspace_id' is immutable".to_owned());
    }
    let key = table.key_member();
    if fields.get(key).is_some_and(|value| !is(value, pk)) {
        return refuse(format!("'{key}' must match operation pk"));
    }
    Ok(())
}
