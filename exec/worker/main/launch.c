/* SPDX-License-Identifier: Apache-2.0 */
/* launch.c - the command line that makes any interpreter a worker.
 *
 * The interpreter starts as it would for `python file.py`, with its site-packages and environment;
 * the wire is on high descriptors, so what a start script or a sitecustomize prints or reads does
 * no harm.  The loader must compile in any Python there ever was, to say what is wrong with it. */
#include "exec/worker/main/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exec/wire.h"
#include "exec/worker/worker.h"

#define MODULE_FILE "relight-worker.abi3.so"

/* The first line takes the working directory off the path before anything is imported. */
static const char loader[] =
    "import sys\n"
    "if not getattr(sys.flags, 'safe_path', False): del sys.path[0]\n"
    "import os, struct\n"
    "wire_in, wire_out, failed = [int(word) for word in sys.argv[1:4]]\n"
    "def fail(why):\n"
    "    why = why.encode('utf-8', 'replace')\n"
    "    os.write(wire_out, struct.pack('<IBI', len(why) + 5, failed, len(why)) + why)\n"
    "    os._exit(1)\n"
    "version = sys.version.split()[0]\n"
    "kind = getattr(getattr(sys, 'implementation', None), 'name', 'cpython')\n"
    "if kind != 'cpython':\n"
    "    fail('it is ' + kind + ', and Relight needs CPython 3.11 or newer')\n"
    "if sys.version_info < (3, 11):\n"
    "    fail('it is Python ' + version + ', and Relight needs 3.11 or newer')\n"
    "if 't' in sys.abiflags:\n"
    "    fail('it is the free-threaded build of ' + version + ', and Relight needs the usual "
    "one')\n"
    "try:\n"
    "    from importlib.machinery import ExtensionFileLoader\n"
    "    from importlib.util import module_from_spec, spec_from_loader\n"
    "    loader = ExtensionFileLoader('relight_worker', sys.argv[4])\n"
    "    hook = module_from_spec(spec_from_loader('relight_worker', loader)).excepthook\n"
    "except Exception as error:\n"
    "    fail('Python ' + version + ' cannot load the worker: ' + str(error))\n"
    "sys.excepthook = hook(wire_in, wire_out)\n"
    "raise RuntimeError('enter the worker')\n";

/* The module lies beside this program, wherever that is; whether it is there the loader finds. */
static void find_module(char *path, size_t size) {
    ssize_t len = readlink("/proc/self/exe", path, size - sizeof MODULE_FILE);
    while (len > 0 && path[len - 1] != '/') len--;
    memcpy(path + (len > 0 ? len : 0), MODULE_FILE, sizeof MODULE_FILE);
}

int launch_python(const char *python, int in_fd, int out_fd) {
    char module[4096], in[16], out[16], failed[16], message[512];
    find_module(module, sizeof module);
    snprintf(in, sizeof in, "%d", in_fd);
    snprintf(out, sizeof out, "%d", out_fd);
    snprintf(failed, sizeof failed, "%d", WM_FAILED);
    fcntl(in_fd, F_SETFD, 0);
    fcntl(out_fd, F_SETFD, 0);
    execlp(python, python, "-c", loader, in, out, failed, module, (char *)NULL);
    snprintf(message, sizeof message, "it cannot be started: %s", strerror(errno));
    worker_fail(out_fd, message);
    return 1;
}
