-- The store, version 1. logs and incidents keep the shape that users of the prototype
-- and SQLite browsers know: times as ISO text, our own columns after the known ones.
CREATE TABLE logs(
  id INTEGER PRIMARY KEY,
  timestamp TEXT,          -- as the sender wrote it
  service TEXT,
  level TEXT,
  message TEXT,
  metadata TEXT,           -- JSON as the sender wrote it
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  event_us INTEGER         -- timestamp understood, microseconds since 1970, UTC
);
CREATE TABLE incidents(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  detected_at TEXT,
  service TEXT,            -- NULL: several
  severity REAL,           -- the highest score
  summary TEXT,
  features TEXT,           -- JSON: counts and sentences of the worst occurrence
  reasons TEXT,            -- JSON: the sentences with their parts
  key TEXT,                -- strongest channel and service: what makes it the same one
  count INTEGER,           -- occurrences
  first_us INTEGER,        -- event times
  last_us INTEGER,
  threshold REAL
);
CREATE INDEX incidents_by_key ON incidents(key, last_us);
-- One row a batch; its records are logs first_log_id .. first_log_id + n - 1. The newest
-- row is never purged: the next record's id follows from it.
CREATE TABLE batches(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  received_us INTEGER NOT NULL,
  first_log_id INTEGER NOT NULL,
  n INTEGER NOT NULL,
  scorer TEXT NOT NULL,
  score REAL,              -- NULL: not scored yet
  raw_score REAL,
  incident_id INTEGER
) STRICT;
