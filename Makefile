# System Logs Analyzer. `make help` lists the targets.
#
# A mode is a way to build: release (in build/), san (AddressSanitizer and
# UndefinedBehaviorSanitizer, in build/san/), tsan (ThreadSanitizer, in build/tsan/).
# `make SAN=1 all`, `make TSAN=1 all`.

ifdef SAN
B := build/san
MODE_CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
  -ftrivial-auto-var-init=pattern \
  -fno-sanitize-recover=all -DDB_REFUSE_SCANS
MODE_LDFLAGS := -fsanitize=address,undefined
else ifdef TSAN
B := build/tsan
MODE_CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=thread
MODE_LDFLAGS := -fsanitize=thread
else
B := build
MODE_CFLAGS := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
  -fstack-clash-protection -fcf-protection -ftrivial-auto-var-init=zero -fPIE
MODE_LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif

CC = gcc
Q := $(if $(V),,@)
GEN := build/gen
CPPFLAGS := -D_GNU_SOURCE -iquote . -iquote $(GEN) -include fcgi/base/banned.h -MMD -MP
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wformat=2 \
  -Wundef -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
  -Wwrite-strings -Wcast-qual -Wpointer-arith -Wswitch-enum -Wimplicit-fallthrough \
  -Wnull-dereference -Wdouble-promotion -Wlogical-op -Wduplicated-cond \
  -Wduplicated-branches -Wjump-misses-init $(WERROR)
CFLAGS := -std=c17 -pthread $(WARNINGS) $(MODE_CFLAGS)
LDFLAGS := -pthread -Wl,--as-needed $(MODE_LDFLAGS)
LDLIBS := -lfcgi -lsqlite3 -lcjson -lm

