/* housekeeper.h - timed work in ingest: a thread that wakes once a second, looks at the
 * services' minutes and hands what is unusual to the writer. */
#ifndef JOBS_HOUSEKEEPER_H
#define JOBS_HOUSEKEEPER_H

#include "scoring/detector.h"
#include "sql/writer.h"

enum { HOUSEKEEPER_SECONDS = 1 };

struct housekeeper;
struct housekeeper_options {
    struct detector *detector;
    struct writer *writer;
};

enum err_code housekeeper_start(const struct housekeeper_options *options,
                                struct housekeeper **out, struct err *e) MUST_USE;

/* Ends the thread; what the minutes hold by then is judged and written. NULL allowed. */
void housekeeper_stop(struct housekeeper *h);

#endif
