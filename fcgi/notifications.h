/* notifications.h - GET /notifications, POST /notifications/test: a part of
 * loganalyzer-incidents. What was told, what waits and what could not be delivered; and a
 * message to try it. ingest sends them (fcgi/jobs/notify.h). */
#ifndef FCGI_NOTIFICATIONS_H
#define FCGI_NOTIFICATIONS_H

#include "fcgi/web/router.h"

enum {
    NOTIFICATIONS_LISTED_MAX = 100,
    NOTIFICATIONS_TESTS_MAX = 20 /* that wait beside NOTIFY_MAX messages; more: busy */
};

/* Handlers; app is the struct incidents. */
enum err_code notifications_get(void *app, const struct request *req,
                                struct response *resp, struct err *e);
enum err_code notifications_test_post(void *app, const struct request *req,
                                      struct response *resp, struct err *e);

#endif
