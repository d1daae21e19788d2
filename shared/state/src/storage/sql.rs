//! The statements of files: `?1` is the workspace, `?2` the hash.

/// Whoever comes to need a claimed file keeps it.
pub(super) const UNCLAIM: &str = "DELETE FROM blob_claims
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2
        AND condemned_at IS NULL";

/// Takes the file away from a collection that condemned it before `?3` and is not heard of: dead,
/// it must keep nobody waiting. What stays is nobody's claim, by which the next collection looks
/// whether the blob is there; a commit drops it.
pub(super) const ACQUIT: &str = "UPDATE blob_claims SET holder = '', condemned_at = NULL
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2
        AND condemned_at < ?3";

pub(super) const CONDEMNED: &str = "SELECT 1 FROM blob_claims
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2
        AND condemned_at IS NOT NULL";

/// What the file `hash` of `workspace` weighs now.
macro_rules! weight_of {
    ($workspace:literal, $hash:literal) => {
        concat!(
            "coalesce((SELECT f.weight FROM files AS f
                WHERE f.workspace = ",
            $workspace,
            " AND f.hash = ",
            $hash,
            "), 0)"
        )
    };
}

/// What the workspace `w` holds, with everything that is reserved and an upload of `?3` bytes of
/// hash `?2`, as far as reservations have not expired at `?4`.
macro_rules! projected {
    () => {
        concat!(
            "coalesce((SELECT u.stored_bytes FROM storage_usage AS u
                WHERE u.workspace = w.number), 0)
            + coalesce((SELECT sum(max(i.size_bytes - ",
            weight_of!("i.workspace", "i.hash"),
            ", 0))
                FROM upload_intents AS i WHERE i.workspace = w.number AND i.hash <> ?2
                    AND i.expires_at > ?4), 0)
            + max(max(?3, coalesce((SELECT i.size_bytes FROM upload_intents AS i
                WHERE i.workspace = w.number AND i.hash = ?2 AND i.expires_at > ?4), 0))
                - ",
            weight_of!("w.number", "?2"),
            ", 0)"
        )
    };
}

pub(super) const PROJECT: &str = concat!(
    "SELECT ",
    projected!(),
    " FROM workspaces AS w WHERE w.id = ?1"
);

/// One that lives and is asked for again ends later than each of those who share it.
pub(super) const HOLD: &str = concat!(
    "INSERT INTO upload_intents (workspace, hash, size_bytes, expires_at)
    SELECT w.number, ?2, ?3, ?6 FROM workspaces AS w
    WHERE w.id = ?1 AND NOT EXISTS (
            SELECT 1 FROM blob_claims AS b WHERE b.workspace = w.number AND b.hash = ?2
                AND b.condemned_at IS NOT NULL)
        AND ",
    projected!(),
    " <= ?5
    ON CONFLICT (workspace, hash) DO UPDATE SET
        size_bytes = iif(expires_at > ?4, max(size_bytes, excluded.size_bytes),
            excluded.size_bytes),
        expires_at = max(expires_at, excluded.expires_at) + (expires_at > ?4)"
);

/// What weighs as much already, or has its room, costs nothing more; everything else must fit. A
/// file whose row was removed and that is uploaded again waits for its row anew.
pub(super) const COMMIT: &str = concat!(
    "INSERT INTO files
        (workspace, hash, committed_at, touched_at, committed_bytes, kind, mime_type, name)
    SELECT w.number, ?2, ?4, ?4, ?3, ?6, ?7, ?8 FROM workspaces AS w
    WHERE w.id = ?1 AND NOT EXISTS (
            SELECT 1 FROM blob_claims AS b WHERE b.workspace = w.number AND b.hash = ?2
                AND b.condemned_at IS NOT NULL)
        AND (?3 <= ",
    weight_of!("w.number", "?2"),
    " OR EXISTS (SELECT 1 FROM upload_intents AS i WHERE i.workspace = w.number
                AND i.hash = ?2 AND i.expires_at > ?4 AND i.size_bytes >= ?3)
            OR ",
    projected!(),
    " <= ?5)
    ON CONFLICT (workspace, hash) DO UPDATE SET
        touched_at = excluded.touched_at,
        committed_at = coalesce(committed_at, excluded.committed_at),
        committed_bytes = excluded.committed_bytes,
        listed = nullif(listed, 0),
        kind = excluded.kind, mime_type = excluded.mime_type, name = excluded.name"
);

/// Of the hash `?2` of the workspace `?1`, where what was committed weighs its `?3` bytes: where
/// the commit was not refused.
macro_rules! of_a_commit {
    () => {
        concat!(
            " WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2
                AND ?3 <= ",
            weight_of!("(SELECT number FROM workspaces WHERE id = ?1)", "?2")
        )
    };
}

pub(super) const CONSUME: &str = concat!("DELETE FROM upload_intents", of_a_commit!());

pub(super) const REPAIRED: &str = concat!("DELETE FROM damaged_blobs", of_a_commit!());

/// Only who was alone has the very end of the reservation.
pub(super) const RELEASE: &str = "DELETE FROM upload_intents
    WHERE workspace = (SELECT number FROM workspaces WHERE id = ?1) AND hash = ?2
        AND expires_at = ?3";

/// The row of sync goes by the hash as its client writes it; a live one counts before a removed
/// one.
pub(super) const FIND: &str =
    "SELECT f.committed_at, f.committed_bytes, f.kind, f.mime_type, f.name,
        r.deleted, l.payload
    FROM workspaces AS w
    LEFT JOIN files AS f ON f.workspace = w.number AND f.hash = ?2
    LEFT JOIN sync_rows AS r ON r.workspace = w.number AND r.table_id = 0 AND r.pk IN (?3, ?4)
    LEFT JOIN change_log AS l ON l.seq = r.payload_seq
    WHERE w.id = ?1 ORDER BY r.deleted LIMIT 1";

pub(super) const USAGE: &str = concat!(
    "SELECT coalesce((SELECT u.stored_bytes FROM storage_usage AS u
            WHERE u.workspace = w.number), 0),
        coalesce((SELECT sum(max(i.size_bytes - ",
    weight_of!("i.workspace", "i.hash"),
    ", 0))
            FROM upload_intents AS i WHERE i.workspace = w.number AND i.expires_at > ?2), 0)
    FROM workspaces AS w WHERE w.id = ?1"
);
