/* fuzz_state.c - MODEL as its owner reads it, with what state.c keeps in it. First line:
 * "own": what follows is that part, in a file that is whole else; anything else: the file.
 * Whatever it is, it is taken up, put aside or left as it is. */
#include "scoring/model_file.h"
#include "scoring/state.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 640 };

/* A file with that part in it, as model_file.c puts it; the detector's is made once. */
static void put_own(struct buf *out, struct str own)
{
    static struct buf detector;
    struct detector *d;
    struct err e;
    if (detector.n == 0) {
        buf_init(&detector, SNAPSHOT_BYTES_MAX);
        FUZZ_CHECK(!detector_open(0.8, &d, &e));
        detector_save(d, &detector);
        detector_close(d);
    }
    snapshot_begin(out);
    snapshot_put(out, detector_layout());
    snapshot_put_text(out, STR("0123456789abcdef0123456789abcdef"));
    snapshot_put(out, 7);
    snapshot_put(out, 0);
    snapshot_put_text(out, own);
    buf_str(out, buf_view(&detector));
}

static void write_own(const char *path, struct str own)
{
    struct buf file;
    struct err e;
    buf_init(&file, SNAPSHOT_BYTES_MAX);
    put_own(&file, own);
    FUZZ_CHECK(!model_file_save(path, &file, &e));
    buf_free(&file);
}

static void write_plain(const char *path, struct str bytes)
{
    FILE *f = fopen(path, "we");
    FUZZ_CHECK(f && fwrite(bytes.p, 1, bytes.n, f) == bytes.n && fclose(f) == 0);
}

static void check_state(const char *path)
{
    struct state *s;
    struct state_report r;
    struct err e;
    enum err_code code = state_open(path, 0.8, &s, &e);
    if (code) {
        fuzz_check_err(code, &e);
        FUZZ_CHECK(code == ERR_UNSUPPORTED && access(path, F_OK) == 0);
        return;
    }
    state_report(s, &r);
    FUZZ_CHECK(!r.replica && strlen(r.id) == STATE_ID_BYTES - 1);
    FUZZ_CHECK(strlen(r.store) < STATE_ID_BYTES && r.batches >= 0 && r.records >= 0);
    FUZZ_CHECK(!state_attach(s, "fedcba9876543210fedcba9876543210", 9, &e));
    FUZZ_CHECK(state_answers_seq(s) >= 0);
    state_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[PATH_BYTES];
    struct str all = {(const char *)data, n}, left = all, how = fuzz_line(&left);
    snprintf(path, sizeof path, "%s/model", fuzz_folder());
    if (str_eq(how, STR("own"))) {
        write_own(path, left);
    } else {
        write_plain(path, all);
    }
    check_state(path);
    fuzz_clear_folder();
    return 0;
}
