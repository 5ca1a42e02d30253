/* fuzz_model.c - the file that MODEL names. First line: "frame" puts the mark, the lengths
 * and the checksum round what follows, so that what lies behind them is reached; anything
 * else: the file as it is. What was refused has changed nothing. */
#include "scoring/model_file.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FILE_BYTES = 1 << 20 };

static struct detector *detector;

/* As snapshot.c completes a file. */
static void put_frame(struct buf *out, struct str payload)
{
    buf_str(out, STR("LogA-mod"));
    snapshot_put(out, SNAPSHOT_FORMAT);
    snapshot_put(out, (int64_t)payload.n + 8);
    snapshot_put(out, detector_layout());
    buf_str(out, payload);
    snapshot_put(out, (int64_t)str_hash(buf_view(out)));
}

static void check_loaded(const struct model_file *f)
{
    struct model_info before, after;
    struct err e;
    detector_info(detector, &before);
    enum err_code code = model_file_load(f, detector, &e);
    detector_info(detector, &after);
    if (code) {
        fuzz_check_err(code, &e);
        FUZZ_CHECK(memcmp(&before, &after, sizeof before) == 0);
    } else {
        detector_clear(detector);
    }
}

static void check_file(int fd)
{
    struct model_file f;
    struct err e;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum err_code code = model_file_open(path, &f, &e);
    if (code) {
        fuzz_check_err(code, &e);
    } else {
        FUZZ_CHECK(strnlen(f.head.store, sizeof f.head.store) < sizeof f.head.store);
        check_loaded(&f);
    }
    model_file_close(&f);
    if (model_file_check(path, &e)) {
        FUZZ_CHECK(code == ERR_UNSUPPORTED || code == ERR_IO);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str left = {(const char *)data, n}, how = fuzz_line(&left);
    struct buf file;
    struct err e;
    if (!detector) {
        FUZZ_CHECK(!detector_open(0.8, &detector, &e));
    }
    buf_init(&file, FILE_BYTES);
    if (str_eq(how, STR("frame"))) {
        put_frame(&file, left);
    } else {
        buf_add(&file, data, n);
    }
    int fd = memfd_create("model", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && !file.failed);
    FUZZ_CHECK(file.n == 0 || write(fd, file.p, file.n) == (ssize_t)file.n);
    check_file(fd);
    close(fd);
    buf_free(&file);
    return 0;
}
