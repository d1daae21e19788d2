//! The statements of the log's collection; in all of them `?1` is the workspace's id.

use super::super::super::sql::{VERSION_BITS, number};
use super::super::held;

const _: () = assert!(VERSION_BITS == 40, "as the statements have it");

/// What all devices have is asked again here, where no report can come in between.
pub(super) const RISE: &str = concat!(
    "UPDATE sync_heads AS h SET floor = min(?2, ",
    held!(),
    "), swept_head = -1
    WHERE workspace = ",
    number!(),
    " AND floor < min(?2, ",
    held!(),
    ")"
);

/// The first young entry behind `?3` and up to `?4`. Clocks of several processes differ, so that
/// every entry is asked.
pub(super) const FIRST_YOUNG: &str = concat!(
    "SELECT seq & 0xFFFFFFFFFF FROM change_log
    WHERE seq > (",
    number!(),
    " << 40 | ?3) AND seq <= (",
    number!(),
    " << 40 | ?4) AND created_at >= ?2
    ORDER BY seq LIMIT 1"
);

/// A span of `?4` versions from the first entry behind `?2`, and no further than `?3`.
macro_rules! end_of_span {
    () => {
        concat!(
            "min(",
            number!(),
            " << 40 | ?3, coalesce((SELECT seq FROM change_log WHERE seq > (",
            number!(),
            " << 40 | ?2) ORDER BY seq LIMIT 1) + ?4, ",
            number!(),
            " << 40 | ?3))"
        )
    };
}

pub(super) const END: &str = concat!("SELECT ", end_of_span!(), " & 0xFFFFFFFFFF");

/// What makes an entry free: no row stands on it, and no state that a snapshot looks back to.
macro_rules! free {
    ($now:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM sync_rows r
                WHERE r.workspace = ",
            number!(),
            " AND r.table_id = change_log.table_id
                    AND r.pk = change_log.pk AND change_log.seq IN (r.seq, r.payload_seq))
            AND NOT EXISTS (SELECT 1 FROM sync_row_history y
                WHERE y.workspace = ",
            number!(),
            " AND y.table_id = change_log.table_id
                    AND y.pk = change_log.pk AND change_log.seq IN (y.seq, y.payload_seq)
                    AND EXISTS (SELECT 1 FROM sync_snapshots s WHERE s.workspace = y.workspace
                        AND s.watermark <= y.through AND s.expires_at > ",
            $now,
            "))"
        )
    };
}

pub(super) const FREE: &str = concat!(
    "SELECT seq, octet_length(payload) FROM change_log
    WHERE seq > (",
    number!(),
    " << 40 | ?2) AND seq <= ",
    end_of_span!(),
    " AND ",
    free!("?6"),
    " ORDER BY seq LIMIT ?5"
);

pub(super) const REMOVE: &str = concat!(
    "DELETE FROM change_log
    WHERE seq IN (SELECT ",
    number!(),
    " << 40 | value FROM json_each(?2))
        AND seq <= (SELECT workspace << 40 | floor FROM sync_heads WHERE workspace = ",
    number!(),
    ") AND ",
    free!("?3"),
    " RETURNING octet_length(payload)"
);

/// A floor that has risen since has not been swept, and states that are kept for snapshots are let
/// go without a word to the head.
pub(super) const MARK: &str = concat!(
    "UPDATE sync_heads SET swept_head = ?2 WHERE workspace = ",
    number!(),
    " AND floor = ?3 AND NOT EXISTS (
        SELECT 1 FROM sync_row_history y WHERE y.workspace = sync_heads.workspace)"
);
