# Tests of the command line tool's verbs.
UNITS += split service_name entry chunks import_file ledger demo demo_text demo_week

UNIT_ENTRY := fcgi/cli/entry fcgi/cli/entry_json fcgi/cli/entry_journal
UNIT_CHUNKS := fcgi/cli/chunks fcgi/cli/content fcgi/cli/split
UNIT_OBJECTS_split := fcgi/cli/split fcgi/core/lines fcgi/base/utf8 fcgi/base/buf \
  fcgi/base/str
UNIT_OBJECTS_service_name := fcgi/cli/service_name fcgi/base/arena fcgi/base/utf8 \
  fcgi/base/buf fcgi/base/str
UNIT_OBJECTS_entry := $(UNIT_ENTRY) fcgi/cli/split $(CORE) $(BASE)
UNIT_OBJECTS_chunks := tests/fake/temp_dir $(UNIT_CHUNKS) $(CORE) $(BASE)
UNIT_OBJECTS_import_file := tests/fake/temp_dir tests/fake/ledger_fake \
  fcgi/cli/import_file fcgi/cli/service_name fcgi/cli/progress $(UNIT_ENTRY) \
  $(UNIT_CHUNKS) $(CORE) $(BASE)
UNIT_OBJECTS_ledger := fcgi/cli/ledger fcgi/cli/shown $(CLIENT) tests/fake/http_fake \
  fcgi/core/import $(BASE)

UNITS += send_rotated send_state send_file
UNIT_OBJECTS_send_rotated := fcgi/cli/send_rotated tests/fake/temp_dir fcgi/base/err \
  fcgi/base/str
UNIT_OBJECTS_send_state := fcgi/cli/send_state fcgi/core/import tests/fake/temp_dir $(BASE)
UNIT_OBJECTS_send_file := fcgi/cli/send_file fcgi/cli/send_search fcgi/cli/send_reader \
  fcgi/cli/send_rotated fcgi/cli/send_state tests/fake/temp_dir tests/fake/ledger_fake \
  fcgi/cli/import_file fcgi/cli/service_name fcgi/cli/progress $(UNIT_ENTRY) $(UNIT_CHUNKS) \
  $(CORE) $(BASE)

UNIT_DEMO_TEXT := fcgi/cli/demo_text fcgi/cli/demo_words fcgi/cli/demo_random fcgi/base/buf \
  fcgi/base/str
UNIT_DEMO_WEEK := fcgi/cli/demo_week fcgi/cli/demo_plan fcgi/cli/demo_life_web \
  fcgi/cli/demo_life_mail fcgi/cli/demo_life_system fcgi/cli/demo_life_data \
  fcgi/cli/demo_events fcgi/cli/demo_attacks fcgi/cli/demo_breakage $(UNIT_DEMO_TEXT)
UNIT_OBJECTS_demo_text := $(UNIT_DEMO_TEXT)
UNIT_OBJECTS_demo_week := $(sort $(UNIT_DEMO_WEEK) $(UNIT_JSON_READ) $(UNIT_JSON_WRITE))
UNIT_OBJECTS_demo := fcgi/cli/demo fcgi/cli/server_place fcgi/cli/options fcgi/cli/demo_batch \
  fcgi/cli/demo_post fcgi/cli/progress $(CLIENT) tests/fake/http_fake $(sort $(UNIT_DEMO_WEEK) \
  $(BASE))

# The verbs that read history.
UNITS += options history raised train evaluate
UNIT_HISTORY := scoring/history fcgi/jobs/answer_rows fcgi/jobs/stored_batch \
  fcgi/cli/line_file fcgi/cli/content fcgi/cli/progress tests/fake/temp_dir $(SQL) $(CORE) \
  $(BASE)
UNIT_OBJECTS_options := fcgi/cli/options fcgi/base/err fcgi/base/str
UNIT_OBJECTS_history := $(sort $(ANSWERS) $(UNIT_HISTORY))
UNIT_OBJECTS_raised := scoring/raised $(CORE) $(BASE)
UNIT_OBJECTS_train := scoring/train scoring/train_info fcgi/cli/options $(DETECTOR) \
  $(UNIT_HISTORY)
UNIT_OBJECTS_evaluate := scoring/evaluate scoring/evaluate_lines scoring/evaluate_store \
  scoring/raised fcgi/cli/options $(DETECTOR) $(UNIT_HISTORY)
