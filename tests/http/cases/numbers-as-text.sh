# shellcheck shell=bash
# Numbers where texts belong keep the sender's digits.
start_server
ingest '[{"timestamp":1767268848,"service":42,"level":3,"message":17.50},
         {"timestamp":1767268848123,"service":"a","level":"INFO","message":"m"},
         {"timestamp":1767268848.123456,"service":"a","level":"INFO","message":"m"},
         {"timestamp":1767268848123456789,"service":"a","level":"INFO","message":"m"}]'
expect_json '.features.services | join(" ")' '42 a'
expect_json '.warnings' null
expect_sql 'SELECT timestamp, service, level, message FROM logs WHERE id=1' '1767268848|42|3|17.50'
expect_sql 'SELECT timestamp, event_us FROM logs ORDER BY id' '1767268848|1767268848000000
1767268848123|1767268848123000
1767268848.123456|1767268848123456
1767268848123456789|1767268848123456'
