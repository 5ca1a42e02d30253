-- What of which files has been imported. Names do not matter: a file's content is stored
-- in parts, and the position after a part is the SHA-256 of the content from its very
-- beginning up to there. The rows are a tree: a part is known by where it begins and ends.
CREATE TABLE imports(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  position BLOB NOT NULL UNIQUE,
  parent BLOB NOT NULL,    -- the position where the part begins
  bytes INTEGER NOT NULL,  -- of the content, from its beginning to the position
  records INTEGER NOT NULL,
  marks BLOB NOT NULL,     -- 8 bytes of the position after each record of the part
  received_us INTEGER NOT NULL
) STRICT;
CREATE INDEX imports_by_parent ON imports(parent);
