# shellcheck shell=bash
# Names of levels from syslog, log4j, .NET and others are counted for what they mean; an
# unknown one is stored and is neither warning nor error.
start_server
for level in WARN warning Warning; do
    ingest "$(record m $level)"
    expect_json '"\(.features.warn_count) \(.features.error_count)"' '1 0'
done
for level in ERROR err Severe FATAL critical crit ALERT emerg PANIC; do
    ingest "$(record m $level)"
    expect_json '"\(.features.warn_count) \(.features.error_count)"' '0 1'
done
for level in INFO debug Notice trace whatever 7; do
    ingest "$(record m $level)"
    expect_json '"\(.features.warn_count) \(.features.error_count)"' '0 0'
done
