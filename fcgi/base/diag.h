/* diag.h - what our programs say about themselves, on stderr, which lighttpd writes to
 * its log. One line an event: time, program, text. Bytes that are not printable ASCII
 * come out as \xNN, so that nothing a client sends can forge a line. Any thread. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

enum { DIAG_LINE_BYTES = 1024 };

void diag_init(const char *program); /* static text; before any thread starts */
void diag(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
