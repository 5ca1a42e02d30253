# shellcheck shell=bash
# The charset parameter of the Content-Type is honoured; what was read as it was declared is
# not counted as mended. A byte order mark wins, and an unknown charset is told.
check() { # check TYPE ENCODING-OF-THE-BODY EXPECTED-WARNINGS
    local text
    text=$(record 'Größe 5 €' INFO wächter)
    printf '%s' "[$text]" | iconv -f UTF-8 -t "$2" >"$T/body"
    ingest_file "$T/body" -H "Content-Type: $1"
    expect_status 200
    expect_sql 'SELECT service, message FROM logs ORDER BY id DESC LIMIT 1' 'wächter|Größe 5 €'
    expect_json '[.warnings[]?] | join(";")' "$3"
}
start_server
check 'application/json' UTF-8 ''
check 'application/json; charset=utf-8' UTF-8 ''
check 'application/json; charset="UTF-8"' UTF-8 ''
check 'application/json; charset=iso-8859-1' CP1252 ''
check 'application/json; charset=latin1' CP1252 ''
check 'application/json; charset=windows-1252' CP1252 ''
check 'application/json; charset=cp1252' CP1252 ''
check 'application/json; charset=utf-16' UTF-16 '' # iconv's has a mark
check 'application/json; charset=utf-16' UTF-16LE ''
check 'application/json; charset=utf-16le' UTF-16LE ''
check 'application/json; charset=utf-16be' UTF-16BE ''
check 'application/json' CP1252 '4 characters were not valid and were replaced'
check 'application/json; charset=utf-8' CP1252 '4 characters were not valid and were replaced'
check 'application/json; charset=utf-16' UTF-8 '' # a label that cannot be true
check 'application/json; charset=us-ascii' UTF-8 ''
check 'application/json; charset=koi8-r' UTF-8 "charset 'koi8-r' is not known: read as UTF-8"
check 'application/json; charset="<b>"' UTF-8 "charset '<b>' is not known: read as UTF-8"

# A declared charset is honoured even where the bytes could be UTF-8.
printf 'A\xc3\xbc' >"$T/body"
ingest_file "$T/body" -H 'Content-Type: text/plain; charset=iso-8859-1'
expect_sql 'SELECT message FROM logs ORDER BY id DESC LIMIT 1' 'AÃ¼'
# Lines in UTF-16, as PowerShell's > writes them.
printf 'one\r\nzwölf\r\n' | iconv -f UTF-8 -t UTF-16 >"$T/body"
ingest_file "$T/body" -H 'Content-Type: text/plain'
expect_json .stored 2
expect_sql 'SELECT message FROM logs ORDER BY id DESC LIMIT 1' 'zwölf'
