/* echo.c - a FastCGI responder for the tests of web servers in front of us: it answers with
 * what reaches it, one line "NAME=value" a parameter, then "body=" and the body's length.
 * A parameter's value ends at its line's end: the tests send none that has more lines. */
#include <fcgiapp.h>

int main(void)
{
    FCGX_Request r;
    char piece[4096];
    if (FCGX_Init() != 0 || FCGX_InitRequest(&r, 0, 0) != 0) {
        return 1;
    }
    while (FCGX_Accept_r(&r) == 0) {
        int64_t length = 0;
        int n;
        while ((n = FCGX_GetStr(piece, sizeof piece, r.in)) > 0) {
            length += n;
        }
        FCGX_PutS("Content-Type: text/plain\r\n\r\n", r.out);
        for (char **p = r.envp; *p; p++) {
            FCGX_FPrintF(r.out, "%s\n", *p);
        }
        FCGX_FPrintF(r.out, "body=%lld\n", (long long)length);
        FCGX_Finish_r(&r);
    }
    return 0;
}
