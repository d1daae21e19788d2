-- Files that were uploaded and committed.
CREATE TABLE committed_blobs (
    workspace INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (workspace, hash)
) WITHOUT ROWID;
