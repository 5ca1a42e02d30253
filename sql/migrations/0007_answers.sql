-- What people have answered to incidents. seq counts answers and undone answers together:
-- who holds the answers up to a number asks for those after it.
CREATE TABLE answers(
  id INTEGER PRIMARY KEY,
  seq INTEGER NOT NULL,
  answered_us INTEGER NOT NULL,
  verdict TEXT NOT NULL CHECK(verdict IN ('normal', 'real')),
  scope TEXT NOT NULL CHECK(scope IN ('template', 'service', 'value')),
  service TEXT NOT NULL,
  template_id TEXT,
  template TEXT,
  value TEXT,
  examples TEXT NOT NULL, -- JSON: messages of the kind
  fresh INTEGER NOT NULL, -- the kind was new in the incident
  incident_id INTEGER NOT NULL,
  note TEXT,
  undone_seq INTEGER,
  undone_us INTEGER
) STRICT;
CREATE INDEX answers_seq ON answers(seq);
CREATE INDEX answers_undone ON answers(undone_seq) WHERE undone_seq IS NOT NULL;
CREATE INDEX answers_counting ON answers(id) WHERE undone_seq IS NULL;

-- The incidents that an answer has closed, and what they were before.
CREATE TABLE answer_incidents(
  answer_id INTEGER NOT NULL,
  incident_id INTEGER NOT NULL,
  status TEXT NOT NULL,
  PRIMARY KEY(answer_id, incident_id)
) STRICT, WITHOUT ROWID;
