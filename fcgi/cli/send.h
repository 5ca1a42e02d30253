/* send.h - `loganalyzer send -f FILE...` and `loganalyzer send --journal`: logs into the
 * running server as they are written, each line once. */
#ifndef CLI_SEND_H
#define CLI_SEND_H

enum { SEND_FILES_MAX = 256 };

/* The verb: argv[0] is "send". Returns the exit status: 0 it was told to end (SIGTERM,
 * SIGINT), 1 it cannot go on, 2 the call was wrong. */
int send_main(int argc, char **argv);

#endif
