/* mask_classes.h - what a byte is in a log message; for mask.c only. */
#ifndef SCORING_MASK_CLASSES_H
#define SCORING_MASK_CLASSES_H

#include "scoring/mask.h"

enum {
    F_DIGIT = 1,
    F_HEX = 2,    /* a-f, A-F */
    F_LETTER = 4, /* other letters, and all of UTF-8 that is not ASCII */
    F_LOWER = 8,  /* besides F_HEX or F_LETTER */
    F_DOT = 16,
    F_COLON = 32,
    F_SLASH = 64,
    F_BACK = 128, /* backslash */
    F_AT = 256,
    F_MARK = 512, /* other marks that may stand inside of a token */
    F_STAR = 1024,
    F_ALPHA = F_HEX | F_LETTER,
    F_EDGE = F_MARK | F_DOT | F_COLON | F_AT, /* no part of a token at its ends */
};

#define Z4  0, 0, 0, 0
#define Z32 Z4, Z4, Z4, Z4, Z4, Z4, Z4, Z4
#define MA  F_MARK
#define DI  F_DIGIT
#define UH  F_HEX
#define LH  F_HEX | F_LOWER
#define UL  F_LETTER
#define LL  F_LETTER | F_LOWER
#define LL8 LL, LL, LL, LL, LL, LL, LL, LL
#define L32 LL8, LL8, LL8, LL8

/* 0: a separator. */
static const uint16_t class_of[256] = {
    Z32, /* the space and all marks up to / */
    0,   MA,  0,   MA,    MA,      MA,     MA, MA, 0,  0,  F_STAR,
    MA,  0,   MA,  F_DOT, F_SLASH, DI,     DI, DI, DI, DI, DI,
    DI,  DI,  DI,  DI,    F_COLON, 0,      0,  0,  0,  MA, F_AT, /* 0 to @ */
    UH,  UH,  UH,  UH,    UH,      UH,     UL, UL, UL, UL, UL,
    UL,  UL,  UL,  UL,    UL,      UL,     UL, UL, UL, UL, UL,
    UL,  UL,  UL,  UL,    0,       F_BACK, 0,  MA, MA, 0, /* A to backquote */
    LH,  LH,  LH,  LH,    LH,      LH,     LL, LL, LL, LL, LL,
    LL,  LL,  LL,  LL,    LL,      LL,     LL, LL, LL, LL, LL,
    LL,  LL,  LL,  LL,    0,       0,      0,  MA, 0, /* a to DEL */
    L32, L32, L32, L32};

#endif
