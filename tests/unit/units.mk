# The unit tests, and the objects that each of them links: no others. A test of
# fcgi/core that wanted SQLite or FastCGI would not link, and that is its point.
#
# To add one: a name in UNITS, its objects, and tests/unit/test_NAME.c.

UNITS := str buf arena utf8 err budget clock zone charset config service_url ticker json \
  json_out json_any level failed_login record lines line decode batch batch_lines features \
  verdict incident incident_life occurrences keep disk size_text body request response router served client \
  weblog attack mask templates counters counts readiness disk_usage metrics trouble

# What a module of base needs besides itself.
UNIT_JSON_READ := fcgi/base/json fcgi/base/arena fcgi/base/err fcgi/base/str
UNIT_JSON_WRITE := fcgi/base/json_out fcgi/base/utf8 fcgi/base/buf fcgi/base/str
UNIT_RECORD := fcgi/core/record fcgi/core/level fcgi/core/failed_login fcgi/base/clock

UNIT_OBJECTS_str := fcgi/base/str
UNIT_OBJECTS_buf := fcgi/base/buf fcgi/base/str
UNIT_OBJECTS_arena := fcgi/base/arena fcgi/base/str
UNIT_OBJECTS_utf8 := fcgi/base/utf8 fcgi/base/buf fcgi/base/str
UNIT_OBJECTS_err := fcgi/base/err fcgi/base/diag fcgi/base/clock fcgi/base/str
UNIT_OBJECTS_budget :=
UNIT_OBJECTS_clock := fcgi/base/clock fcgi/base/str
UNIT_OBJECTS_zone := fcgi/base/zone fcgi/base/clock fcgi/base/err fcgi/base/str
UNIT_OBJECTS_charset := fcgi/base/charset fcgi/base/str
UNIT_OBJECTS_ticker := fcgi/base/ticker fcgi/base/clock fcgi/base/err fcgi/base/str
UNIT_OBJECTS_service_url := fcgi/base/service_url fcgi/base/err fcgi/base/str
UNIT_OBJECTS_config := fcgi/base/config fcgi/base/config_env fcgi/base/config_notify \
  fcgi/base/api_key \
  fcgi/base/service_url fcgi/base/zone \
  fcgi/base/clock fcgi/base/err fcgi/base/str
UNIT_OBJECTS_counters := fcgi/base/counters tests/fake/temp_dir fcgi/base/err fcgi/base/str
UNIT_OBJECTS_counts := fcgi/base/counts fcgi/base/counters fcgi/base/clock fcgi/base/err \
  fcgi/base/str
UNIT_OBJECTS_metrics := fcgi/metrics fcgi/programs $(BASE)
UNIT_OBJECTS_size_text := fcgi/base/size_text
UNIT_OBJECTS_trouble := fcgi/core/trouble fcgi/core/readiness fcgi/base/size_text fcgi/base/utf8 fcgi/base/buf \
  fcgi/base/str
UNIT_OBJECTS_readiness := fcgi/core/readiness fcgi/base/size_text fcgi/base/str
UNIT_OBJECTS_disk_usage := fcgi/jobs/disk_usage sql/store sql/store_keep sql/store_outbox \
  tests/fake/temp_dir tests/fake/store_mem tests/fake/outbox_mem tests/fake/store_mem_life \
  $(CORE) $(BASE)
UNIT_OBJECTS_json := $(UNIT_JSON_READ)
UNIT_OBJECTS_json_out := $(UNIT_JSON_WRITE)
UNIT_OBJECTS_json_any := $(sort $(UNIT_JSON_READ) $(UNIT_JSON_WRITE))

UNIT_OBJECTS_level := fcgi/core/level fcgi/base/str
UNIT_OBJECTS_failed_login := fcgi/core/failed_login fcgi/base/str
UNIT_OBJECTS_record := $(UNIT_RECORD) $(UNIT_JSON_READ)
UNIT_LINE := fcgi/core/access_line fcgi/core/line fcgi/core/line_level fcgi/core/line_packages \
  fcgi/core/line_syslog fcgi/core/line_time fcgi/core/line_w3c fcgi/core/line_web $(UNIT_RECORD) \
  $(sort $(UNIT_JSON_READ) $(UNIT_JSON_WRITE))
UNIT_DECODE := fcgi/core/decode fcgi/base/charset
UNIT_OBJECTS_lines := fcgi/core/lines fcgi/base/str
UNIT_OBJECTS_line := $(UNIT_LINE)
UNIT_OBJECTS_decode := $(UNIT_DECODE) fcgi/base/utf8 fcgi/base/arena fcgi/base/buf \
  fcgi/base/err fcgi/base/str
UNIT_OBJECTS_batch := fcgi/core/batch fcgi/core/batch_refuse fcgi/core/lines $(UNIT_DECODE) \
  $(UNIT_LINE)
UNIT_OBJECTS_batch_lines := $(UNIT_OBJECTS_batch)
UNIT_OBJECTS_features := fcgi/core/features $(UNIT_JSON_WRITE)
UNIT_OBJECTS_verdict := fcgi/core/verdict \
  $(sort $(UNIT_JSON_READ) $(UNIT_JSON_WRITE))
UNIT_OBJECTS_incident := fcgi/core/incident fcgi/core/incident_life fcgi/core/verdict \
  fcgi/core/features $(sort $(UNIT_JSON_READ) $(UNIT_JSON_WRITE))

UNIT_OBJECTS_incident_life := $(UNIT_OBJECTS_incident)
UNIT_OBJECTS_occurrences := fcgi/core/occurrences
UNIT_OBJECTS_keep := fcgi/core/keep
UNIT_OBJECTS_disk := fcgi/base/disk fcgi/base/file fcgi/base/ballast fcgi/base/err fcgi/base/str

UNIT_OBJECTS_weblog := scoring/weblog fcgi/core/access_line fcgi/base/str
UNIT_OBJECTS_attack := scoring/attack scoring/attack_match scoring/attack_signatures \
  scoring/attack_sql fcgi/base/str

UNIT_OBJECTS_mask := scoring/mask fcgi/base/buf fcgi/base/str
UNIT_OBJECTS_templates := scoring/templates scoring/template_text scoring/mask fcgi/base/str

UNIT_OBJECTS_body := fcgi/web/body fcgi/base/buf fcgi/base/err fcgi/base/str
UNIT_OBJECTS_request := fcgi/web/request fcgi/web/request_read fcgi/base/arena fcgi/base/err \
  fcgi/base/utf8 fcgi/base/buf fcgi/base/str
UNIT_OBJECTS_response := fcgi/web/response fcgi/base/err $(UNIT_JSON_WRITE)
UNIT_OBJECTS_served := fcgi/web/served fcgi/web/request fcgi/web/response $(BASE)
UNIT_OBJECTS_router := fcgi/web/router fcgi/base/err fcgi/base/str
UNIT_OBJECTS_client := $(CLIENT) tests/fake/http_fake fcgi/base/clock \
  fcgi/base/buf fcgi/base/err fcgi/base/str

-include tests/unit/units_sql.mk tests/unit/units_cli.mk tests/unit/units_scoring.mk \
  tests/unit/units_notify.mk tests/unit/units_faults.mk tests/unit/units_access.mk
