/* store_alarm.h - people are told that the store cannot be used, by the ways that are
 * configured: all else is told by the outbox (sql/store_outbox.h), which is in that store.
 *
 * What goes on for TROUBLE_SECONDS is told once by each way; one by which it does not arrive
 * is tried again until it does, or it is over. That it is over is not told. */
#ifndef JOBS_STORE_ALARM_H
#define JOBS_STORE_ALARM_H

#include "fcgi/base/config.h"

enum { STORE_ALARM_SECONDS = 1 };
#define STORE_ALARM_RETRY_MAX_US (15 * 60 * INT64_C(1000000))

struct store_alarm;

/* A thread, if anybody is told at all; else *out is NULL. config must stay. */
enum err_code store_alarm_start(const struct config *config, struct store_alarm **out,
                                struct err *e) MUST_USE;

/* It cannot be used now, and why; NULL: it can. Any thread; does not wait. a NULL allowed */
void store_alarm_set(struct store_alarm *a, const struct err *why);

/* Ends the thread; what is under way is broken off within a second. NULL allowed. */
void store_alarm_stop(struct store_alarm *a);

#endif
