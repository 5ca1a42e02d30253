/* temp_dir.h - a folder of one test, below $TMPDIR, and its end. */
#ifndef FAKE_TEMP_DIR_H
#define FAKE_TEMP_DIR_H

#include <check.h>

enum { TEMP_DIR_BYTES = 512 };

/* unit_run, for tests that make folders: all of them lie in one, which goes even when a
 * test has failed. */
int temp_dir_run(Suite *s);

/* Makes a new one and writes its path to out; fails the test if that cannot be done. */
void temp_dir_make(char out[static TEMP_DIR_BYTES]);

/* dir/name into out; the same buffer is returned. */
char *temp_dir_path(const char *dir, const char *name, char out[static TEMP_DIR_BYTES]);

int temp_dir_files(const char *dir);   /* how many are in it; -1: no folder */
void temp_dir_remove(const char *dir); /* with the files in it; it has no folders */

#endif
