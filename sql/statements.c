/* statements.c - the SQL of the SQLite back end: one statement a verb, or a few. */
#include "sql/store_sqlite.h"

const char *const store_sql[SQL_N] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_DATA_VERSION] = "PRAGMA data_version",
    [SQL_ADD_LOG] = "INSERT INTO logs(id,timestamp,service,level,message,metadata,"
                    "created_at,event_us) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)",
    [SQL_ADD_BATCH] = "INSERT INTO batches(received_us,first_log_id,n,scorer,score,"
                      "raw_score,incident_id) VALUES(?1,?2,?3,?4,?5,?6,?7)",
    [SQL_FIND_INCIDENT] =
        "SELECT id,first_us,last_us,count,severity,last_us FROM incidents "
        "WHERE key=?1 AND last_us>=?2 AND first_us<=?3 "
        "UNION ALL "
        "SELECT i.id,i.first_us,i.last_us,count,severity,k.last_us FROM incident_keys k "
        "JOIN incidents i ON i.id=k.incident_id "
        "WHERE k.key=?1 AND k.last_us>=?2 AND k.first_us<=?3 "
        "ORDER BY 6 DESC LIMIT 1",
    [SQL_NEXT_LOG_ID] =
        "SELECT 1+max(coalesce((SELECT max(id) FROM logs),0),"
        "coalesce((SELECT first_log_id+n-1 FROM batches ORDER BY id DESC LIMIT 1),0))",
    [SQL_ADD_INCIDENT] = "INSERT INTO incidents(first_us,last_us,count,severity,"
                         "service,summary,features,reasons,threshold,key,detected_at) "
                         "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)",
    [SQL_TOUCH_INCIDENT] = "UPDATE incidents SET first_us=?1,last_us=?2,count=?3,"
                           "severity=?4 WHERE id=?5",
    [SQL_WORSEN_INCIDENT] = "UPDATE incidents SET first_us=?1,last_us=?2,count=?3,"
                            "severity=?4,service=?5,summary=?6,features=?7,reasons=?8,"
                            "threshold=?9 WHERE id=?10",
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
        "SELECT id,first_us,last_us,count,severity,detected_at,service,summary,features,"
        "reasons,templates,templates_n FROM incidents WHERE id<?1 ORDER BY id DESC LIMIT "
        "?2",
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
};
