/* served.h - what is counted of requests (fcgi/base/counts.h): by route, method and status,
 * and how long they took. */
#ifndef WEB_SERVED_H
#define WEB_SERVED_H

#include "fcgi/web/request.h"

/* One request in work. */
struct served {
    const char *route;
    enum method method;
    int64_t began_us;
};

void served_begin(struct served *s);
/* Its route was looked for. */
void served_route(struct served *s, const struct request *r);
void served_end(const struct served *s, int status);

/* One that was not taken into work. */
void served_refused(int status);

#endif
