# shellcheck shell=bash
# What reaches a responder behind our own lighttpd.conf: Authorization, a body without a
# length. An echo stands in for loganalyzer-meta.
# shellcheck source=tests/http/places.sh
. "$ROOT/tests/http/places.sh"
mkdir "$T/bin"
cp "$BUILD"/loganalyzer "$BUILD"/loganalyzer-* "$T/bin"
cp "$BUILD/test_echo" "$T/bin/loganalyzer-meta"
BUILD=$T/bin
start_server
expect_echo /some/path
