/* SPDX-License-Identifier: Apache-2.0 */
/* warden.c - the warden's loop and what each message does; see warden.h.
 *
 * Back pressure: while the server does not read, OUT_MARK bytes pile up here at most (and one
 * frame); then we stop reading the interpreter, whose writes wait.  Requests that arrive while a
 * block runs wait in `waiting`; INTERRUPT and SETUP overtake them. */
#include "exec/worker/warden.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "exec/worker/journal.h"
#include "exec/worker/process.h"
#include "exec/worker/ward.h"

#define OUT_MARK     ((size_t)4 << 20)
#define WAITING_MARK ((size_t)WIRE_MAX_FRAME)
#define BUSY_READ    ((size_t)32 << 10) /* a read of this size means: there is more, do not pause */
#define IDLE_NS      200000000          /* nothing has run for so long: time to measure */
#define PAUSE_NS     2000000 /* from the first byte to reading, so that small writes share a frame */

struct warden {
    struct link wire; /* to the server */
    struct ward ward;
    struct freezer freezer;
    uint32_t thawed; /* the checkpoint that this interpreter comes from; 0: none */
    struct setup setup;
    struct journal journal;
    struct output output;
    struct buf waiting;   /* frames of requests that the interpreter is not ready for */
    size_t waiting_taken; /* bytes of it already passed on */
    bool started;         /* this interpreter has said STARTED */
    bool ready;           /* it waits for a request */
    bool running;         /* a RUN is with it: output.run, output.block */
    bool begun;           /* it has begun what it was asked: SIGINT reaches it */
    bool interrupt;       /* asked for before it had begun */
    bool silent;          /* it closed its connection: all it can do now is end */
    int64_t read_at;      /* when to read its output; 0: when some has come */
    int64_t measure_at;   /* when to measure a checkpoint; 0: all are measured */
    size_t measured;      /* how many since the last run */
    bool over;
    int exit_code;
};

