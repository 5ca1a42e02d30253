/* statements.c - the SQL of the SQLite back end: one statement a verb, or a few. */
#include "sql/statements.h"

/* What struct incident is made of. */
#define INCIDENT_CORE                                                                    \
    "i.id,i.first_us,i.last_us,i.count,i.severity,i.status,i.muted_until_us,"            \
    "i.regressions,coalesce(i.told_severity,i.severity),coalesce(i.told_count,i.count)"
/* A notice whose incident is still to be told at ?4 (0: all). */
#define WANTED                                                                           \
    "(?4=0 OR EXISTS(SELECT 1 FROM incidents i WHERE i.id=incident_id "                  \
    "AND i.verdict IS NOT 'normal' AND coalesce(i.muted_until_us,0)<=?4))"

#define INCIDENT_ROW                                                                     \
    INCIDENT_CORE ",detected_at,service,summary,features,reasons,templates,templates_n," \
                  "note,verdict,changed_us FROM incidents i"
#define SET_CORE                                                                         \
    "first_us=?1,last_us=?2,count=?3,severity=?4,status=?5,regressions=?6,"              \
    "told_severity=?7,told_count=?8"

/* Of a list: what is not asked for is bound as NULL. */
#define FILTER                                                                           \
    "(?3 IS NULL OR service=?3) AND (?4 IS NULL OR severity>=?4) AND "                   \
    "(?5 IS NULL OR last_us>=?5) AND (?6 IS NULL OR first_us<?6) AND "                   \
    "(?7 IS NULL OR instr(lower(summary),lower(?7))>0) ORDER BY id DESC LIMIT ?2"

#define ANSWER_COLUMNS                                                                   \
    "SELECT id,seq,answered_us,verdict,scope,service,template_id,template,value,"        \
    "examples,fresh,incident_id,note,undone_seq,undone_us FROM answers "

