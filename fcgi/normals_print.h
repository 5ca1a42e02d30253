/* normals_print.h - what was declared normal as a row of the store and as JSON. */
#ifndef FCGI_NORMALS_PRINT_H
#define FCGI_NORMALS_PRINT_H

#include "fcgi/core/verdict.h"
#include "fcgi/normals_trial.h"
#include "fcgi/web/response.h"
#include "scoring/choices.h"
#include "sql/store_answers.h"

enum { NORMALS_ARENA_BYTES = 64 << 20, NORMALS_LABEL_BYTES = 1024 };

/* A row, its texts in the arena. */
struct normals_row {
    struct arena *arena;
    struct store_answer answer;
    struct str label; /* what is normal, in a sentence */
    char template_id[TEMPLATE_ID_BYTES];
};

/* From a choice; who, when and of which incident is the caller's to set. */
enum err_code normals_row_make(struct normals_row *row, const struct choice *c,
                               struct arena *a, struct err *e) MUST_USE;

/* From the store. False: no memory. */
bool normals_row_copy(struct normals_row *row, const struct store_answer *a,
                      struct arena *arena);

/* {"normal":{..},"normals":[..],"hidden":..,"of":..,"days":..,"sentence":".."}; "normal" is
 * the first of them. */
void normals_print_reply(struct response *resp, const struct normals_row *rows, size_t n,
                         const struct normals_trial *t);
void normals_print_one(struct response *resp, const struct normals_row *row);
enum err_code normals_print_list(struct response *resp, struct store *s,
                                 struct err *e) MUST_USE;

/* "choices":[..] */
void normals_print_choices(struct json_out *o, const struct choices *all);

#endif
