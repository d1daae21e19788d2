-- When the password was given that a session goes back to, through all its rotations; unknown where the
-- first of its rows was made before this migration.
ALTER TABLE basic_auth_sessions ADD COLUMN signed_in_at INTEGER;
