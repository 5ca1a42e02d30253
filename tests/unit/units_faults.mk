# Tests over a disk and a memory that fail (tests/fake/vfs_fake.h, memory_fake.h).
UNITS += power_cut nth_ingest nth_change
UNIT_OBJECTS_power_cut := tests/fake/vfs_fake tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_OBJECTS_nth_ingest := tests/fake/memory_fake tests/fake/vfs_fake tests/fake/temp_dir \
  $(filter-out fcgi/ingest,$(loganalyzer-ingest_OBJECTS))
UNIT_OBJECTS_nth_change := tests/fake/memory_fake tests/fake/vfs_fake tests/fake/temp_dir \
  $(filter-out fcgi/incidents,$(loganalyzer-incidents_OBJECTS))

# Also what the tests' own objects take counts, but only while a request is served.
$(B)/test_nth_ingest $(B)/test_nth_change: LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
