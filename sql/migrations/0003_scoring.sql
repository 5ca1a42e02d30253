-- What belongs to the store as a whole, by name: its random id, made here once; what the
-- scoring service has heard of it; how the scorer is. Then the batches that still have no
-- score, found without a look at the others.
CREATE TABLE notes(
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO notes VALUES('store_id', lower(hex(randomblob(16))));
CREATE INDEX batches_unscored ON batches(id) WHERE score IS NULL;
