# shellcheck shell=bash
# loganalyzer import says what it cannot import and why, goes on with the other files, and
# its exit status tells.
seq -f 'INFO record %.0f' 20 >"$T/good.log"
# status N ARGUMENTS...: import ends with it
status() {
    local want=$1 got=0
    shift
    tool import "$@" || got=$?
    expect_equal "status of import $*" "$got" "$want"
}
says() {
    grep -qF -- "$1" "$T/tool.out" || fail "expected '$1', got: $(cat "$T/tool.out")"
}
status 1 "$T/good.log"
says 'no server answers'
says 'start it with deploy/run'
status 1 --url http://127.0.0.1:1 "$T/good.log"
says 'no server answers at http://127.0.0.1:1'
settings BIND=127.0.0.1 PORT=1
status 1 "$T/good.log"
says 'no server answers at http://127.0.0.1:1 ('
settings
status 2
says 'usage: loganalyzer import'
status 2 --colour "$T/good.log"
says 'there is no option --colour'
status 2 --wait soon "$T/good.log"
says '--wait takes a number of seconds'
status 2 "--service=" "$T/good.log"
says '--service= lacks its value'
status 2 --url ftp://x "$T/good.log"
says '--url must begin with http://'
status 0 --help
says 'usage: loganalyzer import'

start_server MAX_RECORD_BYTES=1000
printf 'INFO a\n\nINFO %s\nINFO b\n' "$(bytes 2000 x)" >"$T/long.log"
seq -f 'INFO line %.0f' 5000 | gzip | head -c 8000 >"$T/cut.log.gz"
printf 'a\0b' >"$T/binary"
: >"$T/empty.log"
status 1 "$T/long.log" "$T/missing.log" "$T" "$T/binary" "$T/cut.log.gz" "$T/empty.log" /dev/null "$T/good.log"
says 'long.log: line 3: the server refuses it: '
says 'missing.log: cannot be read: No such file or directory'
says 'is a folder; name the files in it'
says 'binary: is no text'
says 'cut.log.gz: the compressed data ends too early'
says 'not to its end'
says 'empty.log: 0 records stored, 0 there already'
says '/dev/null: is a device'
says 'good.log: 20 records stored, 0 there already'
stored=$(sql "SELECT count(*) FROM logs WHERE message LIKE '%line %'")
((stored > 100 && stored < 5000)) || fail "of the cut file $stored records are stored"
expect_sql "SELECT count(*) FROM logs WHERE message LIKE '%line $((stored + 1))%'" 0
seq -f 'INFO line %.0f' 5000 | gzip >"$T/cut.log.gz" # now whole
status 0 "$T/cut.log.gz"
expect_sql "SELECT count(*), count(DISTINCT message) FROM logs WHERE message LIKE '%line %'" '5000|5000'
