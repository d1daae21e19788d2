//! The parts of a run as stores keep them: a text in JSON, by names, so that records outlive what
//! builds know.

use serde::{Deserialize, Serialize};

use super::{Ended, Part, Tally};
use crate::store::StoreError;

#[derive(Serialize, Deserialize)]
struct Kept {
    kind: String,
    removed: u64,
    bytes: u64,
    ended: String,
}

/// The text that stores keep.
///
/// # Errors
///
/// None in practice: names and numbers are always written.
pub fn kept_parts(parts: &[Part]) -> Result<String, StoreError> {
    let kept = |part: &Part| Kept {
        kind: part.kind.as_str().to_owned(),
        removed: part.tally.removed,
        bytes: part.tally.bytes,
        ended: part.ended.as_str().to_owned(),
    };
    let kept: Vec<_> = parts.iter().map(kept).collect();
    serde_json::to_string(&kept).map_err(|error| odd(&error))
}

/// The parts in a text of [`kept_parts`]; kinds that only a newer build knows are left out.
///
/// # Errors
///
/// [`StoreError::Fault`] when it is no such text.
pub fn parts_of(text: &str) -> Result<Vec<Part>, StoreError> {
    let kept: Vec<Kept> = serde_json::from_str(text).map_err(|error| odd(&error))?;
    Ok(kept.iter().filter_map(part).collect())
}

fn part(kept: &Kept) -> Option<Part> {
    Some(Part {
        tally: Tally {
            removed: kept.removed,
            bytes: kept.bytes,
        },
        ended: Ended::named(&kept.ended)?,
        ..Part::new(kept.kind.parse().ok()?)
    })
}

fn odd(error: &serde_json::Error) -> StoreError {
    StoreError::Fault(format!("the parts of a collection: {error}"))
}