const char *const store_sql[SQL_N] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_DATA_VERSION] = "PRAGMA data_version",
    [SQL_ADD_LOG] = "INSERT INTO logs(id,timestamp,service,level,message,metadata,"
                    "created_at,event_us) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
    [SQL_ADD_BATCH] = "INSERT INTO batches(received_us,first_log_id,n,scorer,score,"
                      "raw_score,incident_id) VALUES(?1,?2,?3,?4,?5,?6,?7)",
    [SQL_FIND_INCIDENT] = "SELECT " INCIDENT_CORE ",i.last_us FROM incidents i "
                          "WHERE key=?1 AND last_us>=?2 AND first_us<=?3 "
                          "AND verdict IS NOT 'normal' UNION ALL "
                          "SELECT " INCIDENT_CORE ",k.last_us FROM incident_keys k "
                          "JOIN incidents i ON i.id=k.incident_id "
                          "WHERE k.key=?1 AND k.last_us>=?2 AND k.first_us<=?3 "
                          "AND i.verdict IS NOT 'normal' "
                          "ORDER BY 11 DESC LIMIT 1",
    [SQL_NEXT_LOG_ID] =
        "SELECT 1+max(coalesce((SELECT max(id) FROM logs),0),"
        "coalesce((SELECT first_log_id+n-1 FROM batches ORDER BY id DESC LIMIT 1),0))",
    [SQL_ADD_INCIDENT] =
        "INSERT INTO incidents(first_us,last_us,count,severity,status,regressions,"
        "told_severity,told_count,service,summary,features,reasons,threshold,key,"
        "detected_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)",
    [SQL_TOUCH_INCIDENT] = "UPDATE incidents SET " SET_CORE " WHERE id=?9",
    [SQL_WORSEN_INCIDENT] =
        "UPDATE incidents SET " SET_CORE ",service=?9,summary=?10,features=?11,"
        "reasons=?12,threshold=?13 WHERE id=?14",
    [SQL_TOUCH_KEY] = "UPDATE incident_keys SET first_us=min(first_us,?3),"
                      "last_us=max(last_us,?3),text=coalesce(nullif(text,''),?4) "
                      "WHERE incident_id=?1 AND key=?2",
    [SQL_ADD_KEY] = "INSERT INTO incident_keys(incident_id,key,first_us,last_us,text) "
                    "SELECT ?1,?2,?3,?3,?4 WHERE NOT EXISTS"
                    "(SELECT 1 FROM incidents WHERE id=?1 AND key=?2)",
    [SQL_LIST_TEMPLATES] =
        "UPDATE incidents SET templates_n=coalesce(templates_n,0)+?2,templates=("
        "SELECT json_group_array(json_object('id',key,'text',nullif(text,''))) FROM ("
        "SELECT key,text FROM incident_keys WHERE incident_id=?1 AND text IS NOT NULL "
        "ORDER BY id LIMIT ?3)) WHERE id=?1",
    [SQL_LIST_INCIDENTS] =
        "SELECT " INCIDENT_ROW " WHERE id<?1 ORDER BY id DESC LIMIT ?2",
    [SQL_SELECT_ALL] = "SELECT " INCIDENT_ROW " WHERE id<?1 AND " FILTER,
    [SQL_SELECT_UNRESOLVED] =
        "SELECT " INCIDENT_ROW " INDEXED BY incidents_unresolved "
        "WHERE id<?1 AND status<>'resolved' AND (status='acknowledged')<>?9 "
        "AND coalesce(muted_until_us,0)<=?8 AND " FILTER,
    [SQL_SELECT_RESOLVED] =
        "SELECT " INCIDENT_ROW " WHERE id<?1 AND status='resolved' AND " FILTER,
    [SQL_SELECT_MUTED] = "SELECT " INCIDENT_ROW " INDEXED BY incidents_muted "
                         "WHERE id<?1 AND muted_until_us>?8 AND " FILTER,
    [SQL_GET_INCIDENT] = "SELECT " INCIDENT_ROW " WHERE id=?1",
    [SQL_PUT_LIFE] = "UPDATE incidents SET status=?1,muted_until_us=?2,note=?3,"
                     "verdict=?4,changed_us=?5 WHERE id=?6",
    [SQL_ADD_HISTORY] =
        "INSERT INTO incident_history(incident_id,at_us,event,note) VALUES(?1,?2,?3,?4)",
    [SQL_DROP_HISTORY] = "DELETE FROM incident_history WHERE incident_id=?1 AND id<="
                         "(SELECT id FROM incident_history WHERE incident_id=?1 "
                         "ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    [SQL_LIST_HISTORY] = "SELECT at_us,event,note FROM incident_history "
                         "WHERE incident_id=?1 ORDER BY id LIMIT ?2",
    [SQL_GET_WIDTH] = "SELECT bucket_us FROM incidents WHERE id=?1",
    [SQL_PUT_WIDTH] = "UPDATE incidents SET bucket_us=?2 WHERE id=?1",
    [SQL_TOUCH_OCCURRENCE] =
        "UPDATE incident_occurrences SET count=count+?3,severity=max(severity,?4) "
        "WHERE incident_id=?1 AND at_us=?2",
    [SQL_ADD_OCCURRENCE] = "INSERT INTO incident_occurrences(incident_id,at_us,count,"
                           "severity) VALUES(?1,?2,?3,?4)",
    [SQL_DROP_OCCURRENCES] = "DELETE FROM incident_occurrences WHERE incident_id=?1",
    [SQL_LIST_OCCURRENCES] = "SELECT at_us,count,severity FROM incident_occurrences "
                             "WHERE incident_id=?1 ORDER BY at_us LIMIT ?2",
    [SQL_BEFORE_LOG] = "SELECT id FROM logs WHERE id<?1 AND id>=?1-?2 AND service="
                       "(SELECT service FROM logs WHERE id=?1) ORDER BY id DESC LIMIT ?3",
    [SQL_AFTER_LOG] = "SELECT id FROM logs WHERE id>?1 AND id<=?1+?2 AND service="
                      "(SELECT service FROM logs WHERE id=?1) ORDER BY id LIMIT ?3",
    [SQL_NEWEST_LANE] = "SELECT max(bucket) FROM lanes",
    [SQL_TOUCH_LANE] = "UPDATE lanes SET records=records+?3,last_us=max(last_us,?4),"
                       "score=coalesce(max(score,?5),score,?5) "
                       "WHERE bucket=?1 AND service=?2",
    [SQL_COUNT_LANES] = "SELECT count(*) FROM lanes WHERE bucket=?1",
    [SQL_ADD_LANE] = "INSERT INTO lanes(bucket,service,records,last_us,score) "
                     "VALUES(?1,?2,?3,?4,?5)",
    [SQL_DROP_LANES] = "DELETE FROM lanes WHERE bucket<?1 AND "
                       "bucket=(SELECT min(bucket) FROM lanes)",
    [SQL_LIST_LANES] = "SELECT bucket,service,records,last_us,score FROM lanes "
                       "WHERE bucket>=?1 AND bucket<?2 ORDER BY bucket,service",
    [SQL_NEXT_BATCH] =
        "SELECT id,received_us,first_log_id,n,incident_id,score IS NULL FROM batches "
        "WHERE id>=?1 ORDER BY id LIMIT 1",
    [SQL_LAST_BATCH] = "SELECT id FROM batches ORDER BY id DESC LIMIT 1",
    [SQL_LIST_RECORDS] = "SELECT id,timestamp,service,level,message,metadata,event_us "
                         "FROM logs WHERE id>=?1 AND id<?2 ORDER BY id LIMIT ?3",
    [SQL_COUNT_UNSCORED] = "SELECT count(*) FROM (SELECT 1 FROM batches "
                           "WHERE score IS NULL LIMIT ?1) /*scan*/",
    [SQL_PUT_NOTE] = "INSERT INTO notes(name,value) VALUES(?1,?2) "
                     "ON CONFLICT(name) DO UPDATE SET value=excluded.value",
    [SQL_GET_NOTE] = "SELECT value FROM notes WHERE name=?1",
    [SQL_KNOWN_IMPORT] = "SELECT id FROM imports WHERE position=?1",
    [SQL_NEWEST_IMPORT] = "SELECT max(id) FROM imports WHERE parent=?1",
    [SQL_ADD_IMPORT] = "INSERT INTO imports(position,parent,bytes,records,marks,"
                       "received_us) VALUES(?1,?2,?3,?4,?5,?6)",
    [SQL_LIST_IMPORTS] = "SELECT id,position,bytes,records,NULL FROM imports "
                         "WHERE parent=?1 AND id<?2 ORDER BY id DESC LIMIT ?3",
    [SQL_FIND_IMPORT] =
        "SELECT id,position,bytes,records,marks FROM imports WHERE position=?1",
    [SQL_ANSWERS_SEQ] = "SELECT max(coalesce((SELECT max(seq) FROM answers),0),"
                        "coalesce((SELECT max(undone_seq) FROM answers "
                        "WHERE undone_seq IS NOT NULL),0))",
    [SQL_COUNT_ANSWERS] =
        "SELECT count(*) FROM answers WHERE undone_seq IS NULL /*scan*/",
    [SQL_ADD_ANSWER] =
        "INSERT INTO answers(seq,answered_us,verdict,scope,service,template_id,template,"
        "value,examples,fresh,incident_id,note) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)",
    [SQL_UNDO_ANSWER] = "UPDATE answers SET undone_seq=coalesce(undone_seq,?2),"
                        "undone_us=coalesce(undone_us,?3) WHERE id=?1",
    [SQL_DROP_ANSWERS] = "DELETE FROM answers WHERE id IN (SELECT id FROM answers "
                         "WHERE undone_seq IS NOT NULL ORDER BY undone_seq DESC "
                         "LIMIT -1 OFFSET ?1)",
    [SQL_ADD_ANSWERED] = "INSERT INTO answer_incidents(answer_id,incident_id,status) "
                         "VALUES(?1,?2,?3) ON CONFLICT DO NOTHING",
    [SQL_LIST_ANSWERED] = "SELECT answer_id,incident_id,status FROM answer_incidents "
                          "WHERE answer_id=?1 ORDER BY incident_id",
    [SQL_DROP_ANSWERED] = "DELETE FROM answer_incidents WHERE answer_id<=?1 "
                          "AND answer_id NOT IN (SELECT id FROM answers)",
    [SQL_COUNTING_ANSWERS] =
        ANSWER_COLUMNS "WHERE undone_seq IS NULL ORDER BY id LIMIT ?1 /*scan*/",
    [SQL_LIST_ANSWERS] = ANSWER_COLUMNS "WHERE id<?1 ORDER BY id DESC LIMIT ?2",
    [SQL_CHANGED_ANSWERS] =
        ANSWER_COLUMNS "WHERE seq>?1 OR (undone_seq IS NOT NULL AND undone_seq>?1) "
                       "ORDER BY max(seq,coalesce(undone_seq,0)) LIMIT ?2",
    [SQL_PUSH_NOTICE] = "INSERT INTO notices(incident_id,kind,old,at_us,severity,"
                        "first_us,last_us) VALUES(?1,?2,?3,?4,?5,?6,?7)",
    [SQL_SUM_NOTICES] = "SELECT count(*),min(id),max(id),count(DISTINCT incident_id),"
                        "sum(kind IN ('new','old')),"
                        "sum(kind IN ('regression','old_regression')),"
                        "sum(kind IN ('worse','old_worse')),"
                        "min(at_us),max(at_us),min(first_us),max(last_us) "
                        "FROM notices WHERE old=?1 AND id>?2 AND id<=?3 AND " WANTED,
    [SQL_LIST_NOTICES] = "SELECT id,incident_id,kind,at_us,severity,first_us,last_us "
                         "FROM notices WHERE old=?1 AND id>?2 AND id<=?3 AND " WANTED
                         " ORDER BY severity DESC,id LIMIT ?5",
    [SQL_LAST_NOTICE] = "SELECT seq FROM sqlite_sequence WHERE name='notices' /*scan*/",
    [SQL_FIND_NOTICE] =
        "SELECT kind FROM notices WHERE incident_id=?1 ORDER BY id DESC LIMIT 1",
    [SQL_ADD_MESSAGE] =
        "INSERT INTO outbox(event_id,channel,kind,incident_id,incidents,created_us,"
        "next_us,subject,body,json) VALUES(?1,?2,?3,?4,?5,?6,?6,?7,?8,?9)",
    [SQL_NEXT_MESSAGE] =
        "SELECT id,event_id,channel,kind,incident_id,incidents,created_us,state,attempts,"
        "next_us,ended_us,last_error,subject,body,json FROM outbox "
        "WHERE channel=?1 AND state=0 AND next_us<=?2 ORDER BY next_us,id LIMIT 1",
    [SQL_RETRY_MESSAGE] = "UPDATE outbox SET attempts=attempts+1,next_us=?4,"
                          "last_error=?2,last_error_us=?3 WHERE id=?1",
    [SQL_END_MESSAGE] =
        "UPDATE outbox SET attempts=attempts+1,state=?4,ended_us=?3,"
        "last_error=coalesce(?2,last_error),"
        "last_error_us=CASE WHEN ?2 IS NULL THEN last_error_us ELSE ?3 END,"
        "body='',json='' WHERE id=?1",
    [SQL_LIST_MESSAGES] =
        "SELECT id,event_id,channel,kind,incident_id,incidents,created_us,state,attempts,"
        "next_us,ended_us,"
        "CASE WHEN state=1 AND last_error_us<ended_us THEN NULL ELSE last_error END,"
        "subject,NULL,NULL FROM outbox WHERE id>0 "
        "ORDER BY id DESC LIMIT ?1",
    [SQL_GET_CHANNEL] =
        "SELECT "
        "(SELECT count(*) FROM outbox WHERE channel=?1 AND state=0),"
        "(SELECT count(*) FROM outbox WHERE channel=?1 AND state=2),"
        "(SELECT count(*) FROM outbox WHERE channel=?1 AND state=0 AND kind<>'test')+"
        "(SELECT count(*) FROM outbox WHERE channel=?1 AND state=1 AND ended_us>?2 "
        "AND ended_us<=?3 "
        "AND kind<>'test')+"
        "(SELECT count(*) FROM outbox WHERE channel=?1 AND state=2 AND ended_us>?2 "
        "AND ended_us<=?3 "
        "AND kind<>'test'),"
        "(SELECT min(next_us) FROM outbox WHERE channel=?1 AND state=0),"
        "(SELECT max(ended_us) FROM outbox WHERE channel=?1 AND state=1),"
        "(SELECT max(last_error_us) FROM outbox WHERE channel=?1 "
        "AND last_error_us IS NOT NULL),"
        "(SELECT last_error FROM outbox WHERE channel=?1 AND last_error_us IS NOT NULL "
        "ORDER BY last_error_us DESC LIMIT 1)",
    [SQL_PURGE_MESSAGES] =
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE id>0 AND "
        "CASE state WHEN 0 THEN created_us<?1 ELSE "
        "ended_us<?1 OR id<=(SELECT max(id) FROM outbox)-?2 END ORDER BY id LIMIT ?3)",
    [SQL_PURGE_NOTICES] =
        "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE id<=?4 AND "
        "(at_us<?1 OR id<=(SELECT max(id) FROM notices)-?2) ORDER BY id LIMIT ?3)",
    [SQL_PAGE_SIZE] = "PRAGMA page_size",
    [SQL_PAGE_COUNT] = "PRAGMA page_count",
    [SQL_FREE_PAGES] = "PRAGMA freelist_count",
    [SQL_AUTO_VACUUM] = "PRAGMA auto_vacuum",
    [SQL_OLDEST_US] = "SELECT min(received_us) FROM (SELECT received_us,first_log_id+n "
                      "AS ends FROM batches ORDER BY id LIMIT 2000) "
                      "WHERE ends>(SELECT min(id) FROM logs) /*scan*/",
    [SQL_NEWEST_US] = "SELECT received_us FROM batches ORDER BY id DESC LIMIT 1",
    [SQL_FIRST_INCIDENT] = "SELECT min(id) FROM incidents",
    [SQL_LAST_INCIDENT] = "SELECT max(id) FROM incidents",
    [SQL_PURGE_END] = /* up to where the old ones outnumber the others by most */
    "SELECT id,first_log_id+n FROM batches WHERE id=(SELECT id FROM (SELECT id,"
    "sum(CASE WHEN received_us<?1 THEN 1 ELSE -1 END) OVER (ORDER BY id ROWS UNBOUNDED "
    "PRECEDING) AS more FROM (SELECT id,received_us FROM batches ORDER BY id LIMIT ?2)) "
    "WHERE more>0 ORDER BY more DESC,id LIMIT 1) /*scan*/",
    [SQL_PURGE_LOGS] = "DELETE FROM logs WHERE id<min(?1,(SELECT min(id) FROM logs)+?2)",
    [SQL_PURGE_BATCHES] =
        "DELETE FROM batches WHERE id<=?1 AND id<(SELECT max(id) FROM batches) "
        "AND first_log_id+n<=coalesce((SELECT min(id) FROM logs),?2)",
    [SQL_PURGE_MARKS] =
        "UPDATE imports SET marks=x'' WHERE id IN (SELECT id FROM imports INDEXED BY "
        "imports_marked WHERE length(marks)>0 AND received_us<?1 LIMIT ?2)",
    [SQL_PURGE_IMPORTS] =
        "DELETE FROM imports WHERE id IN (SELECT id FROM (SELECT id,received_us FROM "
        "imports WHERE id<=(SELECT max(id) FROM imports)-?3 ORDER BY id LIMIT ?2) "
        "WHERE received_us<?1) /*scan*/",
    [SQL_PURGE_LANES] =
        "DELETE FROM lanes WHERE (bucket,service) IN (SELECT bucket,service "
        "FROM lanes WHERE bucket>?1 LIMIT ?2)",
    [SQL_WALK_INCIDENTS] =
        "SELECT "
        "id,max(coalesce(last_us,0),coalesce(changed_us,0),coalesce(muted_until_us,0),"
        "coalesce((SELECT h.at_us FROM incident_history h WHERE h.incident_id=i.id "
        "ORDER BY h.id DESC LIMIT 1),0)) FROM incidents i WHERE id>=?1 "
        "ORDER BY id LIMIT ?2",
    [SQL_PURGE_KEYS] = "DELETE FROM incident_keys WHERE id IN (SELECT id FROM "
                       "incident_keys WHERE incident_id=?1 LIMIT ?2)",
    [SQL_PURGE_HISTORY] = "DELETE FROM incident_history WHERE id IN (SELECT id FROM "
                          "incident_history WHERE incident_id=?1 LIMIT ?2)",
    [SQL_PURGE_OCCURRENCES] =
        "DELETE FROM incident_occurrences WHERE incident_id=?1 AND at_us IN "
        "(SELECT at_us FROM incident_occurrences WHERE incident_id=?1 LIMIT ?2)",
    [SQL_PURGE_NOTICES_OF] = "DELETE FROM notices WHERE id IN (SELECT id FROM notices "
                             "WHERE incident_id=?1 LIMIT ?2)",
    [SQL_PURGE_INCIDENT] = "DELETE FROM incidents WHERE id=?1",
    [SQL_FIND_RECEIPT] = "SELECT digest,reply FROM receipts WHERE key=?1 AND scope=?2",
    [SQL_ADD_RECEIPT] = "INSERT INTO receipts(scope,key,digest,received_us,reply) "
                        "VALUES(?1,?2,?3,?4,?5)",
    [SQL_PURGE_RECEIPTS] = "DELETE FROM receipts WHERE id IN (SELECT id FROM receipts "
                           "WHERE received_us<?1 ORDER BY received_us LIMIT ?2)",
    [SQL_RECEIPT_BYTES] = /* of 64 of them, evenly from the oldest to the newest */
    "WITH RECURSIVE k(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM k WHERE i<63) "
    "SELECT CAST(avg(length((SELECT reply FROM receipts WHERE id>=(SELECT min(id) FROM "
    "receipts)+i*((SELECT max(id) FROM receipts)-(SELECT min(id) FROM receipts))/63 "
    "ORDER BY id LIMIT 1))) AS INTEGER) FROM k /*scan*/",
    [SQL_TRIM_RECEIPTS] =
        "DELETE FROM receipts WHERE id IN (SELECT id FROM receipts "
        "WHERE id<=(SELECT max(id) FROM receipts)-?1 ORDER BY id LIMIT ?2)",
    [SQL_ADD_REJECTED] =
        "INSERT INTO rejected(received_us,place,field,reason,bytes,record) "
        "VALUES(?1,?2,?3,?4,?5,?6)",
    [SQL_TRIM_REJECTED] =
        "DELETE FROM rejected WHERE id IN (SELECT id FROM rejected "
        "WHERE id<=(SELECT max(id) FROM rejected)-?1 ORDER BY id LIMIT ?2)",
    [SQL_PURGE_REJECTED] = "DELETE FROM rejected WHERE received_us<?1 AND id IN "
                           "(SELECT id FROM rejected WHERE id>0 ORDER BY id LIMIT ?2)",
    [SQL_LIST_REJECTED] = "SELECT id,received_us,place,field,reason,bytes,record "
                          "FROM rejected WHERE id<?1 ORDER BY id DESC LIMIT ?2",
};
