//! A push: one write transaction of seven statements, whatever the size of the batch. Op ids are its
//! keys: a batch that is run again finds its own ops and gives the same versions.
//!
//! Everything after the log is written from the log: what is above the head is new.

use std::collections::HashMap;

use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::store::StoreError;
use or3_domain::sync::{Content, Current, Merged, Op, Processed, Revision, Standing, merge};

use super::batch::{Packed, ops};
use super::sql::{HEAD, existing, head_seq, number, top_seq};
use crate::database::{Database, answers};
use crate::statement::{Answer, Row, Statement};

pub(super) async fn push(
    database: &Database,
    workspace: &WorkspaceId,
    user: &UserId,
    ops: &[Op],
    now: Timestamp,
) -> Result<Merged, StoreError> {
    let Packed {
        ops: packed,
        payloads,
    } = Packed::of(ops)?;
    let about = |sql| Statement::new(sql).bind(workspace.as_str());
    let batch = vec![
        about(HEAD),
        about(FIND).bind(packed.clone()).bind(WINNER_BYTES),
        about(ADMIT).bind(packed.clone()).bind(user.as_str()),
        about(LOG)
            .bind(packed)
            .bind(payloads)
            .bind(user.as_str())
            .bind(now.millis()),
        about(REMEMBER).bind(now.millis()),
        about(SETTLE),
        about(ADVANCE),
    ];
    let [head, found, ..] = answers::<7>(database.write_keyed(batch).await?)?;
    let head = existing(head.into_first())?.int(1)?;
    let standings = standings(ops, found)?;
    Ok(merge(ops, standings, head, user, now))
}

/// One standing an op; the store names only those that it knows something of.
fn standings(ops: &[Op], found: Answer) -> Result<Vec<Standing>, StoreError> {
    let mut known = HashMap::with_capacity(found.rows.len());
    for row in found.rows {
        known.insert(row.int(0)?, row);
    }
    ops.iter()
        .zip(0..)
        .map(|(op, place)| {
            known
                .get(&place)
                .map_or(Ok(Standing::default()), |row| standing(op, row))
        })
        .collect()
}

fn standing(op: &Op, row: &Row) -> Result<Standing, StoreError> {
    let processed = match row.opt_int(1)? {
        None => None,
        Some(version) => Some(Processed {
            version,
            same: row.flag(2)? && row.blob(3)? == op.fingerprint.0,
        }),
    };
    let row = match row.opt_int(4)? {
        None => None,
        Some(clock) => Some(Current {
            revision: Revision {
                clock,
                hlc: row.string(5)?,
                op_id: row.string(6)?,
            },
            deleted_at: row.opt_int(7)?.map(Timestamp::from_millis),
            owner: row.opt_string(8)?.map(UserId::new),
            content: content(row)?,
        }),
    };
    Ok(Standing { processed, row })
}

fn content(row: &Row) -> Result<Content, StoreError> {
    Ok(if row.flag(9)? {
        Content::LeftOut
    } else {
        row.opt_string(10)?.into()
    })
}

/// About how many bytes of payloads are read for losers, as for a page of a pull. A database server
/// gives up a statement, and with it the push, whose answer is too large for it: sqld at 10 MB.
const WINNER_BYTES: i64 = 4 * 1024 * 1024;

