#!/bin/bash
# Over the labelled logs beside the project: the records that a verdict's reasons name are
# its cause. With them taken out, at least 95 of 100 flagged batches of each set are no
# longer flagged.
#
#   tests/detector/cause.sh PROGRAM [DATA_DIR]
#
# PROGRAM is cause (make test-cause builds it). Without the data it says so and does
# nothing. Exit status 1 if a set is under 95 %, or has no flagged batch at all.
set -u -o pipefail

program=${1:?PROGRAM}
data=${2:-$(dirname "$0")/../../../shared/data}
if [ ! -d "$data" ]; then
    echo "skipped: cause, for there is no $data"
    exit 0
fi
status=0

# check NAME TRAIN TEST [learn]: the two are commands that print batches
check() {
    local name=$1 said flagged named
    said=$("$program" <(eval "$2") <(eval "$3") "${@:4}") || {
        echo "FAIL $name: it does not run"
        status=1
        return
    }
    if ! [[ $said =~ ([0-9]+)\ flagged,\ cause\ named\ ([0-9]+) ]]; then
        echo "FAIL $name: $said"
        status=1
        return
    fi
    flagged=${BASH_REMATCH[1]} named=${BASH_REMATCH[2]}
    if [ "$flagged" -gt 0 ] && [ $((100 * named)) -ge $((95 * flagged)) ]; then
        echo "ok   $name: $said"
    else
        echo "FAIL $name: $said"
        status=1
    fi
}

of() { # of SET: its batches
    printf 'zcat %q/%s.ndjson.gz' "$data" "$1"
}

check hdfs_logdeep "$(of hdfs_logdeep_train)" "$(of hdfs_logdeep_abnormal)"
check hdfs_100k "$(of hdfs_100k_train)" "$(of hdfs_100k_test)"
check scan_w3af "$(of apache_train)" "$(of scan_w3af)"
check scan_acunetix "$(of apache_train)" "$(of scan_acunetix)"
check httpparams "$(of httpparams_train) | grep '^{\"label\":0'" \
    "$(of httpparams_train) | grep '^{\"label\":1'"
check bgl "$(of bgl_first) | head -50" "$(of bgl_first) | tail -n +51" learn
exit "$status"
