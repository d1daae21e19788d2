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

-- Claimed blobs that live rows mention. Mentions that are no list are read generously: any text that
-- holds the digest counts.
CREATE VIEW mentioned_claims AS
    SELECT m.workspace, m.table_id, m.pk, b.hash
    FROM row_mentions m
    CROSS JOIN json_each(CASE
        WHEN m.table_id = 0 THEN json_array(m.mentions)
        WHEN json_valid(m.mentions) THEN m.mentions
        ELSE '[]' END) j
    CROSS JOIN blob_claims b ON b.workspace = m.workspace
        AND b.hash = unhex(trim(substr(j.value, instr(j.value, ':') + 1)))
    UNION ALL
    SELECT m.workspace, m.table_id, m.pk, b.hash
    FROM row_mentions m
    CROSS JOIN blob_claims b ON b.workspace = m.workspace
        AND instr(lower(m.mentions), lower(hex(b.hash)))
    WHERE m.table_id <> 0 AND NOT json_valid(m.mentions);

-- A row that comes to mention a claimed blob drops the claim; a row comes in either of two ways.
CREATE TRIGGER sync_rows_unclaim AFTER INSERT ON sync_rows
WHEN NEW.table_id IN (0, 2, 4) AND EXISTS (
    SELECT 1 FROM blob_claims WHERE workspace = NEW.workspace)
BEGIN
    DELETE FROM blob_claims
    WHERE workspace = NEW.workspace AND condemned_at IS NULL AND hash IN (
        SELECT hash FROM mentioned_claims
        WHERE workspace = NEW.workspace AND table_id = NEW.table_id AND pk = NEW.pk);
END;

CREATE TRIGGER sync_rows_unclaim_later AFTER UPDATE OF seq ON sync_rows
WHEN NEW.table_id IN (0, 2, 4) AND EXISTS (
    SELECT 1 FROM blob_claims WHERE workspace = NEW.workspace)
BEGIN
    DELETE FROM blob_claims
    WHERE workspace = NEW.workspace AND condemned_at IS NULL AND hash IN (
        SELECT hash FROM mentioned_claims
        WHERE workspace = NEW.workspace AND table_id = NEW.table_id AND pk = NEW.pk);
END;
