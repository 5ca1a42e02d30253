# shellcheck shell=bash
# kill -9 of ingest under load: started again, and what was acknowledged is in the store.
# 500 leaves it open, 503 says that nothing was stored.
start_server
start_load 4
for _ in 1 2; do
    more_load 20
    pid=$(pid_of ingest)
    kill -KILL "$pid"
    serves_again() {
        [[ $(pid_of ingest) != "$pid" ]] && send POST /ingest --data-binary '[]' &&
            [[ $STATUS == 200 ]]
    }
    poll 20 serves_again || fail 'it does not serve again'
done
more_load 20
stop_load
expect_statuses '200|500|503'
stop_server
expect_acknowledged_stored
expect_refused_not_stored 503