# --- programs --------------------------------------------------------------------------
BASE := $(patsubst %.c,%,$(wildcard fcgi/base/*.c))
CORE := $(patsubst %.c,%,$(wildcard fcgi/core/*.c))
SQL := $(patsubst %.c,%,$(wildcard sql/*.c))
DETECTOR := $(addprefix scoring/,alarm analysis attack attack_match attack_signatures \
  attack_sql detector detector_answer detector_memory evidence explain span_text failure \
  front hist judge kinds answers choices learning mask model model_check model_file sessions \
  snapshot \
  spelling template_text templates templates_check values vectors vectors_check verdicts weblog \
  window window_check windows)
# What answers to incidents are made of, without the model.
ANSWERS := $(addprefix scoring/,answers choices kinds front weblog mask attack \
  attack_match attack_signatures attack_sql template_text)
STATE := scoring/state scoring/state_batches
SERVE := fcgi/web/body fcgi/web/request fcgi/web/request_read fcgi/web/response \
  fcgi/web/router fcgi/web/serve fcgi/web/served fcgi/web/watchdog fcgi/web/process \
  fcgi/web/access fcgi/web/admit fcgi/web/local_caller fcgi/web/params

TRAIN := scoring/train scoring/train_info scoring/evaluate scoring/evaluate_lines \
  scoring/evaluate_store scoring/history scoring/raised fcgi/jobs/stored_batch \
  fcgi/jobs/answer_rows
CLI := $(patsubst %.c,%,$(wildcard fcgi/cli/*.c))
CLIENT := fcgi/web/client fcgi/web/outbound fcgi/web/address
NOTIFY := fcgi/jobs/notify fcgi/jobs/notify_channel fcgi/jobs/notify_compose \
  fcgi/jobs/notify_send fcgi/web/mailer
# libcurl costs 8 MB of memory in a process: only what needs it is linked to it. The same
# for what only the importer needs. $(call libraries_of,OBJECTS)
libraries_of = $(if $(filter fcgi/web/outbound,$(1)),-lcurl) \
  $(if $(filter fcgi/cli/content,$(1)),-lz) \
  $(if $(filter fcgi/cli/chunks fcgi/cli/send_state fcgi/receipts fcgi/base/api_key,$(1)),-lmd)

PROGRAMS := loganalyzer-ingest loganalyzer-incidents loganalyzer-meta loganalyzer-score \
  loganalyzer
loganalyzer-ingest_OBJECTS := fcgi/ingest fcgi/ingest_reply fcgi/imports fcgi/receipts \
  fcgi/jobs/shared_reader fcgi/jobs/believed \
  fcgi/standby fcgi/jobs/expiry fcgi/jobs/answer_book fcgi/jobs/answer_rows \
  fcgi/jobs/housekeeper fcgi/jobs/keeper $(NOTIFY) fcgi/jobs/outgoing fcgi/jobs/replay \
  fcgi/jobs/scorer_note fcgi/jobs/self_watch fcgi/jobs/store_alarm fcgi/jobs/trouble_incident \
  fcgi/jobs/disk_usage fcgi/jobs/stored_batch fcgi/jobs/told scoring/score \
  scoring/scorer_local scoring/scorer_http scoring/breaker $(CLIENT) $(STATE) $(DETECTOR) \
  $(SQL) $(SERVE) $(CORE) $(BASE)
loganalyzer-score_OBJECTS := scoring/service scoring/score scoring/learn \
  scoring/state_parts fcgi/metrics fcgi/programs $(STATE) $(DETECTOR) $(SERVE) $(CORE) \
  $(BASE)
loganalyzer-incidents_OBJECTS := fcgi/incidents fcgi/incident_change \
  fcgi/incident_detail fcgi/incident_list fcgi/incident_print fcgi/incident_records \
  fcgi/incident_case fcgi/normals fcgi/normals_print fcgi/normals_trial fcgi/normals_wish \
  fcgi/jobs/answer_rows fcgi/services fcgi/rejected fcgi/notifications \
  fcgi/jobs/notify_channel fcgi/jobs/notify_compose $(ANSWERS) $(SQL) $(SERVE) $(CORE) $(BASE)
loganalyzer-meta_OBJECTS := fcgi/meta fcgi/health fcgi/metrics fcgi/metrics_state \
  fcgi/programs fcgi/scorer_status fcgi/jobs/disk_usage $(SQL) $(SERVE) $(CORE) $(BASE)
loganalyzer_OBJECTS := fcgi/loganalyzer fcgi/backup fcgi/web/frontend $(TRAIN) $(CLI) \
  $(CLIENT) $(DETECTOR) $(SQL) $(CORE) $(BASE)

# A target whose recipe failed is not taken for made.
.DELETE_ON_ERROR:
.PHONY: help all run test test-rest check test-unit test-http test-tsan test-faults test-docker \
  golden-accept lint format clean page test-page
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18
	@echo '  SAN=1 or TSAN=1 builds with sanitizers, V=1 shows the commands; one test alone:'
	@echo '  make test-unit T=buf        make test-http CASE=ingest-array'

all: $(PROGRAMS:%=$(B)/%) ## build the programs into build/

run: all ## start in the foreground (what deploy/run does after installing packages)
	deploy/run

# Other flags make other objects: `make check` after `make all` compiles anew.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS)' | cmp -s - $@ || echo '$(CC) $(CPPFLAGS) $(CFLAGS)' >$@

$(B)/obj/%.o: %.c $(B)/flags | $(GEN)/migrations.h $(GEN)/build_id.h
	@mkdir -p $(@D)
	@echo "CC  $@"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

define program_rule
$(B)/$(1): $($(1)_OBJECTS:%=$(B)/obj/%.o)
	@echo "LD  $$@"
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) \
	  $(call libraries_of,$($(1)_OBJECTS))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program_rule,$(p))))

$(GEN)/migrations.h: sql/embed.sh $(wildcard sql/migrations/*.sql)
	@mkdir -p $(@D)
	sh sql/embed.sh $(sort $(wildcard sql/migrations/*.sql)) >$@.new && mv $@.new $@

# Written anew only when the commit has changed, so that nothing is rebuilt for nothing.
$(GEN)/build_id.h: FORCE
	@mkdir -p $(@D)
	@deploy/build-id >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
.PHONY: FORCE

# --- the page --------------------------------------------------------------------------
# What is committed in deploy/htdocs is what is served: only who changes the page needs Node.
# npm's files stay in build/; $(call npm_ci,FOLDER,INTO)
npm_ci = mkdir -p $(2) && cp $(1)/package.json $(1)/package-lock.json $(2)/ && \
  cp deploy/page/.npmrc $(2)/ && cd $(2) && npm ci --no-progress --loglevel=error >/dev/null

build/page/node_modules/.package-lock.json: deploy/page/package-lock.json deploy/page/.npmrc
	$(Q)$(call npm_ci,deploy/page,build/page)
	$(Q)touch $@

page: build/page/node_modules/.package-lock.json ## build the page from deploy/page into deploy/htdocs (needs npm)
	node deploy/page/build.mjs build/page/node_modules deploy/htdocs

# --- tests -----------------------------------------------------------------------------
# tests/unit/test_NAME.c is one program; the objects it needs are named here, and it links
# no others: a test of core that wanted SQLite would not link.
ifneq ($(wildcard tests),) # an image is built without them
include tests/unit/units.mk
endif

UNIT_PROGRAMS := $(UNITS:%=$(B)/test_%)
define unit_rule
$(B)/test_$(1): $(B)/obj/$(or $(UNIT_SOURCE_$(1)),tests/unit/test_$(1)).o \
  $(patsubst %,$(B)/obj/%.o,$(UNIT_OBJECTS_$(1)))
	@echo "LD  $$@"
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ -lcheck -lsubunit -lrt $$(LDLIBS) \
	  $(call libraries_of,$(UNIT_OBJECTS_$(1)))
endef
$(foreach u,$(UNITS),$(eval $(call unit_rule,$(u))))

test: ## everything that is tested, with sanitizers (what deploy/test does)
	@status=0; \
	$(MAKE) SAN=1 test-unit || status=1; \
	$(MAKE) test-week test-batching test-cause || status=1; \
	$(MAKE) test-tsan || status=1; \
	$(MAKE) SAN=1 test-http || status=1; \
	$(MAKE) test-rest || status=1; \
	exit $$status

# The page's tests wait for a browser more than they work: beside the others.
test-rest:
	@status=0; mkdir -p build; \
	$(MAKE) test-page >build/test-page.log 2>&1 & page=$$!; \
	$(MAKE) SAN=1 test-fuzz || status=1; \
	$(MAKE) SAN=1 test-faults || status=1; \
	$(MAKE) test-docker || status=1; \
	$(MAKE) lint || status=1; \
	wait $$page || status=1; \
	cat build/test-page.log; \
	exit $$status

check: ## the list before a commit: test, and warnings are errors in all modes
	$(MAKE) WERROR=-Werror all
	$(MAKE) WERROR=-Werror test

test-unit: $(UNIT_PROGRAMS) ## unit tests; T=NAME runs tests/unit/test_NAME.c alone
	tests/unit/run $(B) $(or $(T),$(UNITS))

test-tsan: ## the threaded parts under ThreadSanitizer
	$(MAKE) TSAN=1 build/tsan/test_writer build/tsan/test_detector \
	  build/tsan/test_told build/tsan/test_notify_channel \
	  build/tsan/test_access build/tsan/test_keeper build/tsan/receiver build/tsan/reply_check all
	tests/unit/run build/tsan writer told notify_channel access keeper
	CK_RUN_CASE=threads tests/unit/run build/tsan detector
	LOGANALYZER_BUILD=build/tsan tests/http/run tsan

# Responders and servers for the cases: one shows what reaches it, one misbehaves.
$(B)/test_echo: $(B)/obj/tests/http/echo.o
	@echo "LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# One call for each reply of each case: without sanitizers.
$(B)/reply_check: tests/http/reply_check.c
	@mkdir -p $(@D)
	@echo "LD  $@"
	$(Q)$(CC) $(CPPFLAGS) -std=c17 $(WARNINGS) -O2 -o $@ $<

$(B)/http_fake: $(B)/obj/tests/fake/http_fake_main.o $(B)/obj/tests/fake/http_fake.o \
  $(B)/obj/fcgi/base/str.o
	@echo "LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

$(B)/receiver: $(B)/obj/tests/fake/receiver_main.o $(B)/obj/tests/fake/receiver.o
	@echo "LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

test-http: all $(B)/test_echo $(B)/http_fake $(B)/receiver $(B)/reply_check ## cases through a real lighttpd; CASE=NAME runs tests/http/cases/NAME.* alone
	LOGANALYZER_BUILD=$(B) tests/http/run $(CASE)

build/test-page/node_modules/.package-lock.json: tests/page/package-lock.json deploy/page/.npmrc
	$(Q)$(call npm_ci,tests/page,build/test-page)
	$(Q)touch $@

test-page: all build/page/node_modules/.package-lock.json build/test-page/node_modules/.package-lock.json ## the page in Chromium; T=NAME runs the tests whose names hold NAME
	LOGANALYZER_BUILD=$(B) tests/page/run $(T)

test-faults: all ## kill -9 under load and the like, in a short form
	LOGANALYZER_BUILD=$(B) tests/faults/run

test-docker: ## compose file and Dockerfile without Docker; most of it as root only
	tests/docker/run

golden-accept: all ## write the expectation of one HTTP case: CASE=NAME
	LOGANALYZER_BUILD=$(B) tests/http/run --accept $(CASE)

lint: ## include arrows, function sizes, headers that compile alone, shell scripts
	tests/lint/run

format: ## clang-format over all sources
	clang-format -i $$(git ls-files '*.c' '*.h')

clean: ## remove build/
	rm -rf build

-include tests/faults/faults.mk tests/fuzz/fuzz.mk tests/detector/detector.mk tests/detector/live.mk
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
