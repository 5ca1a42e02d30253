/* send_state.h - how far a file has been sent, so that the next start goes on there.
 *
 * One small file for each that is followed, NAME, in the folder of --state; who follows
 * holds a lock on NAME.lock beside it. It is written as NAME.new, put on the disk, and
 * renamed: whatever breaks off, there is the old note or the new one. It may be older than
 * what the server has: what lies between is asked of the server (fcgi/imports.h). But lines
 * without a time of their own are known by the nonce that is noted here alone, and so are
 * the rotated files that are still to be sent: one that is damaged is never taken for
 * none. */
#ifndef CLI_SEND_STATE_H
#define CLI_SEND_STATE_H

#include "fcgi/base/random_id.h"
#include "fcgi/cli/chunks.h"

enum {
    SEND_EDGE_BYTES = 64, /* of the content: its beginning, and what was sent last */
    SEND_STREAMS = 2,     /* the file that is followed, and the one before it */
    SEND_CURSOR_BYTES = 512,
    SEND_PATH_BYTES = 4096
};

/* A content that is sent. Zeroed: none. */
struct send_stream {
    bool begun; /* kind and nonce are known, before and here are set */
    int64_t dev, ino;
    int64_t offset;     /* so many bytes (of the journal: entries) are done with */
    int64_t changed_us; /* when the file was changed last, as seen */
    enum split_kind kind;
    char nonce[RANDOM_ID_BYTES]; /* part of its positions; "": none */
    struct digest before;        /* of the nonce and all that is done with */
    struct import_position here;
    uint8_t head[SEND_EDGE_BYTES], tail[SEND_EDGE_BYTES];
    size_t head_n, tail_n;
    char cursor[SEND_CURSOR_BYTES];      /* the journal's */
    char w3c_fields[CHUNK_FIELDS_BYTES]; /* see chunks.h */
};

struct send_state {
    struct send_stream streams[SEND_STREAMS];
    /* Before the first of them begins: the file that was through last, and when it was
     * changed last. */
    int64_t last_dev, last_ino, after_us;
};

/* Where states are by default: $STATE_DIRECTORY (systemd sets it), else for root
 * /var/lib/loganalyzer-send, else $XDG_STATE_HOME/loganalyzer or
 * ~/.local/state/loganalyzer. */
enum err_code send_state_folder(char out[static SEND_PATH_BYTES], struct err *e) MUST_USE;

/* An open state; zeroed but for lock_fd -1: none. */
struct send_note {
    int lock_fd; /* -1: not open */
    char path[SEND_PATH_BYTES];
};

enum send_found {
    SEND_NOTE_NONE,
    SEND_NOTE_READ,
    SEND_NOTE_DAMAGED /* not to be understood; it is path.damaged from now on */
};

/* Opens and locks the state of `subject`, an absolute path or "journal". *out is what was
 * noted, or zeroed. ERR_CONFLICT: another process has it; ERR_IO; ERR_INVALID. */
enum err_code send_state_open(const char *folder, const char *subject,
                              struct send_note *note, struct send_state *out,
                              enum send_found *found, struct err *e) MUST_USE;

/* sync: when this returns, it is this one that is there even after a power cut; else it is
 * this one or the one before. After an error it is the one before. */
enum err_code send_state_save(const struct send_note *note, const char *subject,
                              const struct send_state *state, bool sync,
                              struct err *e) MUST_USE;

/* One that is not open, too. */
void send_state_close(struct send_note *note);

#endif
