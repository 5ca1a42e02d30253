/* failed_login.h - does a message report a login that failed? Two answers, because two
 * readers want them: the prototype's rule, which clients know, and the wordings of real
 * programs, which the detector counts. Case does not matter; no memory, no limits. */
#ifndef CORE_FAILED_LOGIN_H
#define CORE_FAILED_LOGIN_H

#include "fcgi/base/str.h"

struct failed_login {
    bool contract; /* failed\s*login, auth\s*fail or invalid\s*password */
    bool evidence; /* that, or the words of sshd, PAM, su, mail and web servers */
};

struct failed_login failed_login_in(struct str message);

#endif
