/* window_check.h - may what was read from a file be windows and sessions? Else an index would
 * lead out of a table, a chain would have no end, or a score would be no number. Pure. */
#ifndef SCORING_WINDOW_CHECK_H
#define SCORING_WINDOW_CHECK_H

#include "scoring/sessions.h"
#include "scoring/windows.h"

/* One that is in use, or waits. Its links are not looked at. */
bool window_check_slot(const struct window_slot *s);

/* w->span_us is what it should be. */
bool window_check_windows(const struct windows *w);
bool window_check_sessions(const struct sessions *s);

#endif
