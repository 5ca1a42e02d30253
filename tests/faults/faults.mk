# The client of tests/faults/run: posts numbered records and keeps a ledger of the answers.
$(B)/ledger: $(B)/obj/tests/faults/ledger.o
	@echo "LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^

test-faults: $(B)/ledger
