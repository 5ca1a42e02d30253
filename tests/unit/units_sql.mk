# Tests of the store, the writer and the detector. The writer's is over the fake: it links
# no SQLite.
UNITS += store store_life store_answers imports store_sqlite migrate adopt writer evidence detector

UNIT_SOURCE_store := tests/contract/test_store
UNIT_OBJECTS_store := tests/fake/store_mem tests/fake/outbox_mem tests/fake/store_mem_life \
  tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_SOURCE_store_life := tests/contract/test_store_life
UNIT_OBJECTS_store_life := $(UNIT_OBJECTS_store)
UNIT_SOURCE_imports := tests/contract/test_imports
UNIT_OBJECTS_imports := $(UNIT_OBJECTS_store)
UNIT_SOURCE_store_answers := tests/contract/test_answers
UNIT_OBJECTS_store_answers := $(UNIT_OBJECTS_store)
UNITS += outbox store_keep
UNIT_SOURCE_store_keep := tests/contract/test_store_keep
UNIT_OBJECTS_store_keep := $(UNIT_OBJECTS_store)
UNIT_SOURCE_outbox := tests/contract/test_outbox
UNIT_OBJECTS_outbox := $(UNIT_OBJECTS_store)
UNITS += receipts
UNIT_SOURCE_receipts := tests/contract/test_receipts
UNIT_OBJECTS_receipts := $(UNIT_OBJECTS_store)
UNITS += keeper
UNIT_OBJECTS_keeper := fcgi/jobs/expiry fcgi/jobs/believed tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_OBJECTS_store_sqlite := tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_OBJECTS_migrate := tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_OBJECTS_adopt := tests/fake/temp_dir $(SQL) $(CORE) $(BASE)
UNIT_OBJECTS_writer := sql/store sql/store_outbox sql/store_receipts sql/store_keep \
  sql/writer_notice sql/writer_counts sql/writer_receipt sql/lane_counts tests/fake/store_mem \
  tests/fake/outbox_mem tests/fake/store_mem_life tests/fake/clock_fake $(CORE) $(filter-out \
  fcgi/base/clock,$(BASE))
UNIT_OBJECTS_evidence := scoring/evidence
UNIT_OBJECTS_detector := $(DETECTOR) $(CORE) $(BASE)

# The scoring service, and who asks it.
UNITS += breaker scorer_http state state_batches told
UNIT_OBJECTS_breaker := scoring/breaker
UNIT_OBJECTS_scorer_http := scoring/scorer_http scoring/breaker $(CLIENT) \
  tests/fake/http_fake $(CORE) $(BASE)
UNIT_OBJECTS_state := scoring/state_parts $(STATE) tests/fake/temp_dir $(DETECTOR) $(CORE) \
  $(BASE)
UNIT_OBJECTS_state_batches := $(STATE) tests/fake/temp_dir $(DETECTOR) $(CORE) $(BASE)
UNIT_OBJECTS_told := fcgi/jobs/answer_book fcgi/jobs/answer_rows $(STATE) $(DETECTOR) \
  fcgi/jobs/told fcgi/jobs/outgoing fcgi/jobs/scorer_note scoring/scorer_http scoring/breaker \
  $(CLIENT) sql/store sql/store_outbox sql/store_receipts sql/store_keep sql/writer_notice \
  sql/writer_counts sql/writer_receipt sql/lane_counts sql/writer tests/fake/store_mem \
  tests/fake/outbox_mem tests/fake/store_mem_life tests/fake/http_fake $(CORE) $(BASE)
UNITS += keeper_counts
UNIT_OBJECTS_keeper_counts := $(UNIT_OBJECTS_keeper) tests/fake/vfs_fake
