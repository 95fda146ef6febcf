/* SPDX-License-Identifier: Apache-2.0 */
/* worker_client.c - see worker_client.h. */
#include "support/worker_client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define TIMEOUT_MS 60000 /* sanitizers and a loaded machine are slow */

static void fatal(struct client *c, const char *what) {
    fprintf(stderr, "worker_client: %s\ntranscript so far:\n%s\n", what, buf_cstr(&c->transcript));
    exit(1);
}

struct client *client_start(const char *environment) {
    struct client *c = xcalloc(1, sizeof *c);
    int in[2], out[2];
    const char *program = getenv("RELIGHT_WORKER");
    if (!program) program = RELIGHT_WORKER;
    signal(SIGPIPE, SIG_IGN);
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0) fatal(c, "pipe failed");
    c->pid = fork();
    if (c->pid == 0) {
        if (environment) putenv(xstrdup(environment));
        dup2(in[0], 0);
        dup2(out[1], 1);
        execl(program, program, (char *)NULL);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    c->to_worker = in[1];
    c->from_worker = out[0];
    return c;
}

static void client_free(struct client *c) {
    close(c->from_worker);
    buf_finish(&c->in);
    buf_finish(&c->transcript);
    free(c);
}

void client_destroy(struct client *c) {
    int status = 0;
    close(c->to_worker);
    if (waitpid(c->pid, &status, 0) != c->pid || status != 0)
        fatal(c, "the worker did not end with 0");
    client_free(c);
}

void client_kill(struct client *c) {
    kill(c->pid, SIGKILL);
    waitpid(c->pid, NULL, 0);
    close(c->to_worker);
    client_free(c);
}

/* --- Sending --- */

void client_send_bytes(struct client *c, struct str bytes) {
    while (bytes.len > 0) {
        ssize_t n = write(c->to_worker, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fatal(c, "the worker does not read");
        bytes = str_slice(bytes, (size_t)n, bytes.len);
    }
}

static void send_take(struct client *c, struct buf *frame, size_t mark) {
    wire_end(frame, mark);
    client_send_bytes(c, buf_str(frame));
    buf_finish(frame);
}

void client_send_bare(struct client *c, uint8_t type) {
    struct buf frame = {0};
    send_take(c, &frame, wire_begin(&frame, (enum wire_type)type));
}

void client_setup(struct client *c, const char *file, uint32_t output_bytes,
                  uint32_t output_lines) {
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, WM_SETUP);
    wire_u32(&frame, WIRE_VERSION);
    wire_str(&frame, str_from(file));
    wire_str(&frame, STR("/tmp"));
    wire_str(&frame, STR(""));
    wire_u32(&frame, output_bytes);
    wire_u32(&frame, output_lines);
    send_take(c, &frame, mark);
    client_read_until(c, WM_STARTED);
}

static void put_names(struct buf *frame, const char *const *names) {
    uint32_t count = 0;
    while (names && names[count]) count++;
    wire_u32(frame, count);
    for (uint32_t i = 0; i < count; i++) wire_str(frame, str_from(names[i]));
}

static void put_sure(struct buf *frame, const struct sure_name *names) {
    uint32_t count = 0;
    while (names && names[count].name) count++;
    wire_u32(frame, count);
    for (uint32_t i = 0; i < count; i++) {
        wire_str(frame, str_from(names[i].name));
        wire_u32(frame, names[i].from);
        wire_u32(frame, names[i].to);
    }
}

static void put_fixes(struct buf *frame, const struct name_fix *fixes) {
    uint32_t count = 0;
    while (fixes && fixes[count].name) count++;
    wire_u32(frame, count);
    for (uint32_t i = 0; i < count; i++) {
        wire_str(frame, str_from(fixes[i].name));
        wire_u32(frame, fixes[i].block);
    }
}

static void put_lines(struct buf *frame, struct run_options options, const char *source) {
    const char *lines = options.document ? options.document : source;
    uint32_t count = *lines != '\0';
    for (const char *c = lines; *c; c++) count += *c == '\n' && c[1];
    wire_u32(frame, options.document ? 0 : options.line);
    wire_u32(frame, options.document ? UINT32_MAX : count);
    wire_str(frame, str_from(lines));
}

