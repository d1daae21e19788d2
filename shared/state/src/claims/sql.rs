//! The statements. In all of them `?1` is the workspace's id; in those that ask what is protected
//! `?2` is the moment from which files are kept, and `?3` that until which a URL must have ended.

macro_rules! number {
    () => {
        "(SELECT number FROM workspaces WHERE id = ?1)"
    };
}

/// Whether a file of the workspace is protected: by a row of sync that lives, in the trash or not,
/// or was removed since; by what triggers know of odd spellings; by a commit since; by a URL.
macro_rules! protected {
    ($hash:literal) => {
        concat!(
            "(EXISTS (SELECT 1 FROM sync_rows r
                WHERE r.workspace = ",
            number!(),
            " AND r.table_id = 0
                    AND r.pk IN ('sha256:' || lower(hex(",
            $hash,
            ")), lower(hex(",
            $hash,
            ")),
                        'md5:' || lower(hex(",
            $hash,
            ")))
                    AND (NOT r.deleted OR (
                        SELECT c.created_at FROM change_log c WHERE c.seq = r.seq) > ?2))
            OR EXISTS (SELECT 1 FROM files f
                WHERE f.workspace = ",
            number!(),
            " AND f.hash = ",
            $hash,
            " AND (f.listed = 1 OR f.touched_at > ?2))
            OR EXISTS (SELECT 1 FROM upload_intents i
                WHERE i.workspace = ",
            number!(),
            " AND i.hash = ",
            $hash,
            " AND i.expires_at > ?3))"
        )
    };
}

pub(super) const NEXT: &str = "SELECT id FROM workspaces
    WHERE number > coalesce((SELECT number FROM workspaces WHERE id = ?1), 0)
        AND deleted_at IS NULL
    ORDER BY number LIMIT 1";

pub(super) const UNPROTECTED: &str = concat!(
    "SELECT c.hash FROM (SELECT unhex(value) AS hash FROM json_each(?5)) c
    WHERE ?4 IS NOT NULL AND NOT ",
    protected!("c.hash")
);

pub(super) const CLAIM: &str = concat!(
    "INSERT INTO blob_claims (workspace, hash, holder, claimed_at)
    SELECT ",
    number!(),
    ", c.hash, ?4, ?6
    FROM (SELECT unhex(value) AS hash FROM json_each(?5)) c
    WHERE NOT ",
    protected!("c.hash"),
    "
    ON CONFLICT (workspace, hash) DO UPDATE SET
        holder = excluded.holder, claimed_at = excluded.claimed_at
    WHERE condemned_at IS NULL AND blob_claims.claimed_at < ?7"
);

pub(super) const MENTIONS: &str = concat!(
    "SELECT table_id, pk, mentions FROM row_mentions
    WHERE workspace = ",
    number!(),
    " AND (table_id, pk) > (?2, ?3) ORDER BY table_id, pk LIMIT ?4"
);

macro_rules! named_claims {
    () => {
        concat!(
            " FROM blob_claims WHERE workspace = ",
            number!(),
            " AND holder = ?2 AND hash IN (SELECT unhex(value) FROM json_each(?3))"
        )
    };
}

pub(super) const HELD: &str = concat!("SELECT 1", named_claims!(), " LIMIT 1");

pub(super) const RELEASE: &str = concat!("DELETE", named_claims!());

pub(super) const SEAL: &str = concat!(
    "UPDATE blob_claims SET holder = ?3 WHERE workspace = ",
    number!(),
    " AND hash IN (SELECT b.hash FROM blob_claims b
        WHERE b.workspace = ",
    number!(),
    " AND b.holder = ?2 AND b.condemned_at IS NULL ORDER BY b.hash LIMIT ?4)"
);

/// The holder's first claims.
macro_rules! first_claims {
    () => {
        concat!(
            "workspace = ",
            number!(),
            " AND hash IN (SELECT b.hash FROM blob_claims b
                WHERE b.workspace = ",
            number!(),
            " AND b.holder = ?5 AND b.condemned_at IS NULL ORDER BY b.hash LIMIT ?6)"
        )
    };
}

pub(super) const DROP_PROTECTED: &str = concat!(
    "DELETE FROM blob_claims WHERE ?4 IS NOT NULL AND ",
    first_claims!(),
    " AND ",
    protected!("blob_claims.hash")
);

pub(super) const CONDEMN: &str = concat!(
    "UPDATE blob_claims SET condemned_at = ?7 WHERE ?4 IS NOT NULL AND ",
    first_claims!(),
    " AND NOT ",
    protected!("blob_claims.hash"),
    " RETURNING hash, claimed_at"
);

pub(super) const LEFT: &str = concat!(
    "SELECT 1 FROM blob_claims WHERE workspace = ",
    number!(),
    " AND holder = ?2 AND condemned_at IS NULL LIMIT 1"
);

/// Those of the named files that the holder still has a claim on: whoever lost it may come late,
/// when the file is there again.
macro_rules! named_and_held {
    () => {
        concat!(
            " WHERE workspace = ",
            number!(),
            " AND hash IN (SELECT b.hash FROM json_each(?3) j
                CROSS JOIN blob_claims b ON b.workspace = ",
            number!(),
            " AND b.hash = unhex(j.value) AND b.holder = ?2)"
        )
    };
}

pub(super) const FORGET_FILES: &str = concat!(
    "DELETE FROM files",
    named_and_held!(),
    " AND listed IS NOT 1"
);

pub(super) const FORGET_COMMITS: &str = concat!(
    "UPDATE files SET committed_at = NULL, committed_bytes = 0, touched_at = NULL",
    named_and_held!()
);

pub(super) const FORGET_DAMAGE: &str = concat!("DELETE FROM damaged_blobs", named_and_held!());

pub(super) const TAKE_OVER: &str = concat!(
    "UPDATE blob_claims SET holder = ?2, claimed_at = ?5,
        condemned_at = iif(condemned_at IS NULL, NULL, ?5)
    WHERE workspace = ",
    number!(),
    " AND hash IN (SELECT b.hash FROM blob_claims b
        WHERE b.workspace = ",
    number!(),
    " AND coalesce(b.condemned_at, b.claimed_at) < ?3 LIMIT ?4)
    RETURNING hash"
);

pub(super) const COMMITTED: &str = concat!(
    "SELECT hash, committed_bytes FROM files
    WHERE workspace = ",
    number!(),
    " AND hash > ?2 AND committed_at IS NOT NULL ORDER BY hash LIMIT ?3"
);
