# For tests/lint/run: the flags that the Makefile compiles with, without those that would
# write dependency files.
.PHONY: print-flags
print-flags:
	@echo '$(filter-out -MMD -MP,$(CPPFLAGS)) $(CFLAGS)'
