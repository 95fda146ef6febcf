/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - the relight program. */
#include "server/cli.h"

int main(int argc, char **argv) {
    return cli_main(argc, argv);
}
