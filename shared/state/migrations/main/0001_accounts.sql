-- People, workspaces, memberships (auth contract, 13). Times are milliseconds.
-- The order of columns matters: what is looked at most comes first, what is long comes last.

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    active_workspace_id TEXT,
    created_at INTEGER NOT NULL,
    email TEXT,
    display_name TEXT
) WITHOUT ROWID;

CREATE TABLE auth_accounts (
    provider TEXT NOT NULL,
    provider_user_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (provider, provider_user_id)
) WITHOUT ROWID;

-- `number` stands for the workspace in the keys of everything that belongs to it: 1 to 8 bytes
-- instead of 36. It never leaves this crate.
CREATE TABLE workspaces (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    owner_user_id TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    name TEXT NOT NULL,
    description TEXT
);

CREATE TABLE workspace_members (
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    user_id TEXT NOT NULL REFERENCES users (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
) WITHOUT ROWID;

CREATE INDEX workspace_members_by_user ON workspace_members (user_id, workspace_id);

CREATE TABLE admin_users (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    created_at INTEGER NOT NULL,
    created_by_user_id TEXT
) WITHOUT ROWID;
