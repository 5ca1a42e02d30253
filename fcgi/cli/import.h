/* import.h - `loganalyzer import FILE...`: log files into the running server, each record
 * once, however often it is repeated. */
#ifndef CLI_IMPORT_H
#define CLI_IMPORT_H

enum { IMPORT_INCIDENTS_MAX = 1000 }; /* counted one by one; more are "at least" */

/* The verb: argv[0] is "import". Returns the exit status: 0 all is stored, 1 something is
 * not, 2 the call was wrong. */
int import_main(int argc, char **argv);

#endif
