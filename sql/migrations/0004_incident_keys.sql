-- By what else an incident is known than by its own key: the new templates in it, and the
-- keys of what extended it for their sake. Then its templates as they are listed.
CREATE TABLE incident_keys(
  id INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  first_us INTEGER NOT NULL, -- event times of what came under the key
  last_us INTEGER NOT NULL,
  text TEXT                  -- of the template whose key it is, '': not known; NULL: of none
) STRICT;
CREATE INDEX incident_keys_by_key ON incident_keys(key, last_us);
CREATE INDEX incident_keys_templates ON incident_keys(incident_id) WHERE text IS NOT NULL;
ALTER TABLE incidents ADD COLUMN templates TEXT; -- JSON: id and text of the first 100
ALTER TABLE incidents ADD COLUMN templates_n INTEGER; -- of all; NULL: none
