/* receiver.h - a receiver of webhooks (HTTP) or of mail (SMTP) that does what a test tells
 * it. Threads of its own, any number of connections. It listens at 127.0.0.1, at a port that
 * the system chooses and DIR/port says. Runs out of memory by ending the test.
 *
 * What it does is what the file DIR/does says when a message comes, "ok" without one:
 *   ok           takes it: 200, 250
 *   away         nobody listens (only before it ever did anything else)
 *   hang         reads it and says nothing
 *   close        reads it and closes
 *   NNN [TEXT]   answers so; an HTTP TEXT is a header line, as in "429 Retry-After: 7",
 *                or "echo": the request's first line is the body
 *   rcpt ADDRESS SMTP: refuses this one recipient with 550
 *   greet NNN    SMTP: begins with this
 *   noauth       SMTP: refuses every password
 * Each message that was read, whatever became of it, is a file DIR/N from 1 on: of HTTP the
 * whole request; of SMTP the lines from EHLO to DATA, an empty line, and the mail, dots
 * undone. The file is there when it is whole. */
#ifndef FAKE_RECEIVER_H
#define FAKE_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>

enum { RECEIVER_MESSAGE_BYTES_MAX = 4 << 20 };

struct receiver;

/* dir must be there. */
struct receiver *receiver_start(bool smtp, const char *dir);
void receiver_stop(struct receiver *r); /* NULL allowed */
int receiver_port(const struct receiver *r);

#endif
