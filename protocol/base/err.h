/* SPDX-License-Identifier: Apache-2.0 */
/* err.h - one status enum and one message, filled where the error happens.
 *
 * `struct err` is passed by the caller, is never NULL and is the last parameter.  The first error
 * wins: a later err_set() on it changes nothing.  Messages are lower case, without a full stop, in
 * the user's terms. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define STATUS_MAP(X)                                                                              \
    X(OK, "ok")                                                                                    \
    X(BAD_PARAMS, "invalid parameters")                                                            \
    X(BAD_MESSAGE, "malformed message")                                                            \
    X(TOO_BIG, "too big")                                                                          \
    X(NOT_FOUND, "not found")                                                                      \
    X(NOT_READY, "not ready")                                                                      \
    X(STALE, "content modified")                                                                   \
    X(CANCELLED, "cancelled")                                                                      \
    X(UNSUPPORTED, "not supported")                                                                \
    X(IO, "input/output error")                                                                    \
    X(INTERNAL, "internal error")

#define STATUS_AS_ENUM(name, text) ST_##name,
enum status { STATUS_MAP(STATUS_AS_ENUM) ST_COUNT };

struct err {
    enum status code;
    char msg[256];
};

/* The general text of a status, e.g. for a log line. */
const char *status_text(enum status st);

/* Record an error unless one is recorded already; long messages are cut.  Returns err->code, so
 * that a function can end with `return err_set(err, ...)`. */
enum status err_set(struct err *err, enum status code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
