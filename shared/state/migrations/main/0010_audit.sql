-- What was done, by whom, and when; in the order in which it was done. Times are milliseconds.
-- A row is written in the transaction of what it tells, without a link. Later, whoever seals gives rows
-- their links: each is a digest of the row and of the link before it, so that no sealed row can be
-- changed, removed or put between others without a trace.
CREATE TABLE audit_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    target TEXT,
    workspace_id TEXT,
    ip_address TEXT,
    request_id TEXT,
    detail TEXT,
    link BLOB
);

CREATE INDEX audit_log_by_action ON audit_log (action, at);

-- The links that the chain begins and ends with: rows up to `base_seq` were removed when their time was
-- over, rows up to `head_seq` are sealed.
CREATE TABLE audit_chain (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    base_seq INTEGER NOT NULL,
    base_link BLOB NOT NULL,
    head_seq INTEGER NOT NULL,
    head_link BLOB NOT NULL
);

INSERT INTO audit_chain (id, base_seq, base_link, head_seq, head_link)
VALUES (1, 0, zeroblob(32), 0, zeroblob(32));

-- Rows are added and sealed, and nothing else, until their time is over.
CREATE TRIGGER audit_log_is_kept BEFORE UPDATE ON audit_log
WHEN OLD.link IS NOT NULL OR NEW.link IS NULL OR (NEW.seq, NEW.at, NEW.action, NEW.actor) <> (OLD.seq, OLD.at, OLD.action, OLD.actor)
    OR NEW.target IS NOT OLD.target OR NEW.workspace_id IS NOT OLD.workspace_id
    OR NEW.ip_address IS NOT OLD.ip_address OR NEW.request_id IS NOT OLD.request_id
    OR NEW.detail IS NOT OLD.detail
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;

CREATE TRIGGER audit_log_stays BEFORE DELETE ON audit_log
WHEN OLD.seq > (SELECT base_seq FROM audit_chain WHERE id = 1)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only added to');
END;
