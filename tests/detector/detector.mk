# Tests of the detector that need labelled logs beside the project.
.PHONY: test-cause

$(B)/detector_cause: $(B)/obj/tests/detector/cause.o \
  $(patsubst %,$(B)/obj/%.o,$(sort tests/detector/cause_check $(UNIT_VERDICTS) $(CORE) $(BASE)))
	@echo "LD  $@"
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) $(call libraries_of,$(BASE))

test-cause: $(B)/detector_cause ## the records that reasons name are the cause: over labelled logs, if they are there
	tests/detector/cause.sh $<
