# includes.awk - which room may include which: the arrows of the design.
#
#   base                              libc
#   core                              base
#   web                               base
#   scoring                           base, core
#   sql                               base, core
#   cli (the tool's verbs)            base, core, web
#   handlers, jobs, scoring/{score,learn,service,train,evaluate*,history}   base, core, web, jobs, cli; of sql and scoring
#                                     only their doors: the store, its writer, scorer, detector, POST /score
#
# A third-party header has one home. Run over .c and .h files: awk -f includes.awk FILE...

BEGIN {
    allowed["base"] = " base "
    allowed["core"] = " core base "
    allowed["web"] = " web base "
    allowed["scoring"] = " scoring core base "
    allowed["sql"] = " sql core base "
    allowed["jobs"] = " jobs base core web "
    allowed["cli"] = " cli base core web "
    allowed["handler"] = " handler jobs base core web cli "

    doors["sql/store.h"] = doors["sql/store_read.h"] = doors["sql/writer.h"] = 1
    doors["sql/store_imports.h"] = doors["sql/store_incidents.h"] = 1
    doors["sql/store_life.h"] = doors["sql/store_lanes.h"] = 1
    doors["sql/store_outbox.h"] = doors["sql/store_keep.h"] = 1
    doors["sql/store_backup.h"] = 1
    doors["sql/store_outbox.h"] = doors["sql/store_receipts.h"] = 1
    doors["sql/store_rejected.h"] = 1
    doors["scoring/scorer.h"] = doors["scoring/score.h"] = doors["scoring/detector.h"] = 1
    doors["scoring/scorer_http.h"] = doors["scoring/state.h"] = 1
    doors["scoring/model_file.h"] = doors["scoring/answers.h"] = 1
    doors["sql/store_answers.h"] = doors["scoring/choices.h"] = 1

    # header -> the files (a pattern) that may include it
    home["cJSON.h"] = home["cjson/cJSON.h"] = "^fcgi/base/json\\.c$"
    home["fcgiapp.h"] = "^fcgi/web/serve\\.c$"
    home["fcgi_stdio.h"] = home["fcgi_config.h"] = "^$" # it redefines printf
    home["sqlite3.h"] = "^sql/"
    home["curl/curl.h"] = "^fcgi/web/(outbound\\.h|(client|mailer|outbound)\\.c)$"
    home["zlib.h"] = "^fcgi/cli/content\\.c$"
    home["sha2.h"] = "^fcgi/(receipts\\.c|cli/digest\\.h|base/api_key\\.c)$"
    home["check.h"] = "^tests/"
    home["build_id.h"] = "^fcgi/meta\\.c$" # made by the Makefile
    home["migrations.h"] = "^sql/migrate\\.c$"
}

function room_of(path) {
    if (path ~ /^fcgi\/(base|core|web|jobs|cli)\//) {
        split(path, part, "/")
        return part[2]
    }
    if (path ~ /^fcgi\//) {
        return "handler"
    }
    if (path ~ /^scoring\/(score|learn|service|train|evaluate|evaluate_store|evaluate_lines|history)\./) {
        return "handler"
    }
    if (path ~ /^(scoring|sql)\//) {
        return substr(path, 1, index(path, "/") - 1)
    }
    return ""
}

function complain(what) {
    printf "%s:%d: %s\n", FILENAME, FNR, what
}

function check(header, quoted,    from, to) {
    if (header in home) {
        if (FILENAME !~ home[header]) {
            complain(header " may not be included here")
        }
        return
    }
    if (!quoted) {
        return # libc
    }
    if (header ~ /\.c$/) {
        complain("a .c file is included: " header)
        return
    }
    from = room_of(FILENAME)
    to = room_of(header)
    if (to == "") {
        complain(header " is in no room; write its path from the project's folder")
        return
    }
    if (index(allowed[from], " " to " ")) {
        return
    }
    # The handlers in scoring/ are at home there.
    if ((from == "handler" || from == "jobs") &&
        ((header in doors) || (FILENAME ~ /^scoring\// && header ~ /^scoring\//))) {
        return
    }
    if (FILENAME ~ /^scoring\/scorer_http\./ && header == "fcgi/web/client.h") {
        return
    }
    complain(from " may not include " header)
}

/^[ \t]*#[ \t]*include[ \t]*["<]/ {
    quoted = ($0 ~ /include[ \t]*"/)
    header = $0
    sub(/^[^"<]*["<]/, "", header)
    sub(/[">].*/, "", header)
    check(header, quoted)
}