static void on_sigchld(int signal) {
    (void)signal; /* it only has to end ppoll() */
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool congested(const struct warden *w) {
    return link_pending(&w->wire) > OUT_MARK;
}

static void relay(struct buf *out, uint8_t type, struct wire_reader fields) {
    size_t mark = wire_begin(out, (enum wire_type)type);
    buf_append(out, fields.rest);
    wire_end(out, mark);
}

static void fail(struct warden *w, const char *message) {
    size_t mark = wire_begin(&w->wire.out, WM_FAILED);
    wire_str(&w->wire.out, str_from(message));
    wire_end(&w->wire.out, mark);
    w->over = true;
    w->exit_code = 1;
}

static void send_died(struct warden *w, uint32_t run, uint32_t block, int status,
                      struct str cause) {
    struct buf *out = &w->wire.out;
    size_t mark = wire_begin(out, WM_DIED);
    wire_u32(out, run);
    wire_u32(out, block);
    wire_u32(out, WIFEXITED(status) ? (uint32_t)WEXITSTATUS(status) : 0);
    wire_u32(out, WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0);
    wire_str(out, cause);
    wire_end(out, mark);
}

static void send_lost(struct warden *w, uint32_t checkpoint) {
    size_t mark = wire_begin(&w->wire.out, WM_CHECKPOINT_LOST);
    wire_u32(&w->wire.out, checkpoint);
    wire_end(&w->wire.out, mark);
}

static void forget_interpreter(struct warden *w) {
    w->started = w->ready = w->running = w->begun = w->interrupt = w->silent = false;
    w->read_at = 0;
    w->thawed = 0;
    output_begin(&w->output, 0, 0, w->setup.output_bytes, w->setup.output_lines);
}

static void start_interpreter(struct warden *w) {
    struct err err = {0};
    const struct ward_secrets secrets = {&w->wire, &w->freezer};
    forget_interpreter(w);
    journal_recover(&w->journal);
    if (ward_start(&w->ward, &w->setup, &w->output, &secrets, &err) != ST_OK) fail(w, err.msg);
}

static void lose_checkpoint(struct warden *w, uint32_t checkpoint) {
    freezer_drop(&w->freezer, checkpoint);
    send_lost(w, checkpoint);
}

/* From a checkpoint; from the beginning when it is not there. */
static void thaw_interpreter(struct warden *w, uint32_t checkpoint) {
    struct err err = {0};
    const struct frozen *frozen = freezer_find(&w->freezer, checkpoint);
    forget_interpreter(w);
    journal_recover(&w->journal);
    if (frozen && ward_thaw(&w->ward, frozen->socket, &w->output, &err) == ST_OK) {
        w->thawed = checkpoint;
        return;
    }
    lose_checkpoint(w, checkpoint);
    start_interpreter(w);
}

/* --- Requests --- */

/* A RUN is about to be passed on.  False when it was meant for an interpreter that has ended. */
static bool begin_run(struct warden *w, struct wire_reader fields) {
    uint32_t run = wire_get_u32(&fields);
    uint32_t block = wire_get_u32(&fields);
    if (wire_get_u32(&fields) != (uint32_t)w->ward.pid) {
        send_died(w, run, 0, 0, STR("the interpreter that it was meant for has ended"));
        return false;
    }
    w->running = true;
    output_begin(&w->output, run, block, w->setup.output_bytes, w->setup.output_lines);
    return true;
}

/* Pass on what waits, up to the next request that makes the interpreter busy. */
static void pass_on(struct warden *w) {
    uint8_t type;
    struct wire_reader fields;
    while (w->ready && wire_next(&w->waiting, &w->waiting_taken, &type, &fields) == WIRE_FRAME) {
        if (type == WM_RUN && !begin_run(w, fields)) continue;
        w->ready = type == WM_FORGET || type == WM_FIX; /* those that have no answer */
        relay(&w->ward.link.out, type, fields);
    }
    if (w->waiting_taken == w->waiting.len) {
        buf_consume(&w->waiting, w->waiting_taken);
        w->waiting_taken = 0;
    }
}

static void stop_interpreter(struct warden *w) {
    ward_stop(&w->ward, &w->output, &w->freezer);
    w->waiting.len = w->waiting_taken = 0;
}

static void on_setup(struct warden *w, struct wire_reader fields) {
    struct err err = {0};
    if (setup_decode(&w->setup, fields, &err) != ST_OK) {
        fail(w, err.msg);
        return;
    }
    stop_interpreter(w);
    journal_recover(&w->journal);
    journal_rewind(&w->journal);
    w->setup.journal = w->journal.folder;
    while (w->freezer.items.len > 0) freezer_drop(&w->freezer, w->freezer.items.items[0].id);
    start_interpreter(w);
}

static void on_resume(struct warden *w, struct wire_reader fields) {
    uint32_t checkpoint = wire_get_u32(&fields);
    stop_interpreter(w);
    if (checkpoint)
        thaw_interpreter(w, checkpoint);
    else
        start_interpreter(w);
}

static void on_drop(struct warden *w, struct wire_reader fields) {
    uint32_t count = wire_get_count(&fields, 4);
    for (uint32_t i = 0; i < count; i++) freezer_drop(&w->freezer, wire_get_u32(&fields));
}

static void on_interrupt(struct warden *w) {
    if (w->begun)
        ward_interrupt(&w->ward);
    else
        w->interrupt = w->running || w->waiting.len > 0;
}

static void on_server_frame(struct warden *w, uint8_t type, struct wire_reader fields) {
    bool known = type >= WM_SETUP && type <= WM_FIX;
    if (known && type != WM_SETUP && type != WM_INTERRUPT && !w->ward.pid) {
        fail(w, "a request came before SETUP");
        return;
    }
    switch (type) {
    case WM_SETUP:
        on_setup(w, fields);
        break;
    case WM_INTERRUPT:
        on_interrupt(w);
        break;
    case WM_RESUME:
        on_resume(w, fields);
        break;
    case WM_DROP:
        on_drop(w, fields);
        break;
    case WM_RUN:
    case WM_FORGET:
    case WM_FIX:
    case WM_INSPECT:
    case WM_CHECKPOINT:
        relay(&w->waiting, type, fields);
        pass_on(w);
        break;
    default:
        fail(w, "the server sent a message of an unknown type");
    }
}

static void serve_server(struct warden *w) {
    uint8_t type;
    struct wire_reader fields;
    enum wire_split split = WIRE_NEED_MORE;
    if (!link_fill(&w->wire)) {
        w->over = true;
        return;
    }
    while (!w->over && (split = link_next(&w->wire, &type, &fields)) == WIRE_FRAME)
        on_server_frame(w, type, fields);
    if (split == WIRE_CORRUPT) fail(w, "the server sent a malformed frame");
}

/* --- What the interpreter says --- */

static void on_started(struct warden *w, struct wire_reader fields) {
    relay(&w->wire.out, WM_STARTED, fields);
    w->started = w->ready = true;
    pass_on(w);
}

static void on_begun(struct warden *w) {
    w->begun = true;
    if (w->interrupt) ward_interrupt(&w->ward);
    w->interrupt = false;
}

/* Sizes change with what runs.  Measuring takes a while with much memory: it waits for a pause,
 * and is done for one checkpoint at a time, so that requests do not wait for it. */
static void plan_measuring(struct warden *w) {
    w->measured = 0;
    w->measure_at = w->freezer.items.len > 0 ? now_ns() + IDLE_NS : 0;
}

static void measure(struct warden *w) {
    if (!w->measure_at || !w->ready || now_ns() < w->measure_at) return;
    if (w->measured < w->freezer.items.len) {
        const struct frozen *frozen = &w->freezer.items.items[w->measured++];
        size_t mark = wire_begin(&w->wire.out, WM_CHECKPOINT_SIZE);
        wire_u32(&w->wire.out, frozen->id);
        wire_u64(&w->wire.out, frozen_memory(frozen));
        wire_end(&w->wire.out, mark);
    }
    if (w->measured >= w->freezer.items.len) w->measure_at = 0;
}

/* It has answered and waits for the next request. */
static void on_answer(struct warden *w) {
    plan_measuring(w);
    w->begun = w->running = w->interrupt = false;
    w->ready = true;
    output_end(&w->output);
    pass_on(w);
}

static void on_done(struct warden *w, struct wire_reader fields) {
    enum { FLAGS_AT = 5 + 4 + 4 + 1 }; /* frame header, run, block, status */
    size_t mark = w->wire.out.len;
    relay(&w->wire.out, WM_DONE, fields);
    if (w->output.truncated && w->wire.out.len > mark + FLAGS_AT)
        w->wire.out.ptr[mark + FLAGS_AT] |= WIRE_TRUNCATED;
    on_answer(w);
}

/* False when it has not taken the checkpoint that it says it has. */
static bool on_checkpointed(struct warden *w, struct wire_reader fields) {
    struct wire_reader rest = fields;
    uint32_t id = wire_get_u32(&rest);
    if (wire_get_u8(&rest) && !freezer_take(&w->freezer, id, w->ward.cells)) return false;
    relay(&w->wire.out, WM_CHECKPOINTED, fields);
    on_answer(w);
    return true;
}

/* False when this is nothing an interpreter says. */
static bool on_ward_frame(struct warden *w, uint8_t type, struct wire_reader fields) {
    if (type != WARD_BEGUN) output_drain(&w->output, &w->wire.out); /* written before this frame */
    switch (type) {
    case WM_STARTED:
        on_started(w, fields);
        return true;
    case WM_DISPLAY:
    case WM_WARNING:
        relay(&w->wire.out, type, fields);
        return true;
    case WM_DONE:
        on_done(w, fields);
        return true;
    case WM_INSPECTED:
        relay(&w->wire.out, type, fields);
        on_answer(w);
        return true;
    case WM_CHECKPOINTED:
        return on_checkpointed(w, fields);
    case WARD_BEGUN:
        on_begun(w);
        return true;
    case WARD_BARRIER:
        ward_acknowledge(&w->ward);
        return true;
    default:
        return false;
    }
}

/* User code can reach our connection if it tries hard.  What it writes there must not reach the
 * server: the interpreter ends, as for any other crash. */
static void serve_ward(struct warden *w) {
    uint8_t type;
    struct wire_reader fields;
    enum wire_split split = WIRE_NEED_MORE;
    bool sane = true;
    w->silent = !link_fill(&w->ward.link);
    while (sane && (split = link_next(&w->ward.link, &type, &fields)) == WIRE_FRAME)
        sane = on_ward_frame(w, type, fields);
    if ((!sane || split == WIRE_CORRUPT) && w->ward.pid) {
        kill(w->ward.pid, SIGKILL);
        w->ward.link.in.len = w->ward.link.taken = 0;
    }
}

/* --- Its end --- */

/* The runs that waited behind the one that died cannot run without it. */
static void refuse_waiting(struct warden *w, int status, struct str cause) {
    uint8_t type;
    struct wire_reader fields;
    while (wire_next(&w->waiting, &w->waiting_taken, &type, &fields) == WIRE_FRAME) {
        if (type == WM_RUN) send_died(w, wire_get_u32(&fields), 0, status, cause);
    }
    w->waiting.len = w->waiting_taken = 0;
}

static void on_ward_end(struct warden *w, int status) {
    struct buf cause = {0};
    process_describe_end(&cause, status);
    if (w->started) {
        bool ran = w->running;
        send_died(w, ran ? w->output.run : 0, ran ? w->output.block : 0, status, buf_str(&cause));
        refuse_waiting(w, status, buf_str(&cause));
        start_interpreter(w);
    } else if (w->thawed) {
        lose_checkpoint(w, w->thawed);
        start_interpreter(w);
    } else {
        fail(w, buf_cstr(&cause)); /* another try would end the same way */
    }
    buf_finish(&cause);
}

/* Collect children that ended.  The interpreter is left for ward_stop(). */
static bool ward_has_ended(struct warden *w) {
    siginfo_t info = {0};
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid) {
        if (info.si_pid == w->ward.pid) return true;
        waitpid(info.si_pid, NULL, WNOHANG);
        uint32_t lost = freezer_ended(&w->freezer, info.si_pid);
        if (lost) send_lost(w, lost);
        info.si_pid = 0;
    }
    return false;
}

