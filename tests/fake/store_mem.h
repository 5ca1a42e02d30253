/* store_mem.h - a back end of sql/store.h in memory, for the tests of those who use one.
 *
 * It keeps what it promises: tests/contract/test_store.c runs over it and over SQLite.
 * Beside that it can be told to fail a call, to be busy, and to stand still at a gate.
 * The functions here may be called by any thread while a writer is at work. */
#ifndef FAKE_STORE_MEM_H
#define FAKE_STORE_MEM_H

#include "sql/store_imports.h"
#include "sql/store_incidents.h"
#include "sql/store_read.h"

enum { STORE_MEM_SCORER_BYTES = 32 };

/* A record as it is kept; all is owned by the store. */
struct store_mem_log {
    int64_t id;
    struct str timestamp, service, level, message, metadata;
    int64_t received_us, event_us;
};

struct store_mem_batch {
    struct store_batch_ids ids;
    size_t n;
    int64_t received_us, incident_id;
    bool scored;
    double score, raw_score;
    char scorer[STORE_MEM_SCORER_BYTES];
};

#define STORE_MEM_ID "00112233445566778899aabbccddeeff" /* the note STORE_ID */

struct store *store_mem_open(void); /* aborts without memory */

/* A second store that reads what the first one has committed. Closed before it. */
struct store *store_mem_reader(struct store *writer);

/* The same, which writes too (store_open_editor): ERR_BUSY while the other one does. */
struct store *store_mem_editor(struct store *writer);

/* What is committed. i counts from 0 in the order of writing; false: not so many. */
size_t store_mem_logs_n(struct store *s);
size_t store_mem_batches_n(struct store *s);
bool store_mem_log(struct store *s, size_t i, struct store_mem_log *out);
bool store_mem_batch(struct store *s, size_t i, struct store_mem_batch *out);

/* --- faults: all verbs but rollback, next_log_id, list_incidents and close are calls --- */

/* The nth call from now (1: the next) fails with code; 0: none will. A commit that fails
 * keeps nothing, but with ERR_IO and stored set it keeps all, as a disk may. */
void store_mem_fail(struct store *s, size_t nth, enum err_code code, bool stored);
size_t store_mem_calls(struct store *s); /* so far */

/* Every add_batch with a record of this service fails with code. p NULL: none does. */
void store_mem_refuse(struct store *s, struct str service, enum err_code code);

/* From now on there is no room for records (store_make_room). */
void store_mem_fill(struct store *s);

/* Asked by begin: false makes it ERR_BUSY. It stands for the wait until deadline_us. */
void store_mem_set_lock(struct store *s, bool (*take)(void *arg, int64_t deadline_us),
                        void *arg);

/* --- gates --- */

enum store_mem_gate { STORE_MEM_BEGIN, STORE_MEM_COMMIT, STORE_MEM_GATES };

void store_mem_shut(struct store *s,
                    enum store_mem_gate which); /* who comes there waits */
void store_mem_await(struct store *s,
                     enum store_mem_gate which); /* until somebody waits */
void store_mem_let_go(struct store *s, enum store_mem_gate which); /* opens it for good */

#endif
