/* http_fake_main.c - http_fake as a program, for the HTTP cases: http_fake SOCKET NAME
 * misbehaves as NAME says (http_fake.h) until it is killed; http_fake SOCKET replies FILE
 * answers 200 with the JSON that the file holds, http_fake SOCKET redirects sends on to itself. */
#include "tests/fake/http_fake.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BODY_BYTES = 32 * 1024 };

/* The reply with the file's text, or with one that is no verdict. */
static struct str reply_of(const char *path)
{
    static char body[BODY_BYTES] = "{\"score\":0.5}", reply[BODY_BYTES + 128];
    size_t size = strlen(body);
    FILE *f = path ? fopen(path, "r") : NULL;
    if (f) {
        size = fread(body, 1, sizeof body, f);
        fclose(f);
    }
    int n = snprintf(
        reply, sizeof reply,
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
        "Content-Length: %zu\r\n\r\n%.*s",
        size, (int)size, body);
    return (struct str){reply, (size_t)n};
}

#define REDIRECT                                                                         \
    "HTTP/1.1 307 x\r\nConnection: close\r\nLocation: /score\r\nContent-Length: "        \
    "0\r\n\r\n"

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[2], "redirects") == 0) {
        struct http_fake *f = http_fake_start(argv[1]);
        http_fake_do(f, HTTP_FAKE_REPLIES, (struct str){REDIRECT, strlen(REDIRECT)});
        pause();
    }
    for (int i = 0; argc >= 3 && i < HTTP_FAKE_N; i++) {
        if (strcmp(argv[2], http_fake_name((enum http_fake_does)i)) == 0) {
            struct http_fake *f = http_fake_start(argv[1]);
            http_fake_do(f, (enum http_fake_does)i, reply_of(argv[3]));
            pause();
        }
    }
    fprintf(stderr, "usage: http_fake SOCKET NAME [FILE]\n");
    return 2;
}
