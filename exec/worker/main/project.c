/* SPDX-License-Identifier: Apache-2.0 */
/* project.c - from TOML to JSON with what Python brings; see project.h. */
#include <Python.h>

#include "exec/worker/main/project.h"

/* A file that is gone sets nothing. */
static const char script[] =
    "import json, sys, tomllib\n"
    "try:\n"
    "    with open(sys.argv[0], 'rb') as file:\n"
    "        text = file.read(1 << 20).decode()\n"
    "    tool = tomllib.loads(text).get('tool')\n"
    "    found = tool.get('relight', {}) if isinstance(tool, dict) else {}\n"
    "    answer = {'settings': found}\n"
    "except FileNotFoundError:\n"
    "    answer = {'settings': {}}\n"
    "except (OSError, ValueError, RecursionError) as error:\n"
    "    answer = {'error': str(error)}\n"
    "print(json.dumps(answer, default=str))\n";

int project_print(const char *file) {
    PyConfig config;
    char *argv[] = {(char *)file};
    PyConfig_InitIsolatedConfig(&config);
    config.site_import = 0;
    PyStatus status = PyConfig_SetBytesArgv(&config, 1, argv);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) return 1;
    int failed = PyRun_SimpleString(script);
    return Py_FinalizeEx() < 0 || failed ? 1 : 0;
}
