/* shown.h - what a server or a log says, on its way to the terminal. */
#ifndef CLI_SHOWN_H
#define CLI_SHOWN_H

#include "fcgi/base/arena.h"

enum { SHOWN_BYTES_MAX = 4096 };

/* s as visible.h writes it, at most SHOWN_BYTES_MAX of it, in a; empty if memory is short. */
struct str shown_text(struct arena *a, struct str s);

#endif
