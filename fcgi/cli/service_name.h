/* service_name.h - which service a log file is about, from its name.
 *
 * What rotation and compression add is taken off (.3 .gz -20261122 .old), then what says
 * that it is a log (.log .txt .json ...): shop-access.log.3.gz is "shop-access". A name
 * that says nothing gets its folder's: nginx/access.log is "nginx-access", apt/history.log
 * is "apt". */
#ifndef CLI_SERVICE_NAME_H
#define CLI_SERVICE_NAME_H

#include "fcgi/base/arena.h"

/* In a, valid UTF-8, at most bytes_max long, never empty; p NULL: no memory. */
struct str service_name(struct arena *a, const char *path, size_t bytes_max);

#endif
