/* answer_rows.h - answers as the store has them (sql/store_answers.h), as rules and as lessons. */
#ifndef JOBS_ANSWER_ROWS_H
#define JOBS_ANSWER_ROWS_H

#include "fcgi/base/arena.h"
#include "scoring/answers.h"
#include "scoring/state.h"
#include "sql/store.h"
#include "sql/store_answers.h"

/* Those that count in the store. *out NULL: there are none. */
enum err_code answer_rows_read(struct store *reader, struct answers **out,
                               struct err *e) MUST_USE;

/* A row as an answer, and as what a state takes up. Texts are copied into the arena. */
enum err_code answer_rows_one(struct arena *a, const struct store_answer *row,
                              struct answer *out, struct err *e) MUST_USE;
enum err_code answer_rows_lesson(struct arena *a, const struct store_answer *row,
                                 struct state_answer *out, struct err *e) MUST_USE;

#endif