/// What is known of each op and of its row, where anything is. The payload comes along only for
/// ops that do not beat it, and only until those before it have filled the room: the first one
/// always.
const FIND: &str = concat!(
    "SELECT place, version, here, fingerprint, clock, hlc, op_id, deleted_at, owner,
        content IS NOT NULL AND before >= ?3,
        CASE WHEN before < ?3 THEN (SELECT payload FROM change_log WHERE seq = content) END
    FROM (SELECT o.place, p.seq & 0xFFFFFFFFFF AS version, p.seq >> 40 = ",
    number!(),
    " AS here, p.fingerprint, c.clock, c.hlc, c.op_id,
            iif(r.deleted, c.created_at, NULL) AS deleted_at, r.owner, w.seq AS content,
            coalesce(sum(octet_length(w.payload)) OVER
                (ORDER BY o.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM ",
    ops!(op_id, table_id, pk, clock, hlc),
    " o
        LEFT JOIN processed_ops p ON p.op_id = o.op_id
        LEFT JOIN sync_rows r ON r.workspace = ",
    number!(),
    "
            AND r.table_id = o.table_id AND r.pk = o.pk
        LEFT JOIN change_log c ON c.seq = r.seq
        LEFT JOIN change_log w ON w.seq = CASE
            WHEN c.op_id <> o.op_id AND (c.clock, c.hlc, c.op_id) > (o.clock, o.hlc, o.op_id)
            THEN r.payload_seq END
        WHERE p.seq IS NOT NULL OR r.seq IS NOT NULL)"
);

/// New ops take the next versions in order, unless `or3_domain::sync::merge` refuses them: a
/// notification (table 3) of somebody else, or a clock that runs away from its row.
const ADMIT: &str = concat!(
    "INSERT INTO processed_ops (op_id, seq, fingerprint)
    SELECT o.op_id, ",
    head_seq!(),
    " + row_number() OVER (ORDER BY o.place), o.fingerprint
    FROM ",
    ops!(op_id, fingerprint, clock, table_id, op, pk),
    " o
    LEFT JOIN sync_rows r ON (o.table_id = 3 OR o.clock > 1 << 43)
        AND r.workspace = ",
    number!(),
    " AND r.table_id = o.table_id AND r.pk = o.pk
    LEFT JOIN change_log c ON c.seq = r.seq
    WHERE NOT EXISTS (SELECT 1 FROM processed_ops p WHERE p.op_id = o.op_id)
        AND NOT (o.table_id = 3 AND iif(r.seq IS NULL, o.op = 1, r.owner IS NOT ?3))
        AND NOT (o.clock > 1 << 43 AND o.clock - coalesce(c.clock, 0) > 1 << 16)"
);

/// The new ops with their payloads. They come in the order of their versions, which is theirs in the
/// batch, without being sorted.
const LOG: &str = concat!(
    "INSERT INTO change_log
        (seq, table_id, op, clock, created_at, pk, hlc, device_id, op_id, owner, payload)
    SELECT p.seq, o.table_id, o.op, o.clock, ?5, o.pk, o.hlc, o.device_id, o.op_id,
        iif(o.table_id = 3, ?4, NULL), o.payload
    FROM ",
    ops!(op_id, clock, table_id, op, pk, hlc, device_id, payload),
    " o CROSS JOIN processed_ops p ON p.op_id = o.op_id
    WHERE p.seq > ",
    head_seq!(),
    " AND p.seq <= ",
    top_seq!(),
);

/// While a snapshot can be read, the states that this push overtakes are kept for it. The joins are
/// told their order: left to itself the engine would read all rows of the workspace first.
const REMEMBER: &str = concat!(
    "INSERT OR IGNORE INTO sync_row_history
        (workspace, table_id, pk, through, seq, payload_seq, deleted, owner)
    SELECT r.workspace, r.table_id, r.pk, h.head, r.seq, r.payload_seq, r.deleted, r.owner
    FROM sync_heads h
    CROSS JOIN change_log n ON n.seq > h.workspace << 40 | h.head AND n.seq <= ",
    top_seq!(),
    "
    CROSS JOIN sync_rows r ON r.workspace = h.workspace AND r.table_id = n.table_id AND r.pk = n.pk
    CROSS JOIN change_log c ON c.seq = r.seq
    WHERE h.workspace = ",
    number!(),
    " AND h.snapshots_until > ?2
        AND (n.clock, n.hlc, n.op_id) > (c.clock, c.hlc, c.op_id)"
);

/// The last writer wins, op by op in the order of versions (8.1 to 8.4): the rule of
/// `or3_domain::sync::merge`, which a property test holds equal to this.
const SETTLE: &str = concat!(
    "INSERT INTO sync_rows (workspace, table_id, pk, seq, payload_seq, deleted, owner)
    SELECT seq >> 40, table_id, pk, seq, iif(op = 0, seq, NULL), op, owner
    FROM change_log WHERE seq > ",
    head_seq!(),
    " AND seq <= ",
    top_seq!(),
    "
    ORDER BY seq
    ON CONFLICT (workspace, table_id, pk) DO UPDATE SET
        seq = excluded.seq,
        payload_seq = coalesce(excluded.payload_seq, payload_seq),
        deleted = excluded.deleted
    WHERE (SELECT (n.clock, n.hlc, n.op_id) > (c.clock, c.hlc, c.op_id)
        FROM change_log n, change_log c WHERE n.seq = excluded.seq AND c.seq = sync_rows.seq)"
);

/// The head is the last entry of the log; entries that collection has taken do not move it back.
const ADVANCE: &str = concat!(
    "INSERT INTO sync_heads (workspace, head)
    SELECT seq >> 40, seq & 0xFFFFFFFFFF FROM change_log
    WHERE seq > ",
    number!(),
    " << 40 AND seq <= ",
    top_seq!(),
    "
    ORDER BY seq DESC LIMIT 1
    ON CONFLICT (workspace) DO UPDATE SET head = excluded.head WHERE excluded.head > head"
);
