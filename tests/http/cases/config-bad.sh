# shellcheck shell=bash
# A bad value is a clear error at the start, naming the key, and not a silent default.
for setting in THRESHOLD=0,8 THRESHOLD=NaN THRESHOLD=nan THRESHOLD=inf THRESHOLD=1.01 \
    THRESHOLD=-0.1 THRESHOLD= THRESHOLD=0x1p-1 'THRESHOLD=0.8 ' THRESHOLD=high THRESHOLD=1e999 \
    PORT=0 PORT=65536 PORT=http PORT=3000.5 PORT=-1 PORT= ML_PORT=0 ML_PORT=99999999999999999999 \
    MAX_BODY_BYTES=0 MAX_BODY_BYTES=16M INGEST_WORKERS=0 INGEST_WORKERS=257 INGEST_QUEUE=0 INGEST_QUEUE=4097 \
    STORE_WAIT_MS=0 MAX_SERVICE_BYTES=513 MAX_JSON_DEPTH=0 DATABASE= BIND= TIME_ZONE= TIME_ZONE=CEST TIME_ZONE=Europe/Nowhere \
    TIME_ZONE=/etc/localtime TIME_ZONE=../zoneinfo/UTC; do
    settings "$setting"
    tool check && fail "accepted: $setting"
    grep -q "${setting%%=*}" "$T/tool.out" || fail "$setting: the key is not named: $(cat "$T/tool.out")"
done
for setting in THRESHOLD=0 THRESHOLD=1 THRESHOLD=.5 THRESHOLD=8e-1 PORT=1 PORT=65535 INGEST_WORKERS=256 \
    INGEST_QUEUE=4096 MAX_SERVICE_BYTES=512 TIME_ZONE=Asia/Tokyo TIME_ZONE=local; do
    settings "$setting"
    tool check || fail "refused: $setting: $(cat "$T/tool.out")"
done
settings BIND=127.0.0.1 PORT=4567 ML_PORT=4567 # refused before it is tried
tool check && fail 'the same port twice was accepted'
grep -q 'PORT and ML_PORT are both 4567' "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
settings BIND=not-an-address
tool check && fail 'BIND=not-an-address was accepted'
grep -q BIND "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
settings "DATABASE=$T/no/such/folder/data.sqlite"
tool check && fail 'a store in no folder was accepted'
grep -q DATABASE "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"
settings "RUN_DIR=$T/$(bytes 90 r)"
tool check && fail 'a RUN_DIR that is too long was accepted'
grep -q RUN_DIR "$T/tool.out" || fail "not said: $(cat "$T/tool.out")"

# With a bad value the server does not start.
settings THRESHOLD=0,8
expect_no_start 'THRESHOLD is "0,8"'
