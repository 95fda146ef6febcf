/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - the command line: one table of commands.
 *
 * Exit codes: 0 done; 1 it was done and the answer is bad (a block failed); 2 misuse or a file
 * that cannot be read.  Errors are one line on stderr, "relight: ...". */
#ifndef SERVER_CLI_H
#define SERVER_CLI_H

#include "base/err.h"
#include "base/str.h"
#include "server/settings.h"

struct cli_options {
    const char *file;  /* the first argument that is no option, or NULL */
    const char *block; /* --block ID */
    const char *port;  /* --port N */
    const char *html;  /* --html OUT */
    const char *strategy, *since, *bundle;
    const char *const *changed; /* the arguments of --changed */
    size_t changed_count;
    bool json, open;
};

enum { CLI_OK = 0, CLI_BAD_ANSWER = 1, CLI_MISUSE = 2 };

int cli_main(int argc, char **argv);

/* command_*.c */
int command_blocks(const struct cli_options *options);
int command_run(const struct cli_options *options);
int command_index(const struct cli_options *options);
int command_impact(const struct cli_options *options);
int command_explain(const struct cli_options *options);
int command_verify(const struct cli_options *options);
int command_doctor(const struct cli_options *options);
int command_serve(const struct cli_options *options);

/* What the project in the current folder sets; problems are printed. */
struct cli_settings {
    struct settings settings;
    char root[4096]; /* the folder */
};
void cli_settings_init(struct cli_settings *s);
void cli_settings_finish(struct cli_settings *s);

#endif
