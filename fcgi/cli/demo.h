/* demo.h - `loganalyzer demo`: the log records of a small host, made up (demo_week.h), into
 * the running server as a shipper would send them, or to standard output; or the list of
 * what really happened in them. */
#ifndef CLI_DEMO_H
#define CLI_DEMO_H

/* The verb: argv[0] is "demo". Returns the exit status: 0 all is stored or printed, 1
 * something is not, 2 the call was wrong. */
int demo_main(int argc, char **argv);

#endif