static void serve_end(struct warden *w) {
    if (!ward_has_ended(w)) return;
    serve_ward(w); /* its last words */
    output_drain(&w->output, &w->wire.out);
    on_ward_end(w, ward_stop(&w->ward, &w->output, &w->freezer));
}

/* --- The loop --- */

enum { WATCH_WIRE_IN, WATCH_WIRE_OUT, WATCH_WARD, WATCH_STDOUT, WATCH_STDERR, WATCH_COUNT };

/* Something came: wait a moment for more, unless so much comes that the pipes would fill. */
static void serve_output(struct warden *w, const struct pollfd *fds) {
    if (!fds[WATCH_STDOUT].revents && !fds[WATCH_STDERR].revents) return;
    if (w->read_at == 0) {
        w->read_at = now_ns() + PAUSE_NS;
        return;
    }
    size_t n = 0;
    for (int i = 0; i < 2; i++) n += output_read(&w->output, i, &w->wire.out);
    if (n < BUSY_READ) w->read_at = 0;
}

static struct pollfd watch(int fd, short events, bool wanted) {
    return (struct pollfd){.fd = wanted ? fd : -1, .events = events};
}

static int64_t until_measuring(const struct warden *w) {
    if (!w->measure_at || !w->ready) return -1;
    int64_t pause = w->measure_at - now_ns();
    return pause > 0 ? pause : 0;
}

