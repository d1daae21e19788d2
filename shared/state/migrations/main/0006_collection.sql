-- Collections know of each other by these rows. Times are milliseconds.

-- One row a kind of thing that is collected: who is at it until when, and where the next piece
-- begins. A lease that is over is free.
CREATE TABLE gc_leases (
    kind TEXT PRIMARY KEY,
    holder TEXT,
    expires_at INTEGER NOT NULL,
    position TEXT
) WITHOUT ROWID;

-- One row a collection: what, how many, how many bytes, how long, and who wanted it. `parts` is
-- JSON, one element a kind; `touched_at` is when it was last heard of.
CREATE TABLE gc_runs (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    touched_at INTEGER NOT NULL,
    finished_at INTEGER,
    dry_run INTEGER NOT NULL,
    ended TEXT NOT NULL,
    source TEXT NOT NULL,
    user_id TEXT,
    workspace_id TEXT,
    parts TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX gc_runs_by_start ON gc_runs (started_at, id);

CREATE INDEX gc_runs_unfinished ON gc_runs (touched_at) WHERE ended = 'running';

-- What is over is found without looking at the rest.
CREATE INDEX basic_auth_sessions_grace ON basic_auth_sessions (rotation_grace_until, id)
    WHERE rotation_grace_until IS NOT NULL;

CREATE INDEX auth_invites_expiry ON auth_invites (expires_at, id);

CREATE INDEX upload_intents_expiry ON upload_intents (expires_at);
