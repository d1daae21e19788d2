//! Looking whether the chain holds.

use super::chain::{Broken, Chain};
use super::store::AuditLog;
use crate::store::StoreError;

/// How many entries are read at a time.
const PAGE: u32 = 2000;

/// What a look at a piece of the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// How many entries were looked at.
    pub entries: u64,
    /// The last entry that holds, and its link.
    pub through: Chain,
    /// The first break; `None` while everything holds.
    pub broken: Option<Broken>,
    /// Whether the end of what is sealed was reached.
    pub complete: bool,
}

/// Looks at the chain behind `from`, or from its beginning, until it breaks, ends, or `go_on` says no
/// between two pages. Entries that are not sealed yet are not looked at.
///
/// # Errors
///
/// Those of the store. A break is no error.
pub async fn verify(
    log: &dyn AuditLog,
    from: Option<Chain>,
    mut go_on: impl FnMut() -> bool,
) -> Result<Looked, StoreError> {
    let head = log.head().await?;
    let base = Chain {
        seq: head.base_seq,
        link: head.base_link,
    };
    // What a caller has looked at may have been removed since, because its time was over.
    let mut chain = from.filter(|from| from.seq > base.seq).unwrap_or(base);
    let mut entries = 0;
    loop {
        let page = log.oldest(chain.seq, PAGE).await?;
        let sealed = page.iter().filter(|entry| entry.seq <= head.head_seq);
        let mut seen = 0_u64;
        let mut broken = None;
        for entry in sealed {
            match chain.follow(entry) {
                Ok(()) => seen += 1,
                Err(found) => {
                    broken = Some(found);
                    break;
                }
            }
        }
        entries += seen;
        if let Some(broken) = broken {
            // Its time may have been over since the chain's beginning was read.
            if let Some(base) = moved(log, &broken).await? {
                chain = base;
                continue;
            }
            return Ok(Looked {
                entries,
                through: chain,
                broken: Some(broken),
                complete: true,
            });
        }
        if seen < u64::from(PAGE) || chain.seq >= head.head_seq {
            return Ok(Looked {
                entries,
                through: chain,
                broken: end(chain, head.head_seq, head.head_link == chain.link),
                complete: true,
            });
        }
        if !go_on() {
            return Ok(Looked {
                entries,
                through: chain,
                broken: None,
                complete: false,
            });
        }
    }
}

/// Where the chain begins now, if the entry that is missing was removed for its age.
async fn moved(log: &dyn AuditLog, broken: &Broken) -> Result<Option<Chain>, StoreError> {
    let Broken::Missing(seq) = broken else {
        return Ok(None);
    };
    let head = log.head().await?;
    Ok((head.base_seq >= *seq).then_some(Chain {
        seq: head.base_seq,
        link: head.base_link,
    }))
}

/// Whether the last entry is the one that was sealed last.
fn end(chain: Chain, head_seq: i64, same_link: bool) -> Option<Broken> {
    if chain.seq < head_seq {
        return Some(Broken::Missing(chain.seq + 1));
    }
    (chain.seq > head_seq || !same_link).then_some(Broken::End(head_seq))
}
