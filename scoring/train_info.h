/* train_info.h - model_info.json: what a model knows, for people and programs.
 *
 * {"version","trained_at","records","batches","services":[{"service","n","records",
 * "templates","calibrated"}]}; n is how many batches and the like of the service the model
 * has seen, which is what calibrates it; trained_at is null for the model as shipped. */
#ifndef SCORING_TRAIN_INFO_H
#define SCORING_TRAIN_INFO_H

#include "fcgi/base/config.h"
#include "scoring/detector.h"

enum { TRAIN_INFO_PATH_BYTES = CONFIG_PATH_BYTES + 80 };

/* The object, of a detector. */
void train_info_print(struct buf *out, struct detector *d);

int64_t train_info_calibrated(struct detector *d); /* services */

/* In two steps: the file is written beside its place; when all else went well (code is
 * ERR_NONE) it is put there, else it goes. */
struct train_info {
    char path[TRAIN_INFO_PATH_BYTES], fresh[TRAIN_INFO_PATH_BYTES];
};
enum err_code train_info_begin(struct train_info *i, const char *path, struct detector *d,
                               struct err *e) MUST_USE;
enum err_code train_info_end(const struct train_info *i, enum err_code code,
                             struct err *e) MUST_USE;

#endif
