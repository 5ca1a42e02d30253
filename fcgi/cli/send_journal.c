/* send_journal.c - see send_journal.h. */
#include "fcgi/cli/send_journal.h"
enum err_code send_journal(struct sender *sender, const char *service, struct err *e)
{
    (void)sender;
    (void)service;
    return err_set(e, ERR_NOT_FOUND, "no");
}
