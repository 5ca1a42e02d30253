/* outbox_mem.h - the part of store_mem that keeps notices and messages, and what the two
 * files share. For them only. */
#ifndef FAKE_OUTBOX_MEM_H
#define FAKE_OUTBOX_MEM_H

#include "sql/store_outbox_ops.h"

struct outbox_mem;

struct outbox_mem *outbox_mem_new(void);
void outbox_mem_free(struct outbox_mem *o);
void outbox_mem_begin(struct outbox_mem *o);
void outbox_mem_end(struct outbox_mem *o, bool stays);

extern const struct store_outbox_ops outbox_mem_ops;

/* store_mem.c: a call begins, with the lock held, and ends. NULL: it fails. kept: who asks
 * sees what is committed. */
struct outbox_mem *store_mem_enter(struct store *s, const char *what, bool *kept,
                                   struct err *e);
void store_mem_leave(struct store *s);
/* In such a call: is the incident there, and neither normal nor muted at this time? */
bool store_mem_is_wanted(struct store *s, int64_t incident_id, int64_t at_us);

#endif
