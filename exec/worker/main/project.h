/* SPDX-License-Identifier: Apache-2.0 */
/* project.h - `relight-worker --project FILE`: the settings in a pyproject.toml, as JSON.
 *
 * Python has a TOML parser, C on Debian has none: so the server asks the program that embeds
 * Python. */
#ifndef EXEC_WORKER_MAIN_PROJECT_H
#define EXEC_WORKER_MAIN_PROJECT_H

/* Print {"settings": {...}}, what [tool.relight] holds, or {"error": "..."}; returns the exit code.
 * Nothing of the user's runs: neither site-packages nor the environment is looked at. */
int project_print(const char *file);

#endif
