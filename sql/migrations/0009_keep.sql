-- For retention: an incident's keys are found by it when it goes, and the parts of files
-- whose marks can be dropped, as their records were, without a look at the others.
CREATE INDEX incident_keys_of ON incident_keys(incident_id);
CREATE INDEX imports_marked ON imports(received_us) WHERE length(marks)>0;
