/* served.c - see served.h. */
#include "fcgi/web/served.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/counts.h"

#include <stdio.h>

static void count(const char *route, enum method method, int status)
{
    char text[16];
    snprintf(text, sizeof text, "%d", status);
    struct count_label labels[COUNT_LABELS_MAX] = {{"route", route ? route : "none"},
                                                   {"method", method_name(method)},
                                                   {"status", text}};
    counts_series("requests_total", labels);
}

void served_begin(struct served *s)
{
    *s = (struct served){.method = METHOD_OTHER, .began_us = clock_mono_us()};
}

void served_route(struct served *s, const struct request *r, bool taken)
{
    if (taken) {
        s->route = r->route;
        s->method = r->method;
    }
}

void served_end(const struct served *s, int status)
{
    count(s->route, s->method, status);
    counts_time(COUNT_TIME_REQUEST, clock_mono_us() - s->began_us);
}

void served_refused(int status)
{
    count(NULL, METHOD_OTHER, status);
}
