/* kinds.h - the kind of a message, known from examples of it alone: what a person's answer
 * ("messages like this are normal") is about, whatever a model has learned or forgotten.
 *
 * The tokens are those of mask.h and what is alike is as in templates.c: no word differs,
 * and what agrees is at least as much as the names that differ. Pure, any thread. */
#ifndef SCORING_KINDS_H
#define SCORING_KINDS_H

#include "scoring/front.h"
#include "scoring/template_text.h"

struct kind {
    bool is_web; /* its one token is the shape of the request */
    size_t n;
    uint32_t hash[MASK_TOKENS_MAX];
    bool varies[MASK_TOKENS_MAX]; /* the examples differ there */
};

/* The id that a template has that is made from a message with these tokens: it is known
 * before it is learned, and is the same after another training. */
uint64_t kind_id(struct str service, const struct tokens *t);

void kind_of(const struct front *example, struct kind *out);

/* From a template's text, with * for what varies. False: it may have been cut, and is none. */
bool kind_of_text(struct str text, struct kind *out);

bool kind_fits(const struct kind *k, const struct front *f);

/* Is it the same kind, as far as that can be told? */
bool kind_is(const struct kind *a, const struct kind *b);

/* k fits, and so does f from now. True: something varies that did not, so that this example
 * says more than those before. */
bool kind_join(struct kind *k, const struct front *f);

/* In words: * for what is masked, for names, which may be others, and where examples differ.
 * f is one of the examples. Returns its bytes, whole characters. */
size_t kind_text(const struct kind *k, const struct front *f,
                 char out[static TEMPLATE_TEXT_BYTES]);

/* Is value, as a whole, a token of the message, or of a web request its path, user agent,
 * or one "name=value" of its query? */
bool kind_has_value(const struct front *f, struct str value);

#endif
