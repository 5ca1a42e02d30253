/* ballast.h - a file beside the store that holds nothing: room that is kept for the day on
 * which the disk is full, when even to delete takes some. store: the path of that. */
#ifndef BASE_BALLAST_H
#define BASE_BALLAST_H

#include "fcgi/base/err.h"

#include <stdbool.h>

#define BALLAST_SUFFIX "-ballast" /* after the store's name */

/* Makes it, of so many bytes that are really taken. ERR_FULL: there is no room; then it is not
 * there. Nothing to do if it is there already, whatever its size. */
enum err_code ballast_make(const char *store, int64_t bytes, struct err *e) MUST_USE;

bool ballast_is_there(const char *store);

/* Gives the room free. Nothing to do if it is not there. */
void ballast_drop(const char *store);

#endif
