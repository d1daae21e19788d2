-- What is known of each workspace's files: one row a hash (its digest alone). `committed_*` is of
-- the upload. `listed_*` is of the file_meta row: `listed` is NULL before one arrived, 0 when it
-- was removed or lies in the trash. A file weighs what its row says, at least what was uploaded;
-- without a row it weighs what was uploaded, and nothing once its row was removed (storage
-- contract, 3 and 13).
CREATE TABLE files (
    workspace INTEGER NOT NULL,
    hash BLOB NOT NULL,
    committed_at INTEGER,
    committed_bytes INTEGER NOT NULL DEFAULT 0,
    listed INTEGER,
    listed_bytes INTEGER NOT NULL DEFAULT 0,
    weight INTEGER NOT NULL GENERATED ALWAYS AS (CASE
        WHEN listed IS NULL THEN committed_bytes
        WHEN listed THEN max(committed_bytes, listed_bytes)
        ELSE 0 END) VIRTUAL,
    kind TEXT,
    mime_type TEXT,
    name TEXT,
    PRIMARY KEY (workspace, hash)
) WITHOUT ROWID;

-- What each workspace's files weigh together. Triggers keep it, so that no request adds rows up
-- and no writer can forget to.
CREATE TABLE storage_usage (
    workspace INTEGER PRIMARY KEY,
    stored_bytes INTEGER NOT NULL
);

CREATE TRIGGER files_count_in AFTER INSERT ON files BEGIN
    INSERT INTO storage_usage (workspace, stored_bytes) VALUES (NEW.workspace, NEW.weight)
    ON CONFLICT (workspace) DO UPDATE SET stored_bytes = stored_bytes + excluded.stored_bytes;
END;

CREATE TRIGGER files_recount AFTER UPDATE ON files BEGIN
    UPDATE storage_usage SET stored_bytes = stored_bytes + NEW.weight - OLD.weight
    WHERE workspace = NEW.workspace;
END;

CREATE TRIGGER files_count_out AFTER DELETE ON files BEGIN
    UPDATE storage_usage SET stored_bytes = stored_bytes - OLD.weight
    WHERE workspace = OLD.workspace;
END;

-- The live file_meta rows of sync (table 0) as the triggers below read them: the digest from the
-- key, the size from the payload, cut to what a file can have, so that no claim overflows the sum.
CREATE VIEW listed_files AS
    SELECT r.workspace, r.pk, unhex(substr(r.pk, instr(r.pk, ':') + 1)) AS hash,
        NOT r.deleted AND coalesce(l.payload ->> '$.deleted', 0) NOT IN (1, '1') AS listed,
        max(0, min(1 << 40, coalesce(CAST(l.payload ->> '$.size_bytes' AS INTEGER), 0)))
            AS listed_bytes
    FROM sync_rows r
    LEFT JOIN change_log l ON l.seq = r.payload_seq AND json_valid(l.payload)
    WHERE r.table_id = 0;

CREATE TRIGGER sync_rows_list AFTER INSERT ON sync_rows WHEN NEW.table_id = 0 BEGIN
    INSERT INTO files (workspace, hash, listed, listed_bytes)
    SELECT workspace, hash, listed, listed_bytes FROM listed_files
    WHERE workspace = NEW.workspace AND pk = NEW.pk AND length(hash) IN (16, 32)
    ON CONFLICT (workspace, hash) DO UPDATE SET
        listed = excluded.listed, listed_bytes = excluded.listed_bytes;
END;

CREATE TRIGGER sync_rows_relist AFTER UPDATE OF seq ON sync_rows WHEN NEW.table_id = 0 BEGIN
    INSERT INTO files (workspace, hash, listed, listed_bytes)
    SELECT workspace, hash, listed, listed_bytes FROM listed_files
    WHERE workspace = NEW.workspace AND pk = NEW.pk AND length(hash) IN (16, 32)
    ON CONFLICT (workspace, hash) DO UPDATE SET
        listed = excluded.listed, listed_bytes = excluded.listed_bytes;
END;

-- Room held for uploads under way, in deployments with a quota: one row a hash, until its URL
-- expires or it is committed.
CREATE TABLE upload_intents (
    workspace INTEGER NOT NULL,
    hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (workspace, hash)
) WITHOUT ROWID;
