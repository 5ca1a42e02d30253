/* ledger_fake.h - fcgi/cli/ledger.h without a server: the rules of the store's ledger, in
 * memory, for the tests of those who talk to it. */
#ifndef FAKE_LEDGER_FAKE_H
#define FAKE_LEDGER_FAKE_H

#include "fcgi/cli/ledger.h"

enum { LEDGER_FAKE_ROWS_MAX = 256 };

struct ledger *ledger_fake_open(void);

/* The nth post from now (1: the next) is the last that gets an answer: it fails with
 * ERR_UPSTREAM, stored or not. As if the importer had been killed there. */
void ledger_fake_stop(struct ledger *l, size_t nth, bool stored);

/* The post that comes nth refuses its record `index`. */
void ledger_fake_refuse(struct ledger *l, size_t nth, int64_t index);

/* Called once, before the nth post is looked at: somebody else is faster. */
void ledger_fake_before(struct ledger *l, size_t nth, void (*fn)(void *), void *arg);

/* How often a record was stored whose JSON holds text; how many records, posts, lists and
 * questions for marks there were. */
size_t ledger_fake_stored(const struct ledger *l, const char *text);
size_t ledger_fake_records(const struct ledger *l);
size_t ledger_fake_posts(const struct ledger *l);
size_t ledger_fake_lists(const struct ledger *l);
size_t ledger_fake_marks(const struct ledger *l);

#endif
