# SPDX-License-Identifier: Apache-2.0
# impact_vs_cpython.py - whatever changes its behaviour must be in the impacted set.
#
#     impact_vs_cpython.py RELIGHT [MUTATIONS [SEED [PACKAGE...]]]
#
# Packages (of the standard library, or folders) are copied into a project.  One function at a time is changed to
# return something else; then every module of the package is imported afresh and its functions and
# classes are called, before and after.  Each module that answers differently must be among the
# files that `relight impact` names.  What is probed runs with an audit hook that refuses to write,
# start processes or open sockets.  Also: hybrid names nothing that import_closure does not; by how
# much less is printed (nothing less where a package imports by computed names).
import ast
import inspect
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import types

PACKAGES = ["asyncio", "encodings", "lib2to3"]
ARGUMENTS = ["a=b", b"x"]
REFUSED = ("os.", "shutil.", "subprocess.", "socket.", "pty.", "signal.", "ctypes.", "winreg.")
ALLOWED = ("os.listdir", "os.scandir", "os.walk", "os.fwalk")


# --- the probe: runs in a child for each module ---

def refuse(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if writes or (event.startswith(REFUSED) and event not in ALLOWED):
        raise PermissionError("refused: " + event)


def shown(value):
    return re.sub(r" at 0x[0-9a-f]+|0x[0-9a-f]{6,}", "", repr(value))[:300]


def out_of_time(*_):
    raise TimeoutError


def answer(function, arguments):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        value = function(*arguments)
        if isinstance(value, types.GeneratorType):
            value = [item for item, _ in zip(value, range(20))]
        if inspect.iscoroutine(value):
            value.close()
            value = "coroutine"
        return value, shown(value)
    except BaseException as error:
        return None, type(error).__name__ + ": " + shown(str(error))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def required(function):
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 0
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(p.default is p.empty and p.kind in positional for p in parameters)


def call_all(name, function, out):
    count = required(function)
    values = []
    for argument in ARGUMENTS if count else [None]:
        value, text = answer(function, [argument] * count)
        out[f"{name}({argument!r})"] = text
        values.append(value)
    return next((value for value in values if value is not None), None)


def probe(module_name):
    """What the module says of itself: simple values, and answers to calls."""
    out = {}
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")
    sys.addaudithook(refuse)
    signal.signal(signal.SIGALRM, out_of_time)
    try:
        module = __import__(module_name, fromlist=["x"])
    except BaseException as error:
        return {"import": type(error).__name__ + ": " + shown(str(error))}
    for name, value in sorted(vars(module).items()):
        if isinstance(value, (int, str, bytes, float, tuple, frozenset, list, dict)):
            if not name.startswith("__"):
                out[name] = shown(value)
        if getattr(value, "__module__", None) != module_name:
            continue
        if isinstance(value, types.FunctionType):
            call_all(name, value, out)
        if isinstance(value, type):
            instance = call_all(name, value, out)
            for method in sorted(dir(value)) if instance is not None else []:
                bound = getattr(instance, method, None)
                if not method.startswith("_") and inspect.ismethod(bound):
                    call_all(f"{name}.{method}", bound, out)
    return out


def probe_in_child(module_name, folder):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        sys.path.insert(0, folder)
        sys.dont_write_bytecode = True
        os.chdir(os.path.join(folder, "empty"))
        random.seed(1)
        text = json.dumps(probe(module_name)).encode()
        while text:
            text = text[os.write(write, text):]
        os._exit(0)  # no finalisers: they would meet the hook
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(text) if text else {"probe": "died"}


# --- mutations ---

def functions_of(path):
    """(first line of the body, its indentation, name) of each function that can be changed."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[0]
            if body.lineno > node.lineno:
                found.append((body.lineno, body.col_offset, node.name))
    return found


def mutate(path, line, indent):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    lines.insert(line - 1, " " * indent + "return 'changed by the test'")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def is_telling(text):
    """Not one that depends on how busy the machine is, or on who asks."""
    return not text.startswith("TimeoutError") and os.path.basename(__file__) not in text


class Project:
    def __init__(self, relight, package, folder):
        source = os.path.join(sysconfig.get_path("stdlib"), package)
        package = os.path.basename(package)
        self.relight, self.folder = relight, os.path.join(folder, package)
        self.env = dict(os.environ, XDG_CACHE_HOME=os.path.join(folder, "cache"))
        skip = shutil.ignore_patterns("__pycache__", "tests", "test")
        shutil.copytree(source, os.path.join(self.folder, package), ignore=skip)
        self.files = sorted(
            os.path.relpath(os.path.join(top, name), self.folder)
            for top, _, names in os.walk(self.folder) for name in names if name.endswith(".py"))
        self.modules = {self.module_of(path): path for path in self.files}
        self.baseline = {}
        os.mkdir(os.path.join(self.folder, "empty"))
        self.command("index")

    @staticmethod
    def module_of(path):
        name = path[:-3].replace("/", ".")
        return name[:-9] if name.endswith(".__init__") else name

    def command(self, *arguments):
        done = subprocess.run([self.relight, *arguments], cwd=self.folder, env=self.env,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0 and not done.stderr, done.stderr
        return done.stdout

    def impacted(self, *arguments):
        report = json.loads(self.command("impact", "--json", *arguments))
        assert all(file["reasons"] for file in report["files"])
        return {file["path"] for file in report["files"]}

    def probe(self, module):
        return probe_in_child(module, self.folder)

    def stable(self, module):
        """What the module answers as it was; what differs from one time to the next says nothing."""
        if module not in self.baseline:
            first, second = self.probe(module), self.probe(module)
            self.baseline[module] = {key: text for key, text in first.items()
                                     if second.get(key) == text and is_telling(text)}
        return self.baseline[module]

    def difference(self, module):
        """An answer that differs now from what it was, or None."""
        old, new = self.baseline[module], self.probe(module)
        if "import" in new and "import" not in old:
            return "import"
        return next((key for key in sorted(set(old) & set(new))  # a call that timed out is not there
                     if new[key] != old[key] and is_telling(new[key])), None)


def check_mutation(project, draw, where, totals):
    path, line, indent, name = where
    full = os.path.join(project.folder, path)
    with open(full, encoding="utf-8") as file:
        original = file.read()
    mutate(full, line, indent)
    impacted = project.impacted()
    importers = project.impacted("--strategy", "import_closure", "--changed", full)
    # A module that reaches the file by no import cannot tell; of the impacted, a few will do.
    asked = sorted(importers - impacted) + draw.sample(sorted(impacted), min(4, len(impacted)))
    modules = [module for module, its_path in project.modules.items() if its_path in asked]
    with open(full, "w", encoding="utf-8") as file:
        file.write(original)
    for module in modules:
        project.stable(module)
    mutate(full, line, indent)
    for module in modules:
        key = project.difference(module)
        totals["changed"] += key is not None
        totals["asked"] += 1
        if key is not None and project.modules[module] not in impacted:
            totals["failures"].append(f"{path}:{line} {name}: {module} changed ({key})")
    if not impacted <= importers:
        totals["failures"].append(f"{path}:{line} {name}: hybrid names more than import_closure: "
                                  f"{sorted(impacted - importers)}")
    totals["hybrid"] += len(impacted)
    totals["closure"] += len(importers)
    with open(full, "w", encoding="utf-8") as file:
        file.write(original)
    project.command("index")


def main():
    relight = os.path.abspath(sys.argv[1])
    mutations = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    draw = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    failures, passed, hybrid, closure = [], 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for package in sys.argv[4:] or PACKAGES:
            project = Project(relight, package, folder)
            totals = {"failures": failures, "changed": 0, "asked": 0, "hybrid": 0, "closure": 0}
            candidates = [(path, *where) for path in project.files
                          for where in functions_of(os.path.join(project.folder, path))]
            plain = [where for where in candidates if where[2] == 4]  # not methods: probes see them
            drawn = draw.sample(plain, mutations // 2) + draw.sample(candidates, mutations // 2)
            for where in drawn:
                check_mutation(project, draw, where, totals)
            print(f"{package}: {len(project.files)} modules, {mutations} functions changed, "
                  f"{totals['changed']} of {totals['asked']} modules asked answer differently; "
                  f"files named: hybrid {totals['hybrid']}, import_closure {totals['closure']}",
                  flush=True)
            passed += totals["changed"]
            hybrid += totals["hybrid"]
            closure += totals["closure"]
    print(f"all: hybrid {hybrid}, import_closure {closure}")
    for failure in failures:
        print(failure)
    print(f"{passed} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
