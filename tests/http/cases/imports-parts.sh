# shellcheck shell=bash
# POST and GET /imports: a part of a file is stored once, and whoever looked before another
# part came in is told so.
start_server
hex() {
    bytes 64 "$1"
}
# part AFTER POSITION SEEN [MARKS]: two records
part() {
    post /imports "$(printf '{"after":"%s","position":"%s","bytes":20,"seen":%s,"marks":"%s"}\n[%s]' \
        "$(hex "$1")" "$(hex "$2")" "$3" "${4-}" "$(records 2 "m$2")")"
}
request GET "/imports?after=$(hex 0)"
expect_status 200
expect_json '.imports == [] and .next == null' true
part 0 a 0 00112233445566778899aabbccddeeFF
expect_status 200
expect_json '[.stored, .features.count, .scorer, .duplicate] | tostring' '[2,2,"in-process",null]'
part 0 a 0
expect_status 200
expect_json tostring '{"stored":0,"duplicate":true}'
part 0 b 0
expect_error 409 'ask for the list again'
request GET "/imports?after=$(hex 0)"
expect_json '.imports | tostring' \
    "[{\"id\":1,\"position\":\"$(hex a)\",\"bytes\":20,\"records\":2}]"
part 0 b 1
expect_json .stored 2
request GET "/imports?after=$(hex 0)&cursor=2"
expect_json '[.imports[].id] | tostring' '[1]'
request GET "/loganalyzer/imports?position=$(hex a)"
expect_json '.imports[0].marks' 00112233445566778899aabbccddeeff
request GET "/imports?position=$(hex c)"
expect_json '.imports | length' 0
expect_stored 4

# What is not understood stores nothing.
head='{"after":"'$(hex 0)'","position":"'$(hex c)'","bytes":1,"seen":9}'
refused() {
    post /imports "$1"
    expect_error 400 "$2"
}
refused '' 'the first line of the body'
refused "$head" 'the first line of the body'
refused "[1]"$'\n'"$(record m)" 'the first line of the body'
refused "${head/:1,/:0,}"$'\n'"$(record m)" "'bytes' must be a whole number"
refused "${head/position/place}"$'\n'"$(record m)" "'position' is missing"
refused "${head/0000/000}"$'\n'"$(record m)" "'after' must be 64 hex digits"
refused "${head/0000/000g}"$'\n'"$(record m)" "'after' must be 64 hex digits"
refused "$head"$'\n''[]' 'a part without records'
refused "${head/\}/,\"marks\":\"0011223344556677\"\}}"$'\n'"$(record a)$(record b)" "'marks' has 8 bytes"
refused "${head/\}/,\"marks\":\"xx\"\}}"$'\n'"$(record m)" "'marks' must be hex"
refused "$head"$'\n''{}' "field 'timestamp' is missing"
for target in '' '?after=1' '?position=1' "?after=$(hex 0)&position=$(hex a)" \
    "?after=$(hex 0)&cursor=0"; do
    request GET "/imports$target"
    expect_status 400
done
request PUT /imports
expect_status 405
expect_stored 4
post /imports "$head"$'\n'"$(record m)"
expect_json .stored 1
