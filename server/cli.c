/* SPDX-License-Identifier: Apache-2.0 */
/* cli.c - from argv to a command. */
#include "server/cli.h"

#include <stdio.h>

#include "server/server.h"

static int command_lsp(const struct cli_options *options) {
    (void)options;
    return server_run(0, 1);
}

static int command_version(const struct cli_options *options) {
    (void)options;
    puts("relight " RELIGHT_VERSION);
    return CLI_OK;
}

static int command_help(const struct cli_options *options);

static const struct command {
    const char *name, *arguments, *help;
    bool needs_file;
    int (*run)(const struct cli_options *options);
} commands[] = {
    {"lsp", "", "the language server on stdin and stdout (also: --stdio)", false, command_lsp},
    {"run", "FILE [--json] [--block ID] [--html OUT]", "run the file once, block by block", true,
     command_run},
    {"blocks", "FILE [--json]", "the file's blocks, and what each provides and requires", true,
     command_blocks},
    {"verify", "FILE [--json]", "hold the results shown last against a full run", true,
     command_verify},
    {"serve", "DIR [--port N] [--open]", "a live preview of the folder's files in a browser", true,
     command_serve},
    {"index", "", "bring the workspace's index in step with its files", false, command_index},
    {"impact", "[--changed PATH...] [--since REV] [--strategy S] [--json] [--bundle DIR]",
     "which files a change reaches, and why", false, command_impact},
    {"explain", "FILE[:LINE]", "why the last impact reached a file, or the block at a line", true,
     command_explain},
    {"doctor", "", "versions, the interpreter, and what is missing", false, command_doctor},
    {"version", "", "the version (also: --version)", false, command_version},
    {"help", "", "this text (also: --help)", false, command_help},
};

static int command_help(const struct cli_options *options) {
    (void)options;
    puts("Relight keeps a plain Python file alive while you edit it.\n\nusage:");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        printf("  relight %-7s %-27s %s\n", commands[i].name, commands[i].arguments,
               commands[i].help);
    return CLI_OK;
}

static const struct command *find_command(const char *name) {
    if (strcmp(name, "--stdio") == 0) name = "lsp";
    if (strcmp(name, "--version") == 0) name = "version";
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(commands[i].name, name) == 0) return &commands[i];
    return NULL;
}

/* Where the argument of an option goes; NULL when it is no such option. */
static const char **option_slot(struct cli_options *out, const char *name) {
    const struct {
        const char *name;
        const char **slot;
    } slots[] = {
        {"--block", &out->block}, {"--bundle", &out->bundle}, {"--html", &out->html},
        {"--port", &out->port},   {"--since", &out->since},   {"--strategy", &out->strategy},
    };
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++)
        if (strcmp(slots[i].name, name) == 0) return slots[i].slot;
    return NULL;
}

/* All up to the next option. */
static int take_changed(struct cli_options *out, int argc, char **argv, int i) {
    out->changed = (const char *const *)argv + i + 1;
    while (i + 1 < argc && argv[i + 1][0] != '-') {
        out->changed_count++;
        i++;
    }
    return i;
}

static enum status parse_options(struct cli_options *out, int argc, char **argv, struct err *err) {
    for (int i = 0; i < argc; i++) {
        const char **slot = option_slot(out, argv[i]);
        if (strcmp(argv[i], "--json") == 0)
            out->json = true;
        else if (strcmp(argv[i], "--open") == 0)
            out->open = true;
        else if (strcmp(argv[i], "--changed") == 0 && !out->changed)
            i = take_changed(out, argc, argv, i);
        else if (slot && i + 1 < argc)
            *slot = argv[++i];
        else if (argv[i][0] == '-' && argv[i][1] && strncmp(argv[i], "--clientProcessId", 17) != 0)
            return err_set(err, ST_BAD_PARAMS, "unknown option '%s'; see relight help", argv[i]);
        else if (!out->file)
            out->file = argv[i];
        else
            return err_set(err, ST_BAD_PARAMS, "one file at a time, please ('%s')", argv[i]);
    }
    return err->code;
}

static int misuse(const char *message) {
    fprintf(stderr, "relight: %s\n", message);
    return CLI_MISUSE;
}

int cli_main(int argc, char **argv) {
    struct cli_options options = {0};
    struct err err = {0};
    if (argc < 2) return misuse("what shall I do? see relight help");
    const struct command *command = find_command(argv[1]);
    if (!command) return misuse("no such command; see relight help");
    if (parse_options(&options, argc - 2, argv + 2, &err) != ST_OK) return misuse(err.msg);
    if (command->needs_file && !options.file) return misuse("which file?");
    return command->run(&options);
}
