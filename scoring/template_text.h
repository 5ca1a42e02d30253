/* template_text.h - a template in words: a message, with * for what varies. Pure. */
#ifndef SCORING_TEMPLATE_TEXT_H
#define SCORING_TEMPLATE_TEXT_H

#include "scoring/mask.h"

enum { TEMPLATE_TEXT_BYTES = 192 };

/* Whole characters of it, and bytes of 0 behind them; returns how many bytes they are. t is
 * the message's; hashes are the template's, of which those below MASK_LEAST vary, or NULL:
 * the message's own. */
size_t template_text(struct str message, const struct tokens *t, const uint32_t *hashes,
                     char out[static TEMPLATE_TEXT_BYTES]);

#endif
