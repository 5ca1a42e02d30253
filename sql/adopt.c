/* adopt.c - see adopt.h.
 *
 * The rows are copied into tables that the first migration has made, and the prototype's
 * own are dropped: columns added to those would keep whatever constraints they had. */
#include "sql/adopt.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/diag.h"

#include <assert.h>

/* A schema of nothing but the two tables, whose ids are numbers; the answer is an enum
 * adopt_shape. Indexes go with the tables; sqlite_ is what SQLite keeps for itself. */
static const char recognise_sql[] =
    "WITH logs AS (SELECT * FROM pragma_table_xinfo('logs') ORDER BY cid),"
    " incidents AS (SELECT * FROM pragma_table_xinfo('incidents') ORDER BY cid) "
    "SELECT CASE"
    " WHEN (SELECT count(*) FROM sqlite_schema WHERE type<>'index'"
    "  AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND NOT"
    "  (type='table' AND name IN ('logs','incidents') AND rootpage>0))>0 THEN 0"
    " WHEN (SELECT count(*) FROM"
    "  (SELECT * FROM logs UNION ALL SELECT * FROM incidents)"
    "  WHERE pk=1 AND name='id' AND upper(type)='INTEGER')<>2 THEN 0"
    " WHEN (SELECT group_concat(name) FROM logs)<>"
    "  'id,timestamp,service,level,message,metadata,created_at' THEN 0 "
    "ELSE CASE (SELECT group_concat(name) FROM incidents)"
    " WHEN 'id,detected_at,service,severity,summary,features' THEN 1"
    " WHEN 'id,score,threshold,features,created_at' THEN 2 ELSE 0 END END /*scan*/";

static const char rename_sql[] = "ALTER TABLE logs RENAME TO prototype_logs;"
                                 "ALTER TABLE incidents RENAME TO prototype_incidents;";

static const char logs_sql[] =
    "INSERT INTO logs(id,timestamp,service,level,message,metadata,created_at,event_us) "
    "SELECT id,timestamp,service,level,message,metadata,created_at,"
    "coalesce(event_us(timestamp),event_us(created_at),0) FROM prototype_logs "
    "ORDER BY id;";

/* The prototype's features had the services as a map, name to number. Here they are two
 * lists: a map whose keys are users' data is more than old PowerShell can read. */
#define LISTED_FEATURES                                                                  \
    "CASE WHEN json_valid(features) AND json_type(features,'$.services')='object' THEN " \
    "json_set(features,'$.services',(SELECT json_group_array(key) FROM "                 \
    "json_each(features,'$.services')),'$.service_counts',(SELECT "                      \
    "json_group_array(value) FROM json_each(features,'$.services'))) "                   \
    "ELSE features END"

static const char summaries_sql[] =
    "INSERT INTO incidents(id,detected_at,service,severity,summary,features,reasons,"
    "count,first_us,last_us) "
    "SELECT id,detected_at,service,severity,summary," LISTED_FEATURES ",'[]',1,"
    "coalesce(event_us(detected_at),0),coalesce(event_us(detected_at),0) "
    "FROM prototype_incidents ORDER BY id;";

/* This shape had no words: they are made of the numbers. j: the features if they are
 * JSON, for SQLite's functions fail on what is not. */
static const char scores_sql[] =
    "WITH p AS (SELECT id,score,threshold,created_at," LISTED_FEATURES " AS f,"
    "CASE WHEN json_valid(features) THEN " LISTED_FEATURES " END AS j "
    "FROM prototype_incidents) "
    "INSERT INTO incidents(id,detected_at,service,severity,summary,features,reasons,"
    "count,first_us,last_us,threshold) "
    "SELECT id,coalesce(strftime('%Y-%m-%dT%H:%M:%fZ',created_at),created_at),"
    "CASE WHEN json_array_length(j,'$.services')=1 THEN "
    "json_extract(j,'$.services[0]') END,score,"
    "CASE WHEN json_extract(j,'$.count')>0 THEN "
    "format('%d failed logins and %d errors in %d records',"
    "json_extract(j,'$.failed_login_count'),json_extract(j,'$.error_count'),"
    "json_extract(j,'$.count')) ELSE 'an unusual batch' END,"
    "f,'[]',1,coalesce(event_us(created_at),0),coalesce(event_us(created_at),0),"
    "threshold FROM p ORDER BY id;";

/* Emptied first: SQLite notes every page of a table that it drops, in memory, so as to be
 * able to go back (171 MB of records: 190 MB of memory, and 13 MB this way). */
static const char drop_sql[] = "DELETE FROM prototype_logs; DROP TABLE prototype_logs;"
                               "DROP TABLE prototype_incidents;";

enum err_code adopt_recognise(sqlite3 *db, enum adopt_shape *shape, struct err *e)
{
    int64_t n = ADOPT_NONE;
    enum err_code code = db_number(db, recognise_sql, &n, e);
    assert(n >= ADOPT_NONE && n <= ADOPT_SCORES);
    *shape = (enum adopt_shape)n;
    return code;
}

/* event_us(text): microseconds since 1970, or NULL if it is not a time. */
static void event_us(sqlite3_context *ctx, int n, sqlite3_value **arg)
{
    int64_t us;
    const char *p = (const char *)sqlite3_value_text(arg[0]);
    assert(n == 1);
    struct str text = {p, p ? (size_t)sqlite3_value_bytes(arg[0]) : 0};
    if (p && clock_parse(text, &us)) {
        sqlite3_result_int64(ctx, us);
    }
}

static enum err_code tell(sqlite3 *db, struct err *e)
{
    int64_t n = 0;
    enum err_code code = db_number(db, "SELECT count(*) FROM logs /*scan*/", &n, e);
    if (!code) {
        diag("taking over the prototype's store, %lld records; a million takes some "
             "seconds",
             (long long)n);
    }
    return code;
}

enum err_code adopt_run(sqlite3 *db, enum adopt_shape shape, const char *first_migration,
                        struct err *e)
{
    assert(shape != ADOPT_NONE);
    if (sqlite3_create_function(db, "event_us", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                                NULL, event_us, NULL, NULL) != SQLITE_OK) {
        return db_error(db, e);
    }
    enum err_code code = tell(db, e);
    code = code ? code : db_exec(db, rename_sql, e);
    code = code ? code : db_exec(db, first_migration, e);
    code = code ? code : db_exec(db, logs_sql, e);
    code =
        code ? code : db_exec(db, shape == ADOPT_SCORES ? scores_sql : summaries_sql, e);
    return code ? code : db_exec(db, drop_sql, e);
}
