//! The log: its floor rises, and what nothing stands on goes.

mod sql;

use or3_domain::gc::{Done, Found, Survey, Tally};
use or3_domain::store::StoreError;
use or3_domain::sync::HistoryPiece;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::sql::MAX_VERSION;
use super::{Facts, about, expire_devices, facts, read, write};
use crate::database::{Database, answers};
use crate::statement::Row;
use sql::{END, FIRST_YOUNG, FREE, MARK, REMOVE, RISE};

/// Where a pass stands.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
enum Stage {
    /// Devices that were not seen are let go.
    #[default]
    Devices,
    /// The floor rises. A dry run keeps here how far it would have.
    Floor(i64),
    /// Entries behind `after` and up to `floor` are swept; `head` is that of the beginning.
    Sweep { after: i64, floor: i64, head: i64 },
}

/// How many entries are looked at for each that may be written.
const LOOKED_AT: i64 = 20;

pub(super) async fn collect(
    database: &Database,
    piece: &HistoryPiece<'_>,
) -> Result<Done, StoreError> {
    let facts = facts(database, piece).await?;
    let next = match read::<Stage>(piece.position).unwrap_or_default() {
        Stage::Devices if facts.stale_devices > 0 => {
            expire_devices(database, piece).await?;
            Some(Stage::Devices)
        }
        Stage::Devices | Stage::Floor(_) => rise(database, piece, &facts).await?,
        Stage::Sweep { after, floor, head } => {
            return sweep(database, piece, (after, floor, head)).await;
        }
    };
    position(next)
}

fn position(next: Option<Stage>) -> Result<Done, StoreError> {
    let next = next.map(|stage| write(&stage)).transpose()?.flatten();
    Ok(Done {
        tally: Tally::default(),
        next,
    })
}

/// Raises the floor by one step, if it can rise.
async fn rise(
    database: &Database,
    piece: &HistoryPiece<'_>,
    facts: &Facts,
) -> Result<Option<Stage>, StoreError> {
    let aim = aim(database, piece, facts.floor, facts).await?;
    if aim.version > facts.floor && facts.held > facts.floor {
        let rise = about(RISE, piece.workspace).bind(aim.version);
        let risen = database.execute(rise).await?.changed > 0;
        if risen && aim.may_rise_further && facts.held > aim.version {
            return Ok(Some(Stage::Floor(aim.version)));
        }
        if risen {
            return Ok(Some(Stage::Sweep {
                after: 0,
                floor: aim.version.min(facts.held),
                head: facts.head,
            }));
        }
    }
    let swept = facts.floor == 0 || facts.swept_head == facts.head;
    Ok((!swept).then_some(Stage::Sweep {
        after: 0,
        floor: facts.floor,
        head: facts.head,
    }))
}

/// The last version up to which all entries behind `from` are old, as far as was looked.
struct Aim {
    version: i64,
    may_rise_further: bool,
}

async fn aim(
    database: &Database,
    piece: &HistoryPiece<'_>,
    from: i64,
    facts: &Facts,
) -> Result<Aim, StoreError> {
    let end = facts.head.min(from + i64::from(piece.at_most) * LOOKED_AT);
    let look = about(FIRST_YOUNG, piece.workspace)
        .bind(piece.window.from.millis())
        .bind(from)
        .bind(end);
    let young = database.query(look).await?.into_first();
    let young = young.map(|row| row.int(0)).transpose()?;
    Ok(Aim {
        version: young.map_or(end, |version| version - 1),
        may_rise_further: young.is_none() && end < facts.head,
    })
}

async fn sweep(
    database: &Database,
    piece: &HistoryPiece<'_>,
    (after, floor, head): (i64, i64, i64),
) -> Result<Done, StoreError> {
    let page = page(database, piece, after, floor).await?;
    let mut tally = Tally::default();
    if !page.free.is_empty() {
        let versions: Value = page.free.iter().map(|free| free.version).collect();
        let remove = about(REMOVE, piece.workspace)
            .bind(versions.to_string())
            .bind(piece.now.millis());
        for row in database.execute(remove).await?.rows {
            tally.add(Tally {
                removed: 1,
                bytes: bytes(&row, 0)?,
            });
        }
    }
    let next = if page.end < floor {
        write(&Stage::Sweep {
            after: page.end,
            floor,
            head,
        })?
    } else {
        let mark = about(MARK, piece.workspace).bind(head).bind(floor);
        database.execute(mark).await?;
        None
    };
    Ok(Done { tally, next })
}

pub(super) async fn survey(
    database: &Database,
    piece: &HistoryPiece<'_>,
) -> Result<Survey, StoreError> {
    let facts = facts(database, piece).await?;
    let from = match read::<Stage>(piece.position).unwrap_or_default() {
        Stage::Devices => facts.floor,
        Stage::Floor(from) => from,
        Stage::Sweep { after, floor, head } => {
            let page = page(database, piece, after, floor).await?;
            let next = (page.end < floor).then_some(Stage::Sweep {
                after: page.end,
                floor,
                head,
            });
            return Ok(Survey {
                found: page.free.into_iter().map(Free::found).collect(),
                next: position(next)?.next,
            });
        }
    };
    let aim = aim(database, piece, from, &facts).await?;
    let floor = aim.version.min(facts.held).max(facts.floor);
    let swept = floor == 0 || (floor == facts.floor && facts.swept_head == facts.head);
    let next = if aim.may_rise_further && facts.held > aim.version {
        Some(Stage::Floor(aim.version))
    } else {
        (!swept).then_some(Stage::Sweep {
            after: 0,
            floor,
            head: facts.head,
        })
    };
    Ok(Survey {
        found: Vec::new(),
        next: position(next)?.next,
    })
}

/// Entries that nothing stands on, and the version up to which they were looked for.
struct Page {
    free: Vec<Free>,
    end: i64,
}

struct Free {
    version: i64,
    bytes: u64,
}

impl Free {
    fn found(self) -> Found {
        Found {
            name: self.version.to_string(),
            bytes: self.bytes,
        }
    }
}

async fn page(
    database: &Database,
    piece: &HistoryPiece<'_>,
    after: i64,
    floor: i64,
) -> Result<Page, StoreError> {
    let spans = |sql| {
        about(sql, piece.workspace)
            .bind(after)
            .bind(floor)
            .bind(i64::from(piece.at_most) * LOOKED_AT)
    };
    let free = spans(FREE).bind(piece.at_most).bind(piece.now.millis());
    let [end, free] = answers(database.read(vec![spans(END), free]).await?)?;
    let end = end.into_first().map_or(Ok(floor), |row| row.int(0))?;
    let full = free.rows.len() >= piece.at_most as usize;
    let free: Vec<_> = free.rows.iter().map(free_entry).collect::<Result<_, _>>()?;
    let end = free
        .last()
        .filter(|_| full)
        .map_or(end, |last| last.version);
    Ok(Page { free, end })
}

fn free_entry(row: &Row) -> Result<Free, StoreError> {
    Ok(Free {
        version: row.int(0)? & MAX_VERSION,
        bytes: bytes(row, 1)?,
    })
}

fn bytes(row: &Row, column: usize) -> Result<u64, StoreError> {
    let bytes = row.opt_int(column)?.unwrap_or_default();
    u64::try_from(bytes).map_err(|_| StoreError::Fault(format!("a payload of {bytes} bytes")))
}