void client_send_run(struct client *c, const char *source, struct run_options options) {
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, WM_RUN);
    c->stream_bytes = 0;
    wire_u32(&frame, ++c->run);
    wire_u32(&frame, options.block ? options.block : 1);
    wire_u32(&frame, c->interpreter);
    wire_u32(&frame, options.line);
    wire_u32(&frame, options.flags);
    wire_str(&frame, str_from(source));
    put_sure(&frame, options.sure);
    put_fixes(&frame, options.fixes);
    put_names(&frame, options.reads);
    put_lines(&frame, options, source);
    send_take(c, &frame, mark);
}

void client_inspect(struct client *c, uint32_t block, const char *name) {
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, WM_INSPECT);
    wire_u32(&frame, 7);
    wire_u32(&frame, block);
    wire_str(&frame, str_from(name));
    send_take(c, &frame, mark);
}

void client_forget(struct client *c, uint32_t block) {
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, WM_FORGET);
    wire_u32(&frame, 1);
    wire_u32(&frame, block);
    send_take(c, &frame, mark);
}

static void send_number(struct client *c, enum wire_type type, uint32_t id) {
    struct buf frame = {0};
    size_t mark = wire_begin(&frame, type);
    if (type == WM_DROP) wire_u32(&frame, 1);
    wire_u32(&frame, id);
    send_take(c, &frame, mark);
}

const char *client_checkpoint(struct client *c, uint32_t id) {
    send_number(c, WM_CHECKPOINT, id);
    return client_read_until(c, WM_CHECKPOINTED);
}

const char *client_resume(struct client *c, uint32_t id) {
    send_number(c, WM_RESUME, id);
    return client_read_until(c, WM_STARTED);
}

void client_drop(struct client *c, uint32_t id) {
    send_number(c, WM_DROP, id);
}

/* --- Receiving --- */

static bool fill(struct client *c) {
    struct pollfd ready = {.fd = c->from_worker, .events = POLLIN};
    buf_consume(&c->in, c->taken);
    c->taken = 0;
    buf_reserve(&c->in, (size_t)64 << 10);
    if (poll(&ready, 1, TIMEOUT_MS) == 0) fatal(c, "the worker says nothing");
    ssize_t n = read(c->from_worker, c->in.ptr + c->in.len, (size_t)64 << 10);
    if (n > 0) c->in.len += (size_t)n;
    return n > 0;
}

uint8_t client_next(struct client *c, struct wire_reader *fields) {
    uint8_t type;
    enum wire_split split;
    while ((split = wire_next(&c->in, &c->taken, &type, fields)) == WIRE_NEED_MORE)
        if (!fill(c)) return 0;
    if (split == WIRE_CORRUPT) fatal(c, "the worker sent a corrupt frame");
    return type;
}

/* --- The transcript --- */

static void put_escaped(struct buf *out, struct str text) {
    while (text.len > 0) {
        unsigned char ch = (unsigned char)text.ptr[0];
        size_t valid = ch >= 0x80 ? utf8_valid_prefix(text) : 1;
        if (ch == '\n')
            buf_append(out, STR("\\n"));
        else if (ch == '"')
            buf_append(out, STR("\\\""));
        else if (ch < 0x20 || valid == 0)
            buf_printf(out, "\\x%02x", ch);
        else
            buf_append_byte(out, (char)ch);
        text = str_slice(text, 1, text.len);
        /* The rest of a UTF-8 character, as it is. */
        while (ch >= 0xC0 && valid && text.len && ((unsigned char)text.ptr[0] & 0xC0) == 0x80) {
            buf_append_byte(out, text.ptr[0]);
            text = str_slice(text, 1, text.len);
        }
    }
}

static void put_quoted(struct buf *out, struct str text) {
    buf_append_byte(out, '"');
    put_escaped(out, text);
    buf_append_byte(out, '"');
}

static void new_line(struct client *c) {
    if (c->transcript.len) buf_append_byte(&c->transcript, '\n');
    c->stream_fd = 0;
}

