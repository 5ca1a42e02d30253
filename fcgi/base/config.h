/* config.h - every setting of the product: environment over .env over default.
 *
 * The folder is $LOGANALYZER_HOME, else the working directory; .env in it is read if it
 * is there, and relative paths start from it. A value that is not understood is an
 * error at start that names the key, the value and what it may be. Keys that are not
 * ours are ignored: a .env serves several programs. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "fcgi/base/config_notify.h"
#include "fcgi/base/err.h"
#include "fcgi/base/str.h"

enum { CONFIG_TEXT_BYTES = 512, CONFIG_PATH_BYTES = 4096, CONFIG_FILE_BYTES = 64 * 1024 };
enum { CONFIG_STORE_BYTES_LEAST = 1 << 20 };

/* What one web server of ours serves; $LOGANALYZER_HALF, which deploy/serve sets, is not
 * set, "backend" or "ml-service". It is no setting for .env, which both halves read. */
enum half { HALF_BOTH, HALF_BACKEND, HALF_ML_SERVICE };

struct config {
    char home[CONFIG_PATH_BYTES];
    enum half half;
    int64_t port, ml_port;
    char bind[CONFIG_TEXT_BYTES];
    char prefix[CONFIG_TEXT_BYTES];
    double threshold;
    char ml_url[CONFIG_TEXT_BYTES];        /* see service_url.h; "": scored in process */
    char model[CONFIG_PATH_BYTES];         /* absolute after config_load */
    char model_version[CONFIG_TEXT_BYTES]; /* "" if not set */
    char database[CONFIG_PATH_BYTES];      /* absolute after config_load */
    char run_dir[CONFIG_PATH_BYTES]; /* absolute after config_load; the ml half's has
                                              -ml at its end: both may run at once */
    /* Where our programs count (counters.h): beside the store, or in the ml half, which has
     * none, beside MODEL. */
    char metrics_file[CONFIG_PATH_BYTES];
    int64_t body_bytes_max, bodies_bytes_max;
    int64_t batch_records_max, record_bytes_max, json_depth_max;
    int64_t service_bytes_max, level_bytes_max;
    int64_t ml_body_bytes_max; /* largest request to the scoring service; follows from the
                                  others, see config.c */
    int64_t store_wait_ms;
    int64_t retention_days;  /* 0: as long as there is room */
    int64_t store_bytes_max; /* 0: by the file system, see keep.h */
    int64_t free_bytes_min;  /* 0: the same */
    int64_t workers, queue_max;
    int64_t hang_seconds;
    int64_t trouble_seconds;
    char time_zone[CONFIG_TEXT_BYTES]; /* zone_open takes it */
    struct config_notify notify;
    char keys_file[CONFIG_PATH_BYTES]; /* absolute after config_load */
    int64_t anonymous;                 /* 1: without any key everybody may all */
    int64_t key_requests_max;          /* of one key, a second; 0: no limit */
    char api_key[CONFIG_TEXT_BYTES];   /* that our own clients send; "": none */
    char score_key[CONFIG_TEXT_BYTES]; /* that ingest sends to the scoring service */
};

/* All keys or none: on failure *c is not to be used. Reads the environment. */
enum err_code config_load(struct config *c, struct err *e) MUST_USE;

/* One "KEY=value  # help" line a key, with effective values. */
void config_print(const struct config *c, FILE *to);

/* What a line of .env says (or several, if a quoted value goes over them). Returns false for
 * a line without a setting (blank, comment) and for one that is not understood, which then
 * sets *bad. line is changed in place: *key and *value point into it. */
bool config_env_line(char *line, const char **key, const char **value, bool *bad);

/* The end of the line, or of the last one that a quoted value goes over: other programs'
 * keys and certificates do. */
char *config_env_end(char *text);

#endif
