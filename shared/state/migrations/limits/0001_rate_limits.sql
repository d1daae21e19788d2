-- One row a counted request: a subject's requests lie side by side in order of time, so that the
-- sliding window is a range. `nonce` tells apart requests of the same millisecond.
CREATE TABLE rate_hits (
    policy TEXT NOT NULL,
    subject TEXT NOT NULL,
    hit_at INTEGER NOT NULL,
    nonce INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (policy, subject, hit_at, nonce)
) WITHOUT ROWID;

CREATE INDEX rate_hits_expiry ON rate_hits (expires_at);
