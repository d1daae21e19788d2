-- People, workspaces, memberships (auth contract, 13). Times are milliseconds.
-- The order of columns matters: what is looked at most comes first, what is long comes last.
-- `authorization_revision` grows with whatever changes what the user may see or do.

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    active_workspace_id TEXT,
    authorization_revision INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    email TEXT,
    display_name TEXT
) WITHOUT ROWID;

CREATE INDEX users_by_email ON users (email);

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

-- Password accounts of the basic-auth provider, and their refresh sessions (auth contract, 5.4).

CREATE TABLE basic_auth_accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    token_version INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    display_name TEXT,
    password_hash TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE basic_auth_sessions (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES basic_auth_accounts (id),
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    created_at INTEGER NOT NULL,
    rotated_from_session_id TEXT,
    replaced_by_session_id TEXT,
    rotation_grace_until INTEGER,
    refresh_token_hash TEXT NOT NULL,
    ip_address TEXT,
    user_agent TEXT,
    rotation_grace_refresh_token TEXT
) WITHOUT ROWID;

CREATE INDEX basic_auth_sessions_by_account ON basic_auth_sessions (account_id);

CREATE INDEX basic_auth_sessions_expiry ON basic_auth_sessions (expires_at);

-- Invites to a workspace (auth contract, 7.7). `status` is what was last decided; a pending one
-- past `expires_at` is expired whatever it says.

CREATE TABLE auth_invites (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'revoked', 'expired')),
    role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')),
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    accepted_at INTEGER,
    revoked_at INTEGER,
    invited_by_user_id TEXT NOT NULL,
    accepted_user_id TEXT,
    email TEXT NOT NULL,
    token_hash TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX auth_invites_by_workspace ON auth_invites (workspace_id, created_at);

CREATE INDEX auth_invites_by_token ON auth_invites (token_hash);
