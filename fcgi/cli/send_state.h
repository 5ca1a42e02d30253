/* send_state.h - how far a file has been sent, so that the next start goes on there.
 *
 * One small file for each that is followed, named after it, in the folder of --state; who
 * follows holds a lock on it. It is written in place with a checksum, before the first part
 * of each file and about once a second, and may be older than what the server has: what
 * lies between is asked of the server (fcgi/imports.h). So it is not lost lines nor doubled
 * ones that it protects from, but reading everything again. */
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

/* Opens and locks the state of `subject`, an absolute path or "journal". *known: there was
 * one, it is in *out. ERR_CONFLICT: another process has it; ERR_IO. */
enum err_code send_state_open(const char *folder, const char *subject, int *fd,
                              struct send_state *out, bool *known,
                              struct err *e) MUST_USE;

/* sync: it is on the disk before this returns. */
enum err_code send_state_save(int fd, const char *subject, const struct send_state *state,
                              bool sync, struct err *e) MUST_USE;

#endif
