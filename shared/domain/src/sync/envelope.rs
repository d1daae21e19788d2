//! The members around a payload: shapes and bounds of one op (sync contract, 4).

use std::borrow::Cow;

use super::json::{Fields, Json, Kind};
use super::{Operation, Revision};
use crate::text::trim;

/// An op whose members have their types and bounds.
pub(super) struct Envelope<'a> {
    pub(super) table_name: Cow<'a, str>,
    pub(super) operation: Operation,
    pub(super) pk: Cow<'a, str>,
    pub(super) payload: Option<Json<'a>>,
    pub(super) revision: Revision,
    pub(super) device_id: String,
}

/// The member that breaks its rule.
pub(super) type Misshapen = &'static str;

const STATUSES: [&str; 9] = [
    "pending",
    "in_flight",
    "retry_wait",
    "failed_retryable",
    "failed_permanent",
    "applied",
    "discarded",
    "syncing",
    "failed",
];

const ERROR_CODES: [&str; 9] = [
    "VALIDATION_ERROR",
    "OVERSIZED",
    "UNAUTHORIZED",
    "CONFLICT",
    "RATE_LIMITED",
    "NOT_FOUND",
    "NETWORK_ERROR",
    "SERVER_ERROR",
    "UNKNOWN",
];

const FAILURE_KINDS: [&str; 2] = ["retry_exhausted", "permanent"];

/// Reads one element of `ops`.
pub(super) fn read(op: Json<'_>) -> Result<Envelope<'_>, Misshapen> {
    let fields = Fields::of(op).ok_or("operation must be an object")?;
    let field = |name| fields.get(name);
    text(field("id"), 256).ok_or("id")?;
    let table_name = text(field("tableName"), 128).ok_or("tableName")?;
    let operation = field("operation").and_then(Json::as_str);
    let operation = operation
        .and_then(|name| Operation::named(&name))
        .ok_or("operation")?;
    let pk = text(field("pk"), 1024)
        .filter(|text| storable(text))
        .ok_or("pk")?;
    let (revision, device_id) = stamp(field("stamp").ok_or("stamp")?)?;
    bookkeeping(&fields)?;
    let payload = field("payload");
    Ok(Envelope {
        table_name,
        operation,
        pk,
        payload,
        revision,
        device_id,
    })
}

/// The id of the op in `op`, however malformed the rest is.
pub(super) fn op_id(op: Json<'_>) -> Option<String> {
    let stamp = Fields::of(Fields::of(op)?.get("stamp")?)?;
    let id = stamp.get("opId")?.as_str()?;
    (!id.is_empty()).then(|| id.into_owned())
}

fn stamp(value: Json<'_>) -> Result<(Revision, String), Misshapen> {
    let fields = Fields::of(value).ok_or("stamp")?;
    let device_id = trimmed_text(fields.get("deviceId"), 256);
    let device_id = device_id
        .filter(|id| !id.contains('\0'))
        .ok_or("stamp.deviceId")?;
    let op_id = fields.get("opId").and_then(Json::as_str);
    let op_id = op_id.filter(|id| is_uuid(id)).ok_or("stamp.opId")?;
    let hlc = text(fields.get("hlc"), 512)
        .filter(|text| storable(text))
        .ok_or("stamp.hlc")?;
    let clock = natural(fields.get("clock")).ok_or("stamp.clock")?;
    let revision = Revision {
        clock,
        hlc: hlc.into_owned(),
        op_id: op_id.into_owned(),
    };
    Ok((revision, device_id))
}

/// What the server does not use must still have its type.
fn bookkeeping(fields: &Fields<'_>) -> Result<(), Misshapen> {
    let created = fields.get("createdAt").and_then(Json::as_number);
    created.filter(|at| at.is_finite()).ok_or("createdAt")?;
    natural(fields.get("attempts")).ok_or("attempts")?;
    one_of(fields.get("status"), &STATUSES).ok_or("status")?;
    for name in ["nextAttemptAt", "failedAt", "discardedAt"] {
        optional(fields.get(name), |value| natural(Some(value)).is_some()).ok_or(name)?;
    }
    for name in ["lastError", "discardReason"] {
        optional(fields.get(name), |value| value.kind() == Kind::String).ok_or(name)?;
    }
    let known = |value, names: &[&str]| one_of(Some(value), names).is_some();
    optional(fields.get("lastErrorCode"), |value| {
        known(value, &ERROR_CODES)
    })
    .ok_or("lastErrorCode")?;
    optional(fields.get("failureKind"), |value| {
        known(value, &FAILURE_KINDS)
    })
    .ok_or("failureKind")
}

fn optional<'a>(value: Option<Json<'a>>, fits: impl Fn(Json<'a>) -> bool) -> Option<()> {
    value.is_none_or(fits).then_some(())
}

fn one_of(value: Option<Json<'_>>, words: &[&str]) -> Option<()> {
    let word = value?.as_str()?;
    words.contains(&word.as_ref()).then_some(())
}

fn natural(value: Option<Json<'_>>) -> Option<i64> {
    value?.as_integer().filter(|number| *number >= 0)
}

/// The text of a string of 1 to `most` UTF-16 units, trimmed first as JavaScript does.
pub fn trimmed_text(value: Option<Json<'_>>, most: usize) -> Option<String> {
    let text = value?.as_str()?;
    let text = trim(&text);
    within(text, most).then(|| text.to_owned())
}

/// A string of 1 to `most` UTF-16 units.
pub(super) fn text(value: Option<Json<'_>>, most: usize) -> Option<Cow<'_, str>> {
    value?.as_str().filter(|text| within(text, most))
}

/// Keys hold no NUL: the driver of local files ends the text that it reads there.
fn storable(text: &str) -> bool {
    !text.contains('\0')
}

/// Whether `text` has 1 to `most` UTF-16 units.
fn within(text: &str, most: usize) -> bool {
    !text.is_empty() && (text.len() <= most || text.encode_utf16().count() <= most)
}

/// A UUID as RFC 9562 writes it, of version 1 to 8, or the nil or the max one, in either case.
fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let uniform = |digit: u8| {
        bytes
            .iter()
            .all(|byte| *byte == b'-' || byte.eq_ignore_ascii_case(&digit))
    };
    shaped
        && ((matches!(bytes[14], b'1'..=b'8') && b"89abAB".contains(&bytes[19]))
            || uniform(b'0')
            || uniform(b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_of_all_versions_pass_in_either_case() {
        for uuid in [
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-ffff-ffff-ffff-ffffffffffff",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "F47AC10B-58CC-4372-A567-0E02B2C3D479",
        ] {
            assert!(is_uuid(uuid), "{uuid}");
        }
        for other in [
            "",
            "f47ac10b58cc4372a5670e02b2c3d479",
            "f47ac10b-58cc-9372-a567-0e02b2c3d479",
            "f47ac10b-58cc-4372-c567-0e02b2c3d479",
            "f47ac10b-58cc-4372-a567-0e02b2c3d47g",
        ] {
            assert!(!is_uuid(other), "{other}");
        }
    }

    #[test]
    fn lengths_count_utf16_units() {
        assert!(within(&"😀".repeat(128), 256));
        assert!(!within(&"😀".repeat(129), 256));
        assert!(!within("", 256));
    }
}
