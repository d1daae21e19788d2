-- The head that a workspace had when its log was last swept of what no row stands on: without a
-- newer head there is nothing to sweep. Whatever else frees entries sets it back to -1.
ALTER TABLE sync_heads ADD COLUMN swept_head INTEGER NOT NULL DEFAULT -1;

-- Deleted rows that still have their last content.
CREATE INDEX sync_rows_content ON sync_rows (workspace, table_id, pk)
    WHERE deleted AND payload_seq IS NOT NULL;
