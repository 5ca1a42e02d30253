/* notify_names.h - the ways by which people are told, as the store and the API name them. */
#ifndef JOBS_NOTIFY_NAMES_H
#define JOBS_NOTIFY_NAMES_H

#define NOTIFY_WEBHOOK "webhook"
#define NOTIFY_MAIL    "mail"
enum { NOTIFY_WAYS_N = 2 };

#endif
