# shellcheck shell=bash
# A request that makes no progress for HANG_SECONDS ends ingest, which is started again:
# better one 500 than a service that waits for ever. Here it waits for a lock longer than
# HANG_SECONDS allows.
start_server HANG_SECONDS=5 STORE_WAIT_MS=10000
ingest "$(record before)"
pid=$(pid_of ingest)
lock_store
request POST /ingest --data-binary "$(record hangs)"
expect_error 500 'not known'
serves_again() {
    [[ $(pid_of ingest 2>/dev/null) != "$pid" ]] && send ml GET /model-info && [[ $STATUS == 200 ]]
}
unlock_store
poll 20 serves_again || fail 'it does not serve again'
logged 'takes longer than HANG_SECONDS' || fail 'the log does not say why'
ingest "$(record after)"
expect_stored 2
