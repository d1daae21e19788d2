-- Blobs that a download or a check found damaged, and how often, until their bytes are sent again.
CREATE TABLE damaged_blobs (
    workspace INTEGER NOT NULL,
    hash BLOB NOT NULL,
    found_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (workspace, hash)
) WITHOUT ROWID;
