/* http_fake_main.c - http_fake as a program, for the HTTP cases: http_fake SOCKET NAME
 * misbehaves as NAME says (http_fake.h) until it is killed. */
#include "tests/fake/http_fake.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    for (int i = 0; argc == 3 && i < HTTP_FAKE_N; i++) {
        if (strcmp(argv[2], http_fake_name((enum http_fake_does)i)) == 0) {
            struct http_fake *f = http_fake_start(argv[1]);
            http_fake_do(f, (enum http_fake_does)i,
                         STR("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                             "Content-Length: 13\r\n\r\n{\"score\":0.5}"));
            pause();
        }
    }
    fprintf(stderr, "usage: http_fake SOCKET NAME\n");
    return 2;
}
