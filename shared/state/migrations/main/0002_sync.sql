-- The change logs and rows of all workspaces (sync contract, 17). Times are milliseconds.
--
-- A version counts the writes of one workspace. `seq` is a version together with its workspace:
-- `workspaces.number << 40 | version`. Tables are numbered in the order of their names.

CREATE TABLE sync_heads (
    workspace INTEGER PRIMARY KEY,
    head INTEGER NOT NULL,
    -- Clients that have less than this version are told to take a snapshot.
    floor INTEGER NOT NULL DEFAULT 0,
    -- Until when rows that are overtaken must be kept for readers of snapshots.
    snapshots_until INTEGER NOT NULL DEFAULT 0
);

-- The log of all workspaces and the one home of every payload: rows point here. A rowid table in
-- the order of `seq` needs no second index. `op` is 0 for a put, 1 for a delete; `owner` is the
-- only user who may see the entry, if not all may.
CREATE TABLE change_log (
    seq INTEGER PRIMARY KEY,
    table_id INTEGER NOT NULL,
    op INTEGER NOT NULL,
    clock INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    pk TEXT NOT NULL,
    hlc TEXT NOT NULL,
    device_id TEXT NOT NULL,
    op_id TEXT NOT NULL,
    owner TEXT,
    payload TEXT
);

-- Every op id ever accepted, in any workspace, and what it stood for.
CREATE TABLE processed_ops (
    op_id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    fingerprint BLOB NOT NULL
) WITHOUT ROWID;

-- The state of each row: `seq` is the log entry that won, `payload_seq` the one whose payload the
-- row has (that of the last put; none after a delete of an unknown key).
CREATE TABLE sync_rows (
    workspace INTEGER NOT NULL,
    table_id INTEGER NOT NULL,
    pk TEXT NOT NULL,
    seq INTEGER NOT NULL,
    payload_seq INTEGER,
    deleted INTEGER NOT NULL,
    owner TEXT,
    PRIMARY KEY (workspace, table_id, pk)
) WITHOUT ROWID;

-- States that pushes overtook while a snapshot could be read, up to the version `through`.
CREATE TABLE sync_row_history (
    workspace INTEGER NOT NULL,
    table_id INTEGER NOT NULL,
    pk TEXT NOT NULL,
    through INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    payload_seq INTEGER,
    deleted INTEGER NOT NULL,
    owner TEXT,
    PRIMARY KEY (workspace, table_id, pk, through)
) WITHOUT ROWID;

-- A snapshot is a version to look back from, a filter (one bit a table), and a reader.
CREATE TABLE sync_snapshots (
    id TEXT PRIMARY KEY,
    workspace INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    watermark INTEGER NOT NULL,
    tables INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX sync_snapshots_expiry ON sync_snapshots (expires_at);

CREATE TABLE device_cursors (
    workspace INTEGER NOT NULL,
    device_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, device_id)
) WITHOUT ROWID;
