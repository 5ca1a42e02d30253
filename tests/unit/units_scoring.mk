# Tests of what the detector is made of, from numbers to verdicts.
UNITS += hist vectors values spelling probation rhythm front failure model analysis \
  window alarm learning explain verdicts windows sessions cause kinds answers answering choices

UNIT_FRONT := scoring/front scoring/weblog scoring/mask scoring/attack \
  scoring/attack_match scoring/attack_signatures scoring/attack_sql \
  fcgi/core/access_line fcgi/base/str
UNIT_MODEL := scoring/model scoring/alarm scoring/hist scoring/vectors \
  scoring/values scoring/spelling scoring/templates scoring/template_text
UNIT_ANALYSIS := scoring/analysis scoring/failure scoring/kinds $(UNIT_FRONT) $(UNIT_MODEL) \
  fcgi/core/level fcgi/core/failed_login fcgi/base/arena fcgi/base/err
UNIT_LEARNING := scoring/learning scoring/window scoring/evidence $(UNIT_ANALYSIS)
UNIT_EXPLAIN := scoring/explain scoring/span_text $(UNIT_LEARNING) fcgi/base/utf8 fcgi/base/buf
UNIT_VERDICTS := scoring/verdicts scoring/judge fcgi/core/features fcgi/core/verdict \
  $(sort $(UNIT_EXPLAIN) $(UNIT_JSON_READ) $(UNIT_JSON_WRITE))

UNIT_OBJECTS_hist := scoring/hist
UNIT_OBJECTS_vectors := scoring/vectors
UNIT_OBJECTS_values := scoring/values
UNIT_OBJECTS_spelling := scoring/spelling fcgi/base/str
UNIT_OBJECTS_probation :=
UNIT_OBJECTS_rhythm :=
UNIT_OBJECTS_front := $(UNIT_FRONT) fcgi/core/level fcgi/core/failed_login
UNIT_KINDS := scoring/kinds scoring/template_text $(UNIT_FRONT)
UNIT_OBJECTS_kinds := $(UNIT_KINDS) fcgi/core/level fcgi/core/failed_login
UNIT_OBJECTS_answers := scoring/answers fcgi/base/err fcgi/core/level fcgi/core/failed_login \
  $(UNIT_KINDS)
UNIT_OBJECTS_choices := scoring/choices scoring/answers $(UNIT_KINDS) fcgi/base/utf8 fcgi/base/buf \
  fcgi/base/arena fcgi/base/err fcgi/core/level fcgi/core/failed_login
UNIT_OBJECTS_failure := scoring/failure fcgi/base/str
UNIT_OBJECTS_model := $(UNIT_MODEL) scoring/mask fcgi/base/str
UNIT_OBJECTS_analysis := $(UNIT_LEARNING)
UNIT_OBJECTS_window := $(UNIT_LEARNING)
UNIT_OBJECTS_alarm := scoring/alarm
UNIT_OBJECTS_learning := $(UNIT_LEARNING)
UNIT_OBJECTS_answering := $(UNIT_LEARNING)
UNIT_OBJECTS_explain := $(UNIT_EXPLAIN)
UNIT_OBJECTS_verdicts := $(UNIT_VERDICTS)
UNIT_OBJECTS_windows := scoring/windows fcgi/core/features $(sort $(UNIT_JSON_WRITE) \
  $(UNIT_ANALYSIS))
UNIT_OBJECTS_sessions := scoring/sessions
UNIT_OBJECTS_cause := tests/detector/cause_check $(UNIT_VERDICTS)

# The detector driven as ingest drives it.
UNITS += steady
UNIT_OBJECTS_steady := tests/detector/live scoring/raised $(DETECTOR) $(CORE) $(BASE)

UNITS += model_check
UNIT_OBJECTS_model_check := tests/fake/temp_dir $(DETECTOR) $(CORE) $(BASE)
