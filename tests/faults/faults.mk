# The client of tests/faults/run: posts numbered records and keeps a ledger of the answers.
$(B)/ledger: $(B)/obj/tests/faults/ledger.o
	@echo "LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

test-faults: $(B)/ledger $(B)/clock_shim.so $(B)/http_fake

.PHONY: faults soak
faults: all $(B)/ledger $(B)/clock_shim.so $(B)/http_fake ## the long form of test-faults: 1,000 kills and the like, an hour or so
	LOGANALYZER_BUILD=$(B) FAULT_KILLS=250 FAULT_RESTARTS=200 FAULT_ENDS=50 FAULT_HANGS=10 \
	  FAULT_SCORERS=100 FAULT_FRONTENDS=100 FAULT_FULLS=20 FAULT_LOCK_SECONDS=30 \
	  FAULT_CLOCKS=10 FAULT_MISBEHAVES=16 tests/faults/run

soak: all $(B)/ledger ## RECORDS (5,000,000) with readers beside: memory, descriptors and WAL stay
	LOGANALYZER_BUILD=$(B) FAULT_RECORDS=$(or $(RECORDS),5000000) tests/faults/run soak

# Also into programs with sanitizers: without them itself.
$(B)/clock_shim.so: tests/fake/clock_shim.c
	@mkdir -p $(@D)
	@echo "LD  $@"
	$(Q)$(CC) $(CPPFLAGS) -std=c17 $(WARNINGS) -O2 -fPIC -shared -o $@ $<
