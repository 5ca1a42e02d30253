# shellcheck shell=bash
# Text that is not valid is mended, counted and stored: a log line is never refused for a
# byte. Valid UTF-8 stays; a single bad byte is Windows-1252; NUL and lone surrogates become
# U+FFFD.
check() { # check BYTES-AS-PRINTF EXPECTED-MESSAGE REPAIRS
    # shellcheck disable=SC2059 # the bytes are given as a format
    { printf '{"timestamp":"t1","service":"web","level":"INFO","message":"' && printf "$1" &&
        printf '"}'; } >"$T/body"
    ingest_file "$T/body"
    expect_status 200
    expect_sql 'SELECT message FROM logs ORDER BY id DESC LIMIT 1' "$2"
    if (($3 == 0)); then
        expect_true '[.warnings[]?] | all(startswith("1 timestamp"))'
    else
        expect_true "[.warnings[]] | any(startswith(\"$3 characters were not valid\"))"
    fi
}
start_server
check 'caf\xc3\xa9 \xf0\x9f\x98\x80' 'café 😀' 0
check 'caf\xe9' 'café' 1
check '\x80 \x93quoted\x94' '€ “quoted”' 3
check 'a\xff\xfeb' 'aÿþb' 2
check 'cut \xe2\x82' 'cut â‚' 2
check 'over \xc0\x80 long' 'over À€ long' 2
check 'raw \0 NUL' 'raw � NUL' 1
check 'a\\u0000b' 'a�b' 1
check 'a\\ud83db' 'a�b' 1
check 'a\\ude00b' 'a�b' 1
check 'a\\ude00\\ud83db' 'a��b' 2
check 'a\\ud83d\\ude00b' 'a😀b' 0
check 'a\\u0001\\u001b[31m\\tb' $'a\001\033[31m\tb' 0
check 'a\\"\\\\\\/\\b' $'a"\\/\b' 0
