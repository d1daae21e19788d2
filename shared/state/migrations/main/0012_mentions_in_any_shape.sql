-- Claimed blobs that live rows mention: whatever has the length of a digest counts, in any shape and
-- any spelling of what is around it, as collections read it. A list of places is made of as many
-- zeroes; the text is looked through in windows that overlap by a digest, so that a long one costs
-- in proportion to its length, and every place asks the key of the claims.
DROP VIEW mentioned_claims;

CREATE VIEW mentioned_claims AS
    SELECT m.workspace, m.table_id, m.pk, b.hash
    FROM row_mentions m
    CROSS JOIN json_each('[0' || replace(
        hex(zeroblob(length(m.mentions) / 192)), '00', ',0') || ']') w
    CROSS JOIN json_each(json_array(substr(m.mentions, w.key * 192 + 1, 256))) s
    CROSS JOIN json_each('[0' || replace(
        hex(zeroblob(length(s.value) - 32)), '00', ',0') || ']') p
    CROSS JOIN blob_claims b ON b.workspace = m.workspace AND b.hash IN (
        unhex(substr(s.value, p.key + 1, 64)), unhex(substr(s.value, p.key + 1, 32)));
