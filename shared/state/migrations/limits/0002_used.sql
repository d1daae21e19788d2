-- `used` is how many requests counted when this one came, so that nobody counts twice. Collecting reads
-- the table from its beginning: an index on the expiry would cost every request a second b-tree.
ALTER TABLE rate_hits ADD COLUMN used INTEGER NOT NULL DEFAULT 0;

DROP INDEX rate_hits_expiry;
