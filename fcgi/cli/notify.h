/* notify.h - `loganalyzer notify test` and `loganalyzer notify list`. */
#ifndef CLI_NOTIFY_H
#define CLI_NOTIFY_H

/* argv[0] is the verb. The exit status: 0 the test message was delivered by every way, or
 * the list was printed; 1 not; 2 a wrong call. */
int notify_main(int argc, char **argv);

#endif
