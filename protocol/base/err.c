/* SPDX-License-Identifier: Apache-2.0 */
/* err.c - recording the first error. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#define STATUS_AS_TEXT(name, text) [ST_##name] = text,
static const char *const texts[] = {STATUS_MAP(STATUS_AS_TEXT)};

const char *status_text(enum status st) {
    return (unsigned)st < ST_COUNT ? texts[st] : "unknown status";
}

enum status err_set(struct err *err, enum status code, const char *fmt, ...) {
    if (err->code != ST_OK) return err->code;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->msg, sizeof err->msg, fmt, args);
    va_end(args);
    err->code = code;
    return code;
}
