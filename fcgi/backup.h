/* backup.h - loganalyzer backup FILE: a copy of the store, checked, with what was learned
 * beside it. */
#ifndef FCGI_BACKUP_H
#define FCGI_BACKUP_H

/* argv[0] is the verb. The exit status: 0; 1 there is no new copy, and what was there is as it
 * was; 2 a wrong call. */
int backup_main(int argc, char **argv);

#endif
