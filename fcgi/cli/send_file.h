/* send_file.h - a log file, followed under its name over all its rotations.
 *
 * The file is looked at again and again (polled): that holds on every file system, costs an
 * fstat and a stat a look, and needs no watches that are lost when a file is replaced. When
 * the name leads to another file, the old one is read to its end and looked at for
 * SEND_LATE_S more, as programs go on writing to it until they are told. When it was emptied
 * in place (copytruncate), its copy is looked for by its content and read to the end. After
 * a time away the rotated files that came between are sent too, compressed ones as well,
 * oldest first. Any of this may break off at any point and is gone on with. */
#ifndef CLI_SEND_FILE_H
#define CLI_SEND_FILE_H

#include "fcgi/cli/send_reader.h"

enum {
    SEND_LATE_S = 60,
    SEND_LATE_LINE_S = 3, /* an old file's last line may still get its end */
    SEND_SEARCH_S = 10,   /* a rotated file may be in the midst of being compressed */
    SEND_COPY_S = 5,      /* so long a file and its copy may be there both */
    SEND_RETRY_S = 2,     /* what failed is tried again */
    SEND_SAVE_S = 5,      /* each note is an fsync; an older one costs a question */
    SEND_MISSING_S = 60,  /* a file that is not there is spoken of again, ... */
    SEND_MISSING_TIMES = 5,
    SEND_MISSING_LATER_S = 3600 /* ... and after so many times but so often */
};

struct send_file {
    struct sender *sender;
    char path[SEND_PATH_BYTES]; /* absolute */
    struct send_note note;
    struct send_state state;
    struct send_reader now, late; /* of its streams 0 and 1 */
    bool searched_late, dirty;
    int64_t retry_us, saved_us, searching_us;
    int64_t turning_us; /* since when the name leads to another file; 0: it does not */
    int64_t missing_us; /* when it is said again that there is none; 0: there is one */
    int missing_said;
    char said[sizeof((struct err *)0)->msg];
};

/* path must be absolute. service: of records that name none. Fails as send_state_open. */
enum err_code send_file_open(struct send_file *f, struct sender *sender, const char *path,
                             struct str service, struct err *e) MUST_USE;

/* One step; true: look again at once. now_us: monotonic. */
bool send_file_look(struct send_file *f, int64_t now_us);

/* Notes how far it is, and closes it. One that is not open, too. */
void send_file_close(struct send_file *f);

#endif
