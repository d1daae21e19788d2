-- The head of each workspace's change log.
CREATE TABLE sync_heads (
    workspace INTEGER PRIMARY KEY,
    head INTEGER NOT NULL
);
