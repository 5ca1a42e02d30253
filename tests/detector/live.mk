# The detector driven as ingest drives it, and measured. LIVE: what all of them link; the
# demo's week with it.
LIVE := tests/detector/live tests/detector/feed tests/bench/streams scoring/raised \
  $(addprefix fcgi/cli/,demo_attacks demo_batch demo_breakage demo_events demo_life_data \
  demo_life_mail demo_life_system demo_life_web demo_plan demo_random demo_text demo_week \
  demo_words) $(DETECTOR) $(CORE) $(BASE)

# $(call live_rule,PROGRAM,SOURCE)
define live_rule
$(B)/$(1): $(patsubst %,$(B)/obj/%.o,$(2) $(LIVE))
	@echo "LD  $$@"
	$$(Q)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) \
	  $(call libraries_of,$(LIVE))
endef
$(eval $(call live_rule,detector_week,tests/detector/week))
$(eval $(call live_rule,detector_batching,tests/detector/batching))
$(eval $(call live_rule,detector_hostile,tests/detector/hostile))
$(eval $(call live_rule,bench_detector,tests/bench/detector))

.PHONY: test-week test-batching test-hostile bench-detector
SEEDS := 1
test-week: $(B)/detector_week ## the hosting week through the detector; SEEDS="1 2 3", WEEK=-v
	$< $(WEEK) $(SEEDS)

test-batching: $(B)/detector_batching ## the same lines one by one, by the hundred and thousand: the same incidents
	$<

HOSTILE := $(if $(SAN)$(TSAN),200000,10000000)
test-hostile: $(B)/detector_hostile ## 10 million records of which each is new: memory is bounded; SAN=1: 200,000
	$< $(HOSTILE)

bench-detector: $(B)/bench_detector ## nanoseconds a record, by stream and stage; BENCH=web is one of them
	$< $(BENCH)