/* What to wait for.  Returns the longest time, in nanoseconds; -1 for ever. */
static int64_t prepare(const struct warden *w, struct pollfd *fds) {
    bool listen = !congested(w);
    int64_t pause = listen && w->read_at ? w->read_at - now_ns() : 0;
    short ward_events = (short)((listen ? POLLIN : 0) |
                                (link_pending(&w->ward.link) ? POLLOUT : 0));
    fds[WATCH_WIRE_IN] = watch(w->wire.in_fd, POLLIN, w->waiting.len <= WAITING_MARK);
    fds[WATCH_WIRE_OUT] = watch(w->wire.out_fd, POLLOUT, link_pending(&w->wire) > 0);
    fds[WATCH_WARD] = watch(w->ward.link.in_fd, ward_events, ward_events && !w->silent);
    fds[WATCH_STDOUT] = watch(w->output.outlets[0].fd, POLLIN, listen && pause <= 0);
    fds[WATCH_STDERR] = watch(w->output.outlets[1].fd, POLLIN, listen && pause <= 0);
    return pause > 0 ? pause : until_measuring(w);
}

static void serve(struct warden *w, const struct pollfd *fds) {
    if (fds[WATCH_WIRE_OUT].revents && !link_flush(&w->wire)) w->over = true;
    if (fds[WATCH_WIRE_IN].revents && !w->over) serve_server(w);
    if (w->over) return;
    if (fds[WATCH_WARD].revents & (POLLIN | POLLHUP | POLLERR) && !congested(w)) serve_ward(w);
    serve_output(w, fds);
    if (!congested(w)) serve_end(w);
    measure(w);
    link_flush(&w->ward.link); /* when it is gone, SIGCHLD tells */
    if (!link_flush(&w->wire)) w->over = true;
}

