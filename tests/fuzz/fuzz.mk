# Fuzz targets: tests/fuzz/fuzz_NAME.c (fuzz.h says what one is). `make test-fuzz` builds
# them with gcc and replays what is in corpus/NAME and regress/NAME, `make fuzz` searches
# with libFuzzer. To add one: its name, its objects, some inputs in corpus/NAME.
.PHONY: fuzz test-fuzz

FUZZ_TARGETS := access batch config detector entry import incidents json learn line model \
  reply request state time told

FUZZ_BASE := $(filter-out fcgi/base/diag,$(BASE)) $(CORE)
FUZZ_OBJECTS_access := fcgi/web/access fcgi/web/local_caller $(FUZZ_BASE)
FUZZ_OBJECTS_batch := $(FUZZ_BASE)
FUZZ_OBJECTS_config := $(FUZZ_BASE)
FUZZ_OBJECTS_detector := $(DETECTOR) $(FUZZ_BASE)
FUZZ_OBJECTS_entry := fcgi/cli/entry fcgi/cli/entry_json fcgi/cli/entry_journal \
  fcgi/cli/split $(FUZZ_BASE)
FUZZ_OBJECTS_import := fcgi/imports fcgi/web/request sql/store sql/store_outbox \
  $(filter-out sql/store sql/store_outbox,$(SQL)) $(FUZZ_BASE)
FUZZ_OBJECTS_incidents := $(filter-out fcgi/incidents $(BASE) \
  $(CORE),$(loganalyzer-incidents_OBJECTS)) $(FUZZ_BASE)
FUZZ_OBJECTS_json := $(FUZZ_BASE)
FUZZ_OBJECTS_learn := scoring/learn scoring/state_parts $(STATE) $(DETECTOR) fcgi/jobs/told \
  fcgi/web/response $(SQL) $(FUZZ_BASE)
FUZZ_OBJECTS_line := $(FUZZ_BASE)
FUZZ_OBJECTS_model := $(DETECTOR) $(FUZZ_BASE)
FUZZ_OBJECTS_reply := scoring/breaker $(CLIENT) $(FUZZ_BASE)
FUZZ_OBJECTS_request := fcgi/web/request fcgi/web/router $(FUZZ_BASE)
FUZZ_OBJECTS_state := $(STATE) $(DETECTOR) $(FUZZ_BASE)
FUZZ_OBJECTS_time := $(FUZZ_BASE)
FUZZ_OBJECTS_told := fcgi/jobs/told scoring/answers $(UNIT_KINDS) $(SQL) $(FUZZ_BASE)

FUZZ_MAIN := tests/fuzz/replay # libFuzzer has its own
define fuzz_rule
$(B)/fuzz_$(1): $(B)/obj/tests/fuzz/fuzz_$(1).o $(B)/obj/tests/fuzz/fuzz.o \
  $(FUZZ_MAIN:%=$(B)/obj/%.o) $(patsubst %,$(B)/obj/%.o,$(sort $(FUZZ_OBJECTS_$(1))))
	@echo "LD  $$@"
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) \
	  $(call libraries_of,$(FUZZ_OBJECTS_$(1)))
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_rule,$(t))))

test-fuzz: $(FUZZ_TARGETS:%=$(B)/fuzz_%) ## replay the fuzz targets' inputs; F=NAME one of them
	tests/fuzz/run $(B) $(or $(F),$(FUZZ_TARGETS))

# Other flags and no gcc: a build of its own. fuzzer-no-link for what has a main elsewhere.
FUZZ_FLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined \
  -fno-sanitize-recover=all -ftrivial-auto-var-init=pattern -DDB_REFUSE_SCANS
fuzz: ## search with libFuzzer (needs clang): F=NAME one target, RUNS=1000000 inputs each
	$(MAKE) B=build/fuzz CC=clang WARNINGS='-Wall -Wextra $(WERROR)' \
	  MODE_CFLAGS='$(FUZZ_FLAGS)' MODE_LDFLAGS='-fsanitize=fuzzer,address,undefined' \
	  FUZZ_MAIN= $(patsubst %,build/fuzz/fuzz_%,$(or $(F),$(FUZZ_TARGETS)))
	tests/fuzz/run --search build/fuzz $(or $(RUNS),1000000) $(or $(F),$(FUZZ_TARGETS))
