-- The places of a push's ops, 0 to 99: a batch travels as one argument, and this is the cheapest
-- source of as many rows as it has ops.
CREATE TABLE batch_places (place INTEGER PRIMARY KEY);

INSERT INTO batch_places (place)
WITH RECURSIVE places (place) AS (
    SELECT 0 UNION ALL SELECT place + 1 FROM places WHERE place < 99)
SELECT place FROM places;
