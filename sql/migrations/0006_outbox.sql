-- What is to be told of incidents, a row in the transaction in which it came about.
CREATE TABLE notices(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  incident_id INTEGER NOT NULL,
  kind TEXT NOT NULL,        -- new, regression, worse; old: imported
  old INTEGER NOT NULL,      -- kind is old
  at_us INTEGER NOT NULL,    -- our clock
  severity REAL NOT NULL,
  first_us INTEGER NOT NULL, -- event times of the incident at that time
  last_us INTEGER NOT NULL
) STRICT;
CREATE INDEX notices_by_age ON notices(old, id);
CREATE INDEX notices_of ON notices(incident_id, id);
-- Messages that are made of them, one row for each channel it goes by.
CREATE TABLE outbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  event_id TEXT NOT NULL,    -- what receivers know it by, the same in each try
  channel TEXT NOT NULL,     -- webhook, mail
  kind TEXT NOT NULL,        -- as of a notice; or digest, import, test
  incident_id INTEGER,       -- NULL: several or none
  incidents INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, -- 0 waiting, 1 delivered, 2 undeliverable
  attempts INTEGER NOT NULL DEFAULT 0,
  next_us INTEGER NOT NULL,  -- when it is tried (again)
  ended_us INTEGER,          -- delivered or given up
  last_error TEXT,
  last_error_us INTEGER,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,        -- '' when ended, as json
  json TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox(channel, next_us) WHERE state=0;
CREATE INDEX outbox_by_channel ON outbox(channel, state, ended_us);
CREATE INDEX outbox_errors ON outbox(channel, last_error_us) WHERE last_error_us IS NOT NULL;
