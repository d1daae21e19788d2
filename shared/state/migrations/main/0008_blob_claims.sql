-- Blobs that a collection means to remove. A claim stands until something comes to need the blob,
-- or until the blob is condemned: from then on it is gone for everybody else.
CREATE TABLE blob_claims (
    workspace INTEGER NOT NULL,
    hash BLOB NOT NULL,
    holder TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    condemned_at INTEGER,
    PRIMARY KEY (workspace, hash)
) WITHOUT ROWID;

-- When a file was committed last: a file that is committed again is young again.
ALTER TABLE files ADD COLUMN touched_at INTEGER;

UPDATE files SET touched_at = committed_at;

-- What a live row mentions: the hash of a file's row (table 0), the text of `file_hashes` of a
-- message or a post (2, 4). Of a payload that is no JSON to this engine (it may be nested too
-- deep), all of it counts.
CREATE VIEW row_mentions AS
    SELECT r.workspace, r.table_id, r.pk, CASE
        WHEN r.table_id = 0 THEN r.pk
        WHEN instr(l.payload, 'file_hashes') = 0 THEN NULL
        WHEN json_valid(l.payload) THEN l.payload ->> '$.file_hashes'
        ELSE l.payload END AS mentions
    FROM sync_rows r LEFT JOIN change_log l ON l.seq = r.payload_seq
    WHERE r.table_id IN (0, 2, 4) AND NOT r.deleted;

-- A row that comes to mention a claimed blob drops the claim.
CREATE TRIGGER sync_rows_unclaim AFTER INSERT ON sync_rows
WHEN NEW.table_id IN (0, 2, 4) AND EXISTS (
    SELECT 1 FROM blob_claims WHERE workspace = NEW.workspace)
BEGIN
    DELETE FROM blob_claims
    WHERE workspace = NEW.workspace AND condemned_at IS NULL AND hash IN (
        SELECT unhex(trim(substr(j.value, instr(j.value, ':') + 1)))
        FROM row_mentions m CROSS JOIN json_each(CASE
            WHEN m.table_id = 0 THEN json_array(m.mentions)
            WHEN json_valid(m.mentions) THEN m.mentions
            ELSE '[]' END) j
        WHERE m.workspace = NEW.workspace AND m.table_id = NEW.table_id AND m.pk = NEW.pk);
END;

CREATE TRIGGER sync_rows_unclaim_later AFTER UPDATE OF seq ON sync_rows
WHEN NEW.table_id IN (0, 2, 4) AND EXISTS (
    SELECT 1 FROM blob_claims WHERE workspace = NEW.workspace)
BEGIN
    DELETE FROM blob_claims
    WHERE workspace = NEW.workspace AND condemned_at IS NULL AND hash IN (
        SELECT unhex(trim(substr(j.value, instr(j.value, ':') + 1)))
        FROM row_mentions m CROSS JOIN json_each(CASE
            WHEN m.table_id = 0 THEN json_array(m.mentions)
            WHEN json_valid(m.mentions) THEN m.mentions
            ELSE '[]' END) j
        WHERE m.workspace = NEW.workspace AND m.table_id = NEW.table_id AND m.pk = NEW.pk);
END;

-- The same for mentions that are no list: any text that holds the digest counts.
CREATE TRIGGER sync_rows_unclaim_odd AFTER INSERT ON sync_rows
WHEN NEW.table_id IN (2, 4) AND EXISTS (
    SELECT 1 FROM blob_claims WHERE workspace = NEW.workspace) AND EXISTS (
    SELECT 1 FROM row_mentions m
    WHERE m.workspace = NEW.workspace AND m.table_id = NEW.table_id AND m.pk = NEW.pk
        AND m.mentions IS NOT NULL AND NOT json_valid(m.mentions))
BEGIN
    DELETE FROM blob_claims
    WHERE workspace = NEW.workspace AND condemned_at IS NULL AND instr((
        SELECT lower(m.mentions) FROM row_mentions m
        WHERE m.workspace = NEW.workspace AND m.table_id = NEW.table_id AND m.pk = NEW.pk
    ), lower(hex(hash)));
END;

CREATE TRIGGER sync_rows_unclaim_odd_later AFTER UPDATE OF seq ON sync_rows
WHEN NEW.table_id IN (2, 4) AND EXISTS (
    SELECT 1 FROM blob_claims WHERE workspace = NEW.workspace) AND EXISTS (
    SELECT 1 FROM row_mentions m
    WHERE m.workspace = NEW.workspace AND m.table_id = NEW.table_id AND m.pk = NEW.pk
        AND m.mentions IS NOT NULL AND NOT json_valid(m.mentions))
BEGIN
    DELETE FROM blob_claims
    WHERE workspace = NEW.workspace AND condemned_at IS NULL AND instr((
        SELECT lower(m.mentions) FROM row_mentions m
        WHERE m.workspace = NEW.workspace AND m.table_id = NEW.table_id AND m.pk = NEW.pk
    ), lower(hex(hash)));
END;
