-- The life of an incident: what people say of it, when it came and came back.
ALTER TABLE incidents ADD COLUMN status TEXT NOT NULL DEFAULT 'open'; -- acknowledged, resolved
ALTER TABLE incidents ADD COLUMN muted_until_us INTEGER; -- by our clock; NULL: not muted
ALTER TABLE incidents ADD COLUMN note TEXT;
ALTER TABLE incidents ADD COLUMN verdict TEXT; -- 'real', 'normal'; NULL: nobody has said
ALTER TABLE incidents ADD COLUMN regressions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN changed_us INTEGER; -- last changed by a person, our clock
-- What it was when it was last told: opened, much worse, or come back. NULL: as it is.
ALTER TABLE incidents ADD COLUMN told_severity REAL;
ALTER TABLE incidents ADD COLUMN told_count INTEGER;
ALTER TABLE incidents ADD COLUMN bucket_us INTEGER; -- of its occurrences; NULL: the least
CREATE INDEX incidents_unresolved ON incidents(id) WHERE status<>'resolved';
CREATE INDEX incidents_muted ON incidents(id) WHERE muted_until_us IS NOT NULL;

-- What happened to it, the newest 500 events of each.
CREATE TABLE incident_history(
  id INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL,
  at_us INTEGER NOT NULL,  -- our clock
  event TEXT NOT NULL,     -- opened, worse, acknowledged, resolved, regression, note, ...
  note TEXT
) STRICT;
CREATE INDEX incident_history_of ON incident_history(incident_id, id);
INSERT INTO incident_history(incident_id, at_us, event)
  SELECT id, coalesce(CAST(round((julianday(detected_at)-2440587.5)*86400000) AS INTEGER)*1000,
    CAST(first_us AS INTEGER), 0), 'opened' FROM incidents ORDER BY id /*scan*/;

-- When it came, in at most 200 pieces of its bucket_us each: when they would be more, the
-- pieces become wider. What came before this version is not here.
CREATE TABLE incident_occurrences(
  incident_id INTEGER NOT NULL,
  at_us INTEGER NOT NULL,  -- beginning of the piece, event time
  count INTEGER NOT NULL,
  severity REAL NOT NULL,  -- the highest score in it
  PRIMARY KEY(incident_id, at_us)
) STRICT, WITHOUT ROWID;

-- What each service sent, in pieces of ten minutes of event time (never later than our
-- clock, so that an imported week fills its own days): the last 14 days.
CREATE TABLE lanes(
  bucket INTEGER NOT NULL, -- event time / 10 minutes
  service TEXT NOT NULL,   -- '': those for which a piece has no room
  records INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  score REAL,              -- the highest of a batch, minute or session; NULL: none scored
  PRIMARY KEY(bucket, service)
) STRICT, WITHOUT ROWID;
