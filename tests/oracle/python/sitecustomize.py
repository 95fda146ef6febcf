# SPDX-License-Identifier: Apache-2.0
"""What the oracle adds to its workers' interpreters, before anything of a document runs.

Random numbers begin alike in each fresh interpreter, so that two full runs are alike; and
__relight_inputs__ gives a digest of values, see inputs.h.
"""

import builtins
import hashlib
import json
import locale
import math
import os
import random
import sys
import types
import warnings

os.register_at_fork(after_in_child=lambda: random.seed(0))


class _Digest:
    """Feeds a hash with a walk over values; what was met before counts by its number."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.hash = hashlib.blake2b(digest_size=16)
        self.met = {}
        self.kept = []

    def put(self, *words):
        self.hash.update(repr(words).encode())

    def values(self, *values):
        for value in values:
            self.value(value)

    def value(self, value):
        kind = type(value)
        if value is None or kind in (bool, int, float, complex, str, bytes):
            self.put(kind.__name__, value)
        elif id(value) in self.met:
            self.put("met", self.met[id(value)])
        else:
            self.met[id(value)] = len(self.met)
            self.kept.append(value)
            self.put(kind.__module__, kind.__qualname__)
            self.inside(value, kind)

    def inside(self, value, kind):
        if kind in (list, tuple):
            self.put(len(value))
            self.values(*value)
        elif kind in (dict, types.MappingProxyType):
            self.put(len(value))
            self.values(*(part for item in list(value.items()) for part in item))
        elif kind in (set, frozenset):
            self.values(*sorted(value, key=repr))
        elif kind is types.FunctionType:
            self.function(value)
        elif kind is types.ModuleType:
            self.put(value.__name__)
            self.ambient(value)
        elif isinstance(value, type):
            self.defined(value)
        elif kind is types.GeneratorType:
            self.generator(value)
        elif kind is types.MethodType:
            self.values(value.__func__, value.__self__)
        elif kind is types.CellType:
            self.cell(value)
        else:
            self.other(value)

    def ambient(self, module):
        if module is random:
            self.put(random.getstate())
        elif module is math:
            self.values(math.tau, getattr(math, "extra", None))
        elif module is json:
            self.value(json.dumps)
        elif module is os:
            self.put(sorted(os.environ.items()), os.getcwd())
        elif module is sys:
            self.put(sys.path)
        elif module is locale:
            self.put(locale.setlocale(locale.LC_ALL))
        elif module is warnings:
            self.put([f[0] for f in warnings.filters if not hasattr(f[1], "__dict__")])

    def cell(self, cell):
        try:
            self.value(cell.cell_contents)
        except ValueError:
            self.put("empty")

    def code(self, code):
        self.put(code.co_code, code.co_names, code.co_varnames, code.co_freevars)
        for const in code.co_consts:
            if isinstance(const, types.CodeType):
                self.code(const)
            else:
                self.put(const)

    def names_of(self, code):
        yield from code.co_names
        for const in code.co_consts:
            if isinstance(const, types.CodeType):
                yield from self.names_of(const)

    def function(self, function):
        self.code(function.__code__)
        self.values(function.__defaults__, function.__kwdefaults__, function.__closure__)
        self.values(function.__dict__)
        if function.__globals__ is self.namespace:
            for name in self.names_of(function.__code__):
                if name in self.namespace:
                    self.put(name)
                    self.value(self.namespace[name])

    def defined(self, value):
        self.put(value.__qualname__)
        if value.__module__ != "__main__":
            return
        self.values(*value.__bases__)
        for name, part in list(vars(value).items()):
            if name not in ("__dict__", "__weakref__", "__doc__"):
                self.put(name)
                self.value(part)

    def generator(self, value):
        self.code(value.gi_code)
        frame = value.gi_frame
        self.put(frame and frame.f_lasti)
        if frame:
            self.value(dict(frame.f_locals))

    def other(self, value):
        if type(value).__module__ == "__main__":
            self.value(type(value))
        self.value(getattr(value, "__dict__", None))
        try:
            parts = value.__reduce_ex__(4)
        except Exception:
            return
        if isinstance(parts, tuple):
            self.values(*(part for part in parts[1:3]))


def _inputs(namespace, names, everything):
    digest = _Digest(namespace)
    if everything:
        names = sorted(name for name in namespace if not name.startswith("__"))
    for name in names:
        digest.put(name, name in namespace)
        if name in namespace:
            digest.value(namespace[name])
    return digest.hash.hexdigest()


builtins.__relight_inputs__ = _inputs
