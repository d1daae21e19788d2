//! The statements of the audit trail.

use std::time::Duration;

pub(super) const HOUR: Duration = Duration::from_hours(1);

pub(super) const WRITE: &str = "INSERT INTO audit_log
        (at, action, actor, target, workspace_id, ip_address, request_id, detail)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8";

/// Fewer than a thousand of this action since `?9`; no more of them are looked at.
pub(super) const ROOM: &str = "(SELECT count(*) FROM (
        SELECT 1 FROM audit_log WHERE action = ?2 AND at > ?9 LIMIT 1000)) < 1000";

macro_rules! columns {
    () => {
        "SELECT seq, at, action, actor, target, workspace_id, ip_address, request_id, detail, link
        FROM audit_log "
    };
}

pub(super) const HEAD: &str = "SELECT base_seq, base_link, head_seq, head_link
    FROM audit_chain WHERE id = 1";

pub(super) const UNSEALED: &str = concat!(
    columns!(),
    "WHERE seq > (SELECT head_seq FROM audit_chain WHERE id = 1) ORDER BY seq LIMIT ?1"
);

pub(super) const OLDEST: &str = concat!(columns!(), "WHERE seq > ?1 ORDER BY seq LIMIT ?2");

pub(super) const NEWEST: &str = concat!(
    columns!(),
    "WHERE (?1 IS NULL OR seq < ?1) AND (?2 IS NULL OR action = ?2) ORDER BY seq DESC LIMIT ?3"
);

/// Gives the entries behind `?1` their links from `?3`, pairs of number and hexadecimal digits, if the
/// chain still ends at `?1` with the link `?2`.
pub(super) const SEAL: &str = "UPDATE audit_log SET link = unhex(sealed.value ->> 1)
    FROM json_each(?3) AS sealed
    WHERE audit_log.seq = sealed.value ->> 0
        AND EXISTS (SELECT 1 FROM audit_chain WHERE id = 1 AND head_seq = ?1 AND head_link = ?2)";

/// The chain ends at `?3` with the link `?4` now, if it ended at `?1` with the link `?2`.
pub(super) const ADVANCE: &str = "UPDATE audit_chain SET head_seq = ?3, head_link = ?4
    WHERE id = 1 AND head_seq = ?1 AND head_link = ?2";

/// The last of the first `?2` entries that are sealed and, like all before it, not younger than `?1`.
macro_rules! last_over {
    () => {
        "(SELECT max(seq) FROM (SELECT seq FROM audit_log ORDER BY seq LIMIT ?2)
            WHERE seq < coalesce((
                SELECT min(seq) FROM (
                    SELECT seq, at, link FROM audit_log ORDER BY seq LIMIT ?2)
                WHERE at > ?1 OR link IS NULL), 9223372036854775807))"
    };
}

pub(super) const REBASE: &str = concat!(
    "UPDATE audit_chain
    SET (base_seq, base_link) = (SELECT seq, link FROM audit_log WHERE seq = ",
    last_over!(),
    ") WHERE id = 1 AND ",
    last_over!(),
    " IS NOT NULL"
);

pub(super) const TRIM: &str = "DELETE FROM audit_log
    WHERE seq <= (SELECT base_seq FROM audit_chain WHERE id = 1)";

/// The entries behind `?3` that would go, at most `?2`: all that are over, from the front.
pub(super) const OVER: &str = "SELECT seq FROM audit_log
    WHERE seq > ?3 AND seq < coalesce((
        SELECT min(seq) FROM audit_log WHERE at > ?1), 9223372036854775807)
    ORDER BY seq LIMIT ?2";
