# shellcheck shell=bash
# Read by run --mutants: the product broken in known ways, one at a time, in a copy. A
# scenario that does not fail then does not test what it says.

# name, scenario that has to fail, file, sed script
mutants=(
    'acknowledged before the commit' kill sql/writer.c
    's|^    code = code ? code : store_commit(w->store, e);|    for (size_t i = 0; !code \&\& i < n; i++) { if (jobs[i]->records) { jobs[i]->code = ERR_NONE; sem_post(\&jobs[i]->done); } }\n    nanosleep(\&(struct timespec){.tv_nsec = 5000000}, NULL);\n&|
     s|^    sem_post(&job->done);.*|    if (code \|\| !job->records) { sem_post(\&job->done); }|'

    'a commit in the middle of a batch' kill sql/store_sqlite.c
    's|^        code = add_log(s, stmt, &b->records\[i\], e);|&\n        if (!code \&\& i == b->n / 2) { code = db_exec(s->db, "COMMIT; BEGIN IMMEDIATE", e); }|'

    'a batch stored twice' kill sql/writer.c
    's|^    enum err_code code = store_add_batch(w->store, &batch, &job->ids, e);|&\n    if (!code \&\& job->n == 3) { code = store_add_batch(w->store, \&batch, \&job->ids, e); }|'

    'told to come again after it was stored' kill fcgi/ingest.c
    '/^static enum err_code post_ingest/,/^}/s|^    return code ? code : receipts_finish|    if (!code \&\& work->batch.n == 7) { return err_set(e, ERR_BUSY, "again"); }\n&|'

    'a bad record left out of its batch' kill fcgi/core/batch.c
    '/record_from_json/,/^}/s|^        return leave_out(r, v.text, e);|        return ERR_NONE;|'

    'the last record left out' kill sql/writer.c
    's|^        .n = job->n,|        .n = job->n > 19 ? job->n - 1 : job->n,|'

    'no row for the idempotency key' kill sql/writer_receipt.c
    's|^    return store_add_receipt(s, &row, e);|    (void)s;\n    return ERR_NONE;|'

    'learned before the commit' locked sql/writer.c
    '/^static void serve_group/,/^}/s|^    bool begun;|&\n    for (size_t i = 0; i < n; i++) { if (jobs[i]->records) { w->options.learn(w->options.learn_arg, jobs[i]); } }|
     /^static void finish_all/,/^}/s|^            w->options.learn(w->options.learn_arg, jobs.i.);|            ;|'

    'no watchdog' hang fcgi/web/watchdog.c
    's|^            abort();||'

    'an end in place of a restart' restart fcgi/web/serve.c
    's|^    return signal_number == SIGUSR2 ? SERVE_RESTART : SERVE_STOPPED;|    return SERVE_STOPPED;|'

    'what waits is dropped at the end' restart fcgi/web/serve.c
    '/^static struct slot \*next_waiting/,/^}/s|^    if (s->first) {|    if (s->first \&\& !s->stopping) {|'

    'responders outlive the web server' frontend fcgi/web/serve.c
    's|^    prctl(PR_SET_PDEATHSIG, SIGTERM);||'

    'the journal is left behind' stop sql/store_sqlite.c
    '/^static void close_store/,/^}/s|^    free_store(s);|    if (s->lock_fd >= 0) { sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL); }\n&|'
)

# One mutant: built in $top/src from a copy; true if the scenario fails over it.
try_mutant() { # name scenario file script
    # shellcheck disable=SC2154 # top is set by run
    local src=$top/src out
    rm -rf -- "$src"
    mkdir -p "$src"
    cp -a -- Makefile lighttpd.conf fcgi scoring sql deploy tests "$src"
    mkdir -p "$src/build"
    cp -a -- build/gen build/obj build/flags "$src/build" # and no other mode's
    sed -i -e "$4" "$src/$3"
    if cmp -s "$3" "$src/$3"; then
        echo "FAIL mutant: $1: it does not change $3 any more"
        return 1
    fi
    if ! out=$(make -C "$src" LOGANALYZER_BUILD='' all build/ledger 2>&1); then
        echo "FAIL mutant: $1: it does not build: $out"
        return 1
    fi
    if out=$(cd "$src" && LOGANALYZER_BUILD=build FAULT_LOG_LINES=0 tests/faults/run "$2" 2>&1); then
        echo "FAIL mutant: $1: not noticed"
        return 1
    fi
    echo "ok   mutant: $1: $(sed -n 's/^FAIL //p' <<<"$out")"
}

run_mutants() { # [WORD]: those with it in their names
    local i passed=0 failed=0
    make all build/ledger >/dev/null || exit 1
    for ((i = 0; i < ${#mutants[@]}; i += 4)); do
        [[ ${mutants[i]} == *"${1-}"* ]] || continue
        if try_mutant "${mutants[@]:i:4}"; then
            ((++passed))
        else
            ((++failed))
        fi
    done
    echo "$passed passed, $failed failed"
    ((failed == 0))
}
