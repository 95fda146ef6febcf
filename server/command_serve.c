/* SPDX-License-Identifier: Apache-2.0 */
/* command_serve.c - `relight serve`: a live preview of a folder, without an editor. */
#include <stdio.h>
#include <stdlib.h>

#include "server/cli.h"
#include "server/server.h"

static bool parse_port(const char *text, uint16_t *port) {
    char *end;
    long number = strtol(text, &end, 10);
    *port = (uint16_t)number;
    return *text && !*end && number >= 0 && number <= UINT16_MAX;
}

int command_serve(const struct cli_options *options) {
    uint16_t port = 0;
    if (!options->port || parse_port(options->port, &port))
        return server_serve(options->file, port, options->open);
    fprintf(stderr, "relight: --port: expected a number up to %d\n", UINT16_MAX);
    return CLI_MISUSE;
}
