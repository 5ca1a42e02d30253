# shellcheck shell=bash
# /metrics is text that Prometheus reads, and its numbers are what was done, over all
# processes, and go on after a crash, a restart in place and a stop.
get_metrics() {
    send GET /metrics
    expect_prometheus
}

# metric SERIES: its value, "" if there is none.
metric() {
    awk -v name="loganalyzer_$1" '$1 == name { print $2 }' "$T/$R.body"
}

expect_metric() {
    expect_equal "$1" "$(metric "$1")" "$2"
}

requests() {
    metric "requests_total{program=\"$1\",route=\"$2\",method=\"$3\",status=\"$4\"}"
}

# The counters have no file at first, and are in it when there can be one.
mkdir -p "$T/store/data.sqlite-metrics"
start_server
rmdir "$T/store/data.sqlite-metrics"
shared() { get_metrics && (($(grep -c '^loganalyzer_up{.*} 1$' "$T/$R.body") == 3)); }
poll 10 shared || fail "not all are counted: $(cat "$T/$R.body")"
expect_metric 'records_total{program="ingest"}' 0
expect_metric 'ready{check="store"}' 1
expect_metric 'up{program="ingest"}' 1
expect_metric 'starts_total{program="ingest"}' 1

ingest "[$(records 3 m)]"
ingest "$(sample)" # an incident
post /ingest '[{]'
expect_status 400
request GET /incidents/1
expect_status 200
request GET /nothing
expect_status 404
get_metrics
expect_metric 'records_total{program="ingest"}' 6
expect_metric 'batches_total{program="ingest"}' 2
expect_metric 'batches_unscored_total{program="ingest"}' 0
expect_metric 'incidents_total{program="ingest",event="opened",channel="failed_logins"}' 1
expect_equal '/ingest, 200' "$(requests ingest /ingest POST 200)" 2
expect_equal '/ingest, 400' "$(requests ingest /ingest POST 400)" 1
expect_equal '/incidents/{id}' "$(requests incidents '/incidents/{id}' GET 200)" 1
expect_equal 'no route' "$(requests meta none other 404)" 1
expect_metric 'score_seconds_count{program="ingest"}' 2
expect_metric 'requests_in_work{program="meta"}' 1
expect_metric 'requests_in_work{program="ingest"}' 0
expect_metric 'requests_waiting{program="ingest"}' 0
expect_metric 'unscored_batches' 0
expect_metric 'learn_lag_batches' 0
(($(metric 'commit_seconds_count{program="ingest"}') >= 2)) || fail 'no commits were counted'
(($(metric 'resident_memory_bytes{program="ingest"}') > 1000000)) || fail 'ingest takes no memory'
(($(metric 'store_bytes') > 0 && $(metric 'disk_free_bytes') > 0)) || fail 'no store'

# Killed, and restarted in place.
pid=$(pid_of ingest)
kill -KILL "$pid"
again() { [[ $(pid_of ingest 2>/dev/null) != "$pid" ]] && send POST /ingest --data-binary '[]' && [[ $STATUS == 200 ]]; }
poll 10 again || fail 'ingest does not come back'
ingest "[$(record m)]"
kill -USR2 "$(pid_of meta)"
restarted() { get_metrics && [[ $(metric 'starts_total{program="meta"}') == 2 ]]; }
poll 10 restarted || fail 'meta is not started again'
expect_metric 'records_total{program="ingest"}' 7
expect_metric 'starts_total{program="ingest"}' 2
stop_server

start_server
get_metrics
expect_metric 'records_total{program="ingest"}' 7
expect_metric 'starts_total{program="ingest"}' 3
lock_store
post /ingest "$(record m)"
expect_status 503
get_metrics
expect_metric 'ready{check="store"}' 0
(($(metric 'commit_failures_total{program="ingest",reason="locked"}') >= 1)) || fail 'no lock was counted'
unlock_store
