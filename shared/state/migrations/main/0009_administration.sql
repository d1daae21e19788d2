-- Administration of the deployment (auth contract, 10). Times are milliseconds.

-- The super admin's credential: at most one row. Without one, the next sign-in keeps the one that
-- the deployment names, so that removing the row is how a forgotten password is replaced.
CREATE TABLE admin_credentials (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL
);

-- What is set for a workspace by its administrators (auth contract, 13).
CREATE TABLE admin_workspace_settings (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    key TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (workspace_id, key)
) WITHOUT ROWID;

-- The newest users are listed without sorting all of them.
CREATE INDEX users_by_creation ON users (created_at, id);
