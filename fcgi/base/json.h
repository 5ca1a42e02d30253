/* json.h - the only door to JSON: a strict reader, cJSON behind it, and a writer.
 *
 * Why not cJSON alone: Debian's 1.7.15 takes trailing bytes, raw control characters,
 * duplicate keys, 007 and inf for good, cuts strings at \u0000, refuses lone surrogates
 * and loses integers over 2^53. So the reader here first walks over the bytes with the
 * grammar of RFC 8259, and cJSON gets only what has passed: single strings with escapes,
 * never a tree, whose size (64 bytes a node) a sender could choose.
 *
 * Nothing here allocates but json_decode (in the caller's arena) and the writer's buf. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "fcgi/base/arena.h"
#include "fcgi/base/buf.h"
#include "fcgi/base/err.h"

enum json_type {
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_value {
    enum json_type type;
    struct str text; /* its exact bytes, quotes or brackets included */
    int depth; /* 0 a scalar, 1 [] or {}, and so on; 0 when it came from json_next */
};

/* Text that is being read. The bytes must be valid UTF-8 without NUL (utf8.h) and may be
 * changed: the escapes \u0000 and lone surrogates become \ufffd, which is counted. */
struct json_in {
    char *p;
    size_t n, at;
    int depth_max;
    size_t repaired;
};

/* The next byte that is not white space, not taken; 0 at the end. */
char json_peek(struct json_in *in);
/* Is nothing but white space left? (A NUL, which json_peek cannot tell from it, is.) */
bool json_at_end(struct json_in *in);
/* Takes the next byte that is not white space if it is c. */
bool json_take(struct json_in *in, char c);

/* Reads one value, whatever follows it. ERR_INVALID names the byte and what is wrong; *out
 * is null then. */
enum err_code json_read(struct json_in *in, struct json_value *out,
                        struct err *e) MUST_USE;

/* The members of an object, or elements of an array, that json_read returned; of anything
 * else there are none. */
struct json_iter {
    struct str left;
};
struct json_iter json_iter(struct json_value container);
/* Next one, or false at the end. In an array *key is left alone and may be NULL. */
bool json_next(struct json_iter *it, struct json_value *key, struct json_value *value);

/* The text of a string. Without escapes it is a view into the bytes that were read, else
 * a copy in a. ERR_NOMEM if that did not fit. */
enum err_code json_decode(struct arena *a, struct json_value string, struct str *out,
                          struct err *e) MUST_USE;

/* The first member of that name, which is plain ASCII; false if there is none. */
bool json_member(struct json_value object, const char *name, struct json_value *out);
/* The same of a whole number from min to max; false if it is anything else. */
bool json_member_i64(struct json_value object, const char *name, int64_t min, int64_t max,
                     int64_t *out);

/* A number as a double: false if it is not finite (1e999). */
bool json_number(struct json_value number, double *out);

/* --- writing ---
 * Output is ASCII: all else is written \uXXXX, and '<' is \u003c, so that no client
 * decodes it wrongly and no browser finds a tag in it. Commas are put by the writer.
 * Errors stick in the buf. Input text that is not UTF-8 is written as \ufffd. */
struct json_out {
    struct buf *b;
    bool comma; /* one is due before the next value */
    bool utf8;  /* text as it is, not \uXXXX: for programs, which decode it rightly */
};

struct json_out json_out(struct buf *b);
struct json_out json_out_utf8(struct buf *b);
void json_open(struct json_out *o, char bracket); /* '{' or '[' */
void json_close(struct json_out *o, char bracket);
void json_key(struct json_out *o, const char *key); /* a name of ours: plain ASCII */
void json_str(struct json_out *o, struct str s);
void json_text(struct json_out *o, struct str s); /* null if s.p is NULL */
void json_int(struct json_out *o, int64_t v);
void json_num(struct json_out *o,
              double v); /* shortest that reads back the same; NaN: null */
void json_bool(struct json_out *o, bool v);
void json_null(struct json_out *o);
/* JSON text from elsewhere, which must be valid; it is made ASCII. */
void json_raw(struct json_out *o, struct str text);

#endif
