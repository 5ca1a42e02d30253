/* alarm.c - see alarm.h. */
#include "scoring/alarm.h"

#include <math.h>

#define HOUR_US    (60 * CLOCK_MINUTE_US)
#define WEEK_US    (7 * 24 * (double)HOUR_US)
#define RATE_LEAST .001 /* crossings a window: what calibration promises */

/* -log10 of the chance of k or more where mean are expected. */
static double poisson_z(double mean, uint32_t k)
{
    double ln_term = -mean, sum = 0; /* of the terms below k */
    if (k == 0) {
        return 0;
    }
    for (uint32_t i = 0; i < k; i++) {
        sum += exp(ln_term);
        ln_term += log(mean) - log(i + 1.0);
    }
    if (sum < .999) {
        return -log10(1 - sum);
    }
    double term = 1, tail = 0; /* relative to the term of k */
    for (uint32_t i = k; term > 1e-12; i++) {
        tail += term;
        term *= mean / (i + 1.0);
    }
    return -(ln_term + log(tail)) / log(10);
}

static bool is_batch(enum window_kind kind)
{
    return kind < WINDOW_SESSION;
}

static double windows_of(const struct model_alarms *a, enum window_kind kind)
{
    double n = 0;
    for (enum window_kind k = 0; k < WINDOW_KINDS_N; k++) {
        n += k == kind || (is_batch(k) && is_batch(kind)) ? (double)a->windows[k] : 0;
    }
    return n;
}

static double a_week(const struct model_alarms *a, double windows)
{
    double span = a->span_us > (double)HOUR_US ? a->span_us : (double)HOUR_US;
    return windows * WEEK_US / span;
}

/* Are k crossings in a stretch of time more than happens in a week of such stretches? */
static bool is_burst(double windows, double rate, double stretches, uint32_t k)
{
    return k >= ALARM_BURST_LEAST &&
           poisson_z(windows * rate / stretches, k) >= log10(stretches / ALARM_A_WEEK);
}

void alarm_look(const struct model_alarms *a, const struct alarm_window *w,
                struct alarm_view *out)
{
    double n = windows_of(a, w->kind), windows = a_week(a, n);
    double batches = is_batch(w->kind) ? n : windows_of(a, WINDOW_ONE);
    *out = (struct alarm_view){windows * pow(10, -w->z), true};
    bool slow = a_week(a, batches) < ALARM_FREE_A_WEEK;
    bool told = slow && w->grave >= ALARM_CROSSING_Z;
    double failures = w->failures * WEEK_US / fmax(a->span_us, WEEK_US);
    told = told || (w->failures > 0 && failures <= ALARM_FAILURES_A_WEEK);
    if (told || a->span_us < ALARM_FRESH_US || out->ordinary_a_week <= ALARM_A_WEEK ||
        windows * pow(10, -w->grave) <= ALARM_GRAVE_A_WEEK) {
        return;
    }
    double rate = ((double)a->crossings + 1) / (batches + 1 / RATE_LEAST);
    rate = rate > RATE_LEAST ? rate : RATE_LEAST;
    int64_t minute = w->at_us / CLOCK_MINUTE_US, hour = w->at_us / HOUR_US;
    uint32_t in_minute = minute == a->minute ? a->minute_n + 1 : 1;
    uint32_t in_hour = hour == a->hour ? a->hour_n + 1 : 1;
    out->counts =
        is_batch(w->kind) && w->z >= ALARM_CROSSING_Z &&
        (is_burst(windows, rate, WEEK_US / (double)CLOCK_MINUTE_US, in_minute) ||
         is_burst(windows, rate, WEEK_US / (double)HOUR_US, in_hour));
}

void alarm_count(struct model_alarms *a, enum window_kind kind, bool crossing,
                 int64_t at_us)
{
    int64_t minute = at_us / CLOCK_MINUTE_US, hour = at_us / HOUR_US;
    a->windows[kind] += 1;
    if (crossing && is_batch(kind)) {
        a->crossings += 1;
        a->minute_n = minute == a->minute ? a->minute_n + 1 : 1;
        a->hour_n = hour == a->hour ? a->hour_n + 1 : 1;
        a->minute = minute;
        a->hour = hour;
    }
}

void alarm_pass(struct model_alarms *a, int64_t passed_us)
{
    a->span_us += (double)passed_us;
}

void alarm_halve(struct model_alarms *a)
{
    for (int k = 0; k < WINDOW_KINDS_N; k++) {
        a->windows[k] *= .5F;
    }
    a->crossings *= .5F;
    a->span_us *= .5;
}
