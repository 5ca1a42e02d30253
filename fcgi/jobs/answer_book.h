/* answer_book.h - the answers (scoring/answers.h) that the store holds, for who scores and who
 * learns: looked up before each batch, so that an answer holds from the next request on.
 *
 * A book reads by a connection of its own, under a lock that is held for a look at one number
 * (some microseconds), and for longer only when an answer was given or undone since. Any
 * thread. */
#ifndef JOBS_ANSWER_BOOK_H
#define JOBS_ANSWER_BOOK_H

#include "scoring/answers.h"
#include "scoring/state.h"
#include "sql/store.h"

struct answer_book;

/* reader: the book's own from now on. state: learns of them too, and must stay; NULL: another
 * process's does (fcgi/jobs/told.h). */
enum err_code answer_book_open(struct store *reader, struct state *state,
                               struct answer_book **out, struct err *e) MUST_USE;
void answer_book_close(struct answer_book *b); /* NULL allowed; all holds were let go */

/* The answers as they are now, or, if the store cannot be read, as they were (said in the
 * log). Never changes; NULL: none. To be let go. b NULL: none. */
const struct answers *answer_book_hold(struct answer_book *b);
void answer_book_let_go(struct answer_book *b, const struct answers *held);

/* Only looks whether there are others now: the state learns of them without a batch. */
void answer_book_look(struct answer_book *b);

/* The same for one batch. */
void answer_book_mark(struct answer_book *b, struct record *records, size_t n);

#endif
