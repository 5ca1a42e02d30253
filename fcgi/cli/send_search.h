/* send_search.h - where the content of a followed file is after it was moved, copied or
 * compressed: by its inode, else by what is in it. For send_file.c. The list of rotated files
 * is the sender's; the caller has made it. */
#ifndef CLI_SEND_SEARCH_H
#define CLI_SEND_SEARCH_H

#include "fcgi/cli/send_file.h"

/* Opens a rotated file of the list; -1: *e says why, or has no code if its name belongs to
 * another file meanwhile. */
int send_open_rotated(const struct send_file *f, const struct rotated *file,
                      struct err *e);

/* send_reader_finish of an open file, which is closed. */
enum send_look send_finish(struct send_reader *r, int fd, struct err *e);

/* Sends the rest of r's stream out of whichever file has its content: SEND_IDLE, and which
 * (zeroed: f's own). SEND_CUT: none has. SEND_FAILED: the server (ERR_UPSTREAM, ERR_BUSY), or
 * a file that could be it is broken. */
enum send_look send_search(struct send_file *f, struct send_reader *r,
                           struct rotated *found, struct err *e);

/* Opens s's file for r, whatever it is called now. False: it is not there as such. */
bool send_open_again(struct send_file *f, struct send_reader *r, struct send_stream *s);

/* Is the file a copy of the one that has f's name, which is emptied next? While it is made
 * both have the same content; then the copy is looked at when that one is empty. */
bool send_is_copy_in_work(const struct send_file *f, const struct rotated *file);

/* Is it the file that was through last, under another inode (compressed meanwhile, or the
 * copy that was made of it)? What it has more is sent: SEND_IDLE. SEND_CUT: no. */
enum send_look send_is_last(struct send_file *f, const struct rotated *file,
                            struct err *e);

#endif