/* SIGCHLD arrives only inside ppoll(), so none is missed and no code of ours is interrupted. */
static void block_signals(sigset_t *while_waiting) {
    struct sigaction action = {.sa_handler = on_sigchld};
    sigaction(SIGCHLD, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigaddset(&blocked, SIGINT); /* the terminal's Ctrl-C is the server's to decide about */
    sigprocmask(SIG_BLOCK, &blocked, while_waiting);
    sigdelset(while_waiting, SIGCHLD);
    sigaddset(while_waiting, SIGINT);
}

static void loop(struct warden *w) {
    sigset_t while_waiting;
    block_signals(&while_waiting);
    while (!w->over) {
        struct pollfd fds[WATCH_COUNT];
        int64_t pause = prepare(w, fds);
        struct timespec timeout = {.tv_nsec = (long)pause};
        int n = ppoll(fds, WATCH_COUNT, pause < 0 ? NULL : &timeout, &while_waiting);
        if (n < 0 && errno != EINTR) break;
        if (n < 0) memset(fds, 0, sizeof fds);
        serve(w, fds);
    }
}

static void say_hello(struct warden *w, struct str python, struct str executable) {
    size_t mark = wire_begin(&w->wire.out, WM_HELLO);
    wire_u32(&w->wire.out, WIRE_VERSION);
    wire_str(&w->wire.out, python);
    wire_str(&w->wire.out, executable);
    wire_end(&w->wire.out, mark);
}

/* The last messages, to a server that may be slow but not for ever. */
static void say_last(struct warden *w) {
    struct pollfd out = {.fd = w->wire.out_fd, .events = POLLOUT};
    while (link_pending(&w->wire) > 0 && poll(&out, 1, 1000) == 1 && link_flush(&w->wire)) {
    }
}

int warden_run(int in_fd, int out_fd, struct str python, struct str executable) {
    struct warden w = {0};
    link_init(&w.wire, in_fd, out_fd);
    ward_init(&w.ward);
    output_init(&w.output);
    journal_init(&w.journal);
    process_adopt_orphans();
    say_hello(&w, python, executable);
    loop(&w);
    ward_stop(&w.ward, &w.output, &w.freezer);
    freezer_finish(&w.freezer);
    journal_recover(&w.journal);
    journal_finish(&w.journal);
    say_last(&w);
    link_finish(&w.wire);
    setup_finish(&w.setup);
    buf_finish(&w.waiting);
    return w.exit_code;
}
