/* send_reader.h - one content that grows, on its way into the server.
 *
 * What is complete is sent at once, at most a part (chunks.h) a step. The last line waits
 * SEND_QUIET_US, as what comes next may belong to it (a stack trace). One without an end
 * waits line_wait_us, or until its file is another one's predecessor: its end may come.
 * A record that the server does not take is sent in pieces, or told of by one that it
 * takes: nothing is left out, and nothing after it waits. Looking costs an fstat where
 * nothing has changed. */
#ifndef CLI_SEND_READER_H
#define CLI_SEND_READER_H

#include "fcgi/cli/import_file.h"
#include "fcgi/cli/send_rotated.h"
#include "fcgi/cli/send_state.h"

#include <sys/stat.h>

enum {
    SEND_PIECE_BYTES = 128 * 1024, /* of a record that is refused as it is: fits whatever
                                    * its characters become in JSON */
    SEND_STANZA_WAIT_S = 3600      /* for the end of a record of several lines */
};
#define SEND_QUIET_US (300 * INT64_C(1000))

/* What all files of a call share. */
struct sender {
    struct importer im; /* its chunks are the window that all readers use in turn */
    struct chunks old;  /* a rotated file that is read from its beginning */
    struct rotated_list rotated;
    bool gave_up; /* the server has not answered for as long as --wait says */
    bool waits_forever;
    const char *host;   /* part of all positions: another machine's file is another one */
    const char *folder; /* of states */
    int64_t line_wait_us;
    volatile const int *stop; /* not 0: end soon */
    void (*say)(const char *subject, const char *text);
    void (*answered)(void); /* the server took a part */
};

/* Takes the memory that the members of s need, but for the ledger; closing a zeroed one is
 * allowed. */
enum err_code sender_open(struct sender *s, struct err *e) MUST_USE;
void sender_close(struct sender *s);

struct send_reader {
    struct sender *sender;
    const char *subject; /* what is said is said of this; part of all positions */
    struct send_stream *stream;
    int fd;     /* -1: none */
    bool first; /* nothing was known of this path: its first content needs no nonce */
    struct import_run run;
    struct import_counts counts;
    /* private */
    bool held; /* there is something that waits */
    int64_t size, changed_us,
        grown_us;         /* as last seen; grown_us by the monotonic clock */
    size_t singly;        /* so many records are sent one by one */
    int64_t pieces_until; /* up to there a long record is sent in small pieces */
    bool unreadable;      /* was said */
};

enum send_look {
    SEND_IDLE,
    SEND_MORE,  /* look again at once */
    SEND_CUT,   /* this is not the content any more that it was */
    SEND_FAILED /* *e says why; look again later */
};

/* Turns to stream (which may be begun or not) in fd, of which it becomes the owner. */
void send_reader_start(struct send_reader *r, struct send_stream *stream, int fd);
void send_reader_stop(struct send_reader *r); /* closes the file */

/* Is fd what the stream has been, as far as its edges tell? */
bool send_reader_matches(const struct send_stream *s, int fd, const struct stat *st);

/* One step. When the stream begins, that is a step of its own, for it must be noted before
 * anything is sent: SEND_MORE. final: nothing comes any more. now_us: monotonic. */
enum send_look send_reader_look(struct send_reader *r, bool final, int64_t now_us,
                                struct err *e);

/* The stream has just begun, as the first of its path: passes over what `loganalyzer import`
 * has stored of the same content before. */
enum err_code send_reader_pass_imported(struct send_reader *r, struct err *e) MUST_USE;

/* Sends the part on hand in c, and goes on behind it in the stream. SEND_IDLE: more must be
 * on hand before it can be told what of it is new. */
enum send_look send_reader_part(struct send_reader *r, struct chunks *c, struct err *e);

/* Sends what comes after the stream in a whole file, plain or compressed, if it is the same
 * content up to there. SEND_IDLE: done, to its end. SEND_CUT: it is another one.
 * SEND_FAILED: the server, or the file, breaks off. SEND_MORE: it has begun, as above. */
enum send_look send_reader_finish(struct send_reader *r, const char *path, struct err *e);

#endif
