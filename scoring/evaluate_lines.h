/* evaluate_lines.h - the kinds of messages that the detector finds in lines, learning them
 * as it goes. */
#ifndef SCORING_EVALUATE_LINES_H
#define SCORING_EVALUATE_LINES_H

#include "fcgi/base/err.h"

/* path has lines "id TAB message", - is standard input: prints each message's template, as
 * "t" and hexadecimal, on a line. ERR_INVALID: a line has no tab. */
enum err_code evaluate_lines(const char *path, struct err *e) MUST_USE;

#endif
