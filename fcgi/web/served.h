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
/* Its route was looked for. taken: there is one, and it takes the method; else both are not
 * told, so that who asks for what there is not makes few series (counters.h). */
void served_route(struct served *s, const struct request *r, bool taken);
void served_end(const struct served *s, int status);

/* One that was not taken into work. */
void served_refused(int status);

#endif
