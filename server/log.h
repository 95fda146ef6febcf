/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - the server's log: lines on stderr, and in the editor's log window once there is one. */
#ifndef SERVER_LOG_H
#define SERVER_LOG_H

#include "base/str.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

typedef void log_sink(void *ctx, enum log_level level, struct str line);

/* Lines go to `sink` as well; NULL: to stderr only.  Loop thread only. */
void log_set_sink(log_sink *sink, void *ctx);

/* Debug lines are dropped unless this was called with true. */
void log_set_debug(bool on);

void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