static void on_stream(struct client *c, struct wire_reader *f) {
    uint32_t run = wire_get_u32(f);
    wire_get_u32(f);
    int fd = wire_get_u8(f);
    struct str bytes = wire_get_str(f);
    c->stream_bytes += bytes.len;
    if (c->stream_fd == fd) {
        c->transcript.len--; /* the closing quote */
    } else {
        new_line(c);
        if (run == 0) buf_append(&c->transcript, STR("later "));
        buf_append(&c->transcript, fd == 1 ? STR("out \"") : STR("err \""));
    }
    put_escaped(&c->transcript, bytes);
    buf_append_byte(&c->transcript, '"');
    c->stream_fd = fd;
}

static void on_display(struct client *c, struct wire_reader *f) {
    struct buf *t = &c->transcript;
    new_line(c);
    wire_get_u32(f);
    wire_get_u32(f);
    buf_append(t, wire_get_u8(f) == WIRE_EXECUTE_RESULT ? STR("result") : STR("display"));
    uint32_t count = wire_get_count(f, 8);
    for (uint32_t i = 0; i < count; i++) {
        struct str mime = wire_get_str(f), data = wire_get_str(f);
        buf_printf(t, " %.*s ", STR_FMT(mime));
        if (str_starts(data, STR("iVBORw0KGgo")))
            buf_append(t, STR("PNG"));
        else
            put_quoted(t, data);
    }
}

static void put_frames(struct buf *t, struct wire_reader *f) {
    for (uint32_t n = wire_get_count(f, 4); n > 0; n--) wire_get_str(f);
    for (uint32_t n = wire_get_count(f, 28); n > 0; n--) {
        struct str file = wire_get_str(f);
        uint32_t block = wire_get_u32(f), line = wire_get_u32(f);
        wire_get_u32(f); /* column */
        wire_get_u32(f); /* text */
        struct str function = wire_get_str(f);
        wire_get_str(f);
        buf_append(t, STR(" "));
        if (!str_eq(function, STR("<module>"))) buf_printf(t, "%.*s", STR_FMT(function));
        if (block)
            buf_printf(t, "@b%u:%u", block, line);
        else
            buf_printf(t, "@%.*s:%u", STR_FMT(file), line);
    }
}

static void put_error(struct buf *t, struct wire_reader *f) {
    struct str name = wire_get_str(f);
    buf_printf(t, " %.*s ", STR_FMT(name));
    put_quoted(t, wire_get_str(f));
    put_frames(t, f);
}

static void on_warning(struct client *c, struct wire_reader *f) {
    new_line(c);
    wire_get_u32(f);
    wire_get_u32(f);
    buf_append(&c->transcript, STR("warning "));
    put_quoted(&c->transcript, wire_get_str(f));
    put_frames(&c->transcript, f);
}

/* " read:/path", " wrote:/path". */
static void put_files(struct buf *t, struct wire_reader *f, bool show) {
    for (uint32_t n = wire_get_count(f, 37); n > 0; n--) {
        struct str path = wire_get_str(f);
        uint8_t use = wire_get_u8(f);
        for (int i = 0; i < 4; i++) wire_get_u64(f);
        if (show && use & WIRE_FILE_READ) buf_printf(t, " read:%.*s", STR_FMT(path));
        if (show && use & WIRE_FILE_WRITTEN) buf_printf(t, " wrote:%.*s", STR_FMT(path));
    }
}

/* " +bound -removed ~changed <block whose value was changed>". */
static void put_effects(struct buf *t, struct wire_reader *f) {
    for (uint32_t n = wire_get_count(f, 22); n > 0; n--) {
        struct str name = wire_get_str(f);
        uint8_t kind = wire_get_u8(f);
        wire_get_u8(f);
        wire_get_u64(f);
        wire_get_u64(f);
        buf_printf(t, " %c%.*s", "-+~"[kind % 3], STR_FMT(name));
    }
    for (uint32_t n = wire_get_count(f, 4); n > 0; n--) {
        buf_printf(t, " <%u>", wire_get_u32(f));
        wire_get_str(f);
    }
    for (uint32_t n = wire_get_count(f, 4); n > 0; n--) wire_get_str(f);
}

