/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - log lines. */
#include "server/log.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
    log_sink *sink;
    void *ctx;
    bool debug;
} out;

void log_set_sink(log_sink *sink, void *ctx) {
    out.sink = sink;
    out.ctx = ctx;
}

void log_set_debug(bool on) {
    out.debug = on;
}

void log_line(enum log_level level, const char *fmt, ...) {
    char line[1024];
    va_list args;
    if (level == LOG_DEBUG && !out.debug) return;
    if (level == LOG_INFO && !out.sink) return; /* a command's stderr is for what went wrong */
    va_start(args, fmt);
    vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    fprintf(stderr, "relight: %s\n", line);
    if (out.sink) out.sink(out.ctx, level, str_from(line));
}
