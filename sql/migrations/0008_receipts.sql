-- Requests that came with an Idempotency-Key and were answered with 200: what is asked
-- again gets the same reply and stores nothing. Kept for some days.
CREATE TABLE receipts(
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,    -- whose request: id of the access key, '' without one
  key TEXT NOT NULL,      -- as it was sent
  digest BLOB NOT NULL,   -- SHA-256 of the request
  received_us INTEGER NOT NULL,
  reply TEXT NOT NULL     -- JSON, as it was sent
) STRICT;
CREATE UNIQUE INDEX receipts_by_key ON receipts(key, scope);
CREATE INDEX receipts_by_time ON receipts(received_us);

-- Records that were refused while the others of their batch were stored, because the
-- sender asked for that (Prefer: handling=lenient). The newest ones.
CREATE TABLE rejected(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  received_us INTEGER NOT NULL,
  place INTEGER NOT NULL, -- in the request, from 0
  field TEXT,             -- what was wrong; NULL: the record as a whole
  reason TEXT NOT NULL,
  bytes INTEGER NOT NULL, -- of the record as it was sent
  record TEXT NOT NULL    -- its beginning
) STRICT;
