/* banned.h - functions that this project does not use, as compile errors.
 *
 * Force-included (-include) before every source file. The system headers come first, so
 * that their own declarations are not touched. Instead: struct buf (buf.h) for building
 * text, str_to_i64 (str.h) for numbers, clock.h for times. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok strtok_r
#pragma GCC poison atoi atol atof gets gmtime localtime ctime asctime system mktemp tmpnam

#endif