static void on_done(struct client *c, struct wire_reader *f) {
    static const char *const words[] = {"ok", "error", "syntax", "interrupted", "held"};
    struct buf *t = &c->transcript;
    new_line(c);
    wire_get_u32(f);
    wire_get_u32(f);
    uint8_t status = wire_get_u8(f);
    uint32_t flags = wire_get_u32(f);
    c->duration = wire_get_u64(f);
    buf_append(t, str_from(words[status % 5]));
    put_effects(t, f);
    put_files(t, f, c->show_files);
    if (flags & WIRE_UNSEEN) wire_get_str(f);
    if (status != WIRE_OK) put_error(t, f);
    if (flags & WIRE_TRUNCATED) buf_append(t, STR(" truncated"));
}

static void on_died(struct client *c, struct wire_reader *f) {
    struct buf *t = &c->transcript;
    new_line(c);
    uint32_t run = wire_get_u32(f);
    wire_get_u32(f);
    uint32_t code = wire_get_u32(f), signal = wire_get_u32(f);
    buf_printf(t, "died %s%s %u ", run ? "" : "idle ", signal ? "signal" : "exit",
               signal ? signal : code);
    put_quoted(t, wire_get_str(f));
}

static void on_inspected(struct client *c, struct wire_reader *f) {
    new_line(c);
    wire_get_u32(f);
    buf_append(&c->transcript, wire_get_u8(f) ? STR("value") : STR("no value"));
    for (int i = 0; i < 3; i++) {
        buf_append(&c->transcript, STR(" "));
        put_quoted(&c->transcript, wire_get_str(f));
    }
}

static void on_checkpointed(struct client *c, struct wire_reader *f) {
    new_line(c);
    uint32_t id = wire_get_u32(f);
    bool taken = wire_get_u8(f);
    wire_get_u64(f);
    buf_printf(&c->transcript, "%scheckpoint %u", taken ? "" : "no ", id);
    struct str why = wire_get_str(f);
    if (taken) return;
    buf_append(&c->transcript, STR(" "));
    put_quoted(&c->transcript, why);
}

static void on_lost(struct client *c, struct wire_reader *f) {
    new_line(c);
    buf_printf(&c->transcript, "lost checkpoint %u", wire_get_u32(f));
}

static void on_failed(struct client *c, struct wire_reader *f) {
    new_line(c);
    buf_append(&c->transcript, STR("failed "));
    put_quoted(&c->transcript, wire_get_str(f));
}

static void add(struct client *c, uint8_t type, struct wire_reader *f) {
    switch (type) {
    case WM_HELLO:
        break;
    case WM_STARTED:
        c->interpreter = wire_get_u32(f);
        break;
    case WM_STREAM:
        on_stream(c, f);
        break;
    case WM_WARNING:
        on_warning(c, f);
        break;
    case WM_DISPLAY:
        on_display(c, f);
        break;
    case WM_DONE:
        on_done(c, f);
        break;
    case WM_DIED:
        on_died(c, f);
        break;
    case WM_INSPECTED:
        on_inspected(c, f);
        break;
    case WM_CHECKPOINTED:
        on_checkpointed(c, f);
        break;
    case WM_CHECKPOINT_SIZE: /* when it likes */
        wire_get_u32(f);
        wire_get_u64(f);
        break;
    case WM_CHECKPOINT_LOST:
        on_lost(c, f);
        break;
    case WM_FAILED:
        on_failed(c, f);
        break;
    default:
        fatal(c, "the worker sent a message of an unknown type");
    }
    if (f->bad) fatal(c, "the worker sent a malformed message");
}

const char *client_read_until(struct client *c, uint8_t last) {
    uint8_t type;
    struct wire_reader fields;
    c->transcript.len = 0;
    c->stream_fd = 0;
    do {
        type = client_next(c, &fields);
        if (type) add(c, type, &fields);
    } while (type && type != last && !(last == WM_DONE && type == WM_DIED));
    return buf_cstr(&c->transcript);
}

const char *client_run(struct client *c, const char *source, struct run_options options) {
    client_send_run(c, source, options);
    return client_read_until(c, WM_DONE);
}
