# Tests of the command line tool's verbs.
UNITS += split service_name entry chunks import_file ledger

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
UNIT_OBJECTS_ledger := fcgi/cli/ledger $(CLIENT) tests/fake/http_fake fcgi/core/import \
  $(BASE)
