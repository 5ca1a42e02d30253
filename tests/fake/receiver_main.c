/* receiver_main.c - receiver as a program, for the HTTP cases: receiver http|smtp DIR, until
 * it is killed. */
#include "tests/fake/receiver.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc == 3 && (strcmp(argv[1], "http") == 0 || strcmp(argv[1], "smtp") == 0)) {
        receiver_start(strcmp(argv[1], "smtp") == 0, argv[2]);
        for (;;) {
            pause();
        }
    }
    fprintf(stderr, "usage: receiver http|smtp DIR\n");
    return 2;
}
