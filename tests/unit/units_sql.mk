# Tests of the store, the writer and the detector. The writer's is over the fake: it links
# no SQLite.
UNITS += store imports store_sqlite adopt writer evidence detector

UNIT_SOURCE_store := tests/contract/test_store
UNIT_OBJECTS_store := tests/fake/store_mem tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_SOURCE_imports := tests/contract/test_imports
UNIT_OBJECTS_imports := $(UNIT_OBJECTS_store)
UNIT_OBJECTS_store_sqlite := tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_OBJECTS_adopt := tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_OBJECTS_writer := sql/store tests/fake/store_mem tests/fake/clock_fake $(CORE) \
  $(filter-out fcgi/base/clock,$(BASE))
UNIT_OBJECTS_evidence := scoring/evidence
UNIT_OBJECTS_detector := $(DETECTOR) $(CORE) $(BASE)
