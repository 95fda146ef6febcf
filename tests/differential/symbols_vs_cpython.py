#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compare analysis/symbols with CPython's own compiler, on real code.

Every file is cut into blocks: single top-level statements, paragraphs, groups, the whole file, and
bodies of functions, which branch more than top-level code does.  Each block
is analysed by tests/tools/dump_symbols.c and compiled by the Python that runs this script.  The
reference is a data-flow analysis over the *bytecode* of the module code: a name is inherited
from above, bound or unbound at each instruction, along jumps and exception edges.

Exact:  provides (and which are certain) and deletes, against what is bound or unbound where the
        module code returns, and the global stores and deletes of nested functions.
Bounds: requires.  At least: names that module code may load while inherited, and names that
        nested functions load and that are still inherited at the end.  At most: every name that
        symtable calls global and referenced in the block.

CPython folds constant conditions away, Relight does not; so they are replaced by a name first.

usage: symbols_vs_cpython.py DUMP_SYMBOLS [--full] [--files N] [--show N] [PATH...]
"""

import argparse
import ast
import dis
import os
import random
import subprocess
import symtable
import sys
import sysconfig
import textwrap
import warnings

INHERITED, BOUND, UNBOUND = 1, 2, 4
NOT_A_TEST = "__relight_constant__"
HIDDEN = {"__annotations__", "__debug__", NOT_A_TEST}
EXPLAINED = {
    # f"{x:=}": the grammar takes the format "=" for a walrus.
    "matplotlib/axis.py": "syntax error reported",
    # except* that raises: by its bytecode the statement may also end as if nothing was raised.
    "test/test_except_star.py": "provides: missing ['e'], extra []",
    # (bar.<newline>baz) with baz in the first column: the grammar ends the block there.
    "test/test_compile.py": "syntax error reported",
}
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
BLOCK_BYTES_MAX = 60_000  # much denser ones are too big for Relight, see syntax_parse()


# --- the reference ---


class Reference:
    """What CPython's bytecode says of one block."""

    def __init__(self):
        self.required = set()
        self.required_now = set()  # not only by generators, which may run later
        self.generators = 0
        self.deferred_reads = set()
        self.deferred_stores = set()
        self.deferred_deletes = set()
        self.final = None
        self.scopes = 0

    def analyse(self, code):
        self.final = self.run(code, {}, None)

    # A state is a dict from names (class names: (scope, name)) to sets of bits.

    def run(self, code, state, scope):
        """The union of the states in which `code` returns; None when it never does."""
        blocks, handlers = split_code(code)
        entry = {0: dict(state)}
        pending = [0]
        final = None
        while pending:
            start = pending.pop()
            state = dict(entry[start])
            ends = []
            for ins in blocks[start]:
                handler = handlers.get(ins.offset)
                if handler is not None and not ins.harmless:
                    ends.append((handler, dict(state)))
                self.step(ins, code, state, scope)
                if ins.opname == "RETURN_VALUE":
                    final = union(final, state)
            ends += [(target, state) for target in successors(blocks, start)]
            for target, end in ends:
                merged = union(entry.get(target), end)
                if merged != entry.get(target):
                    entry[target] = merged
                    pending.append(target)
        return final

    def step(self, ins, code, state, scope):
        name = ins.argval
        key = name if scope is None else (scope, name)
        match ins.opname:
            case "LOAD_NAME":
                if state.get(key, INHERITED) & INHERITED:
                    self.read(name, state)
            case "LOAD_GLOBAL":
                self.read(name, state)
            case "STORE_NAME":
                state[key] = BOUND
            case "STORE_GLOBAL":
                state[name] = BOUND
            case "DELETE_NAME" if scope is not None:
                state[key] = INHERITED
            case "DELETE_NAME" | "DELETE_GLOBAL":
                self.read(name, state)
                state[name] = UNBOUND
            case "LOAD_CONST" if hasattr(name, "co_code"):
                self.nested(name, state, class_body=ins.is_class)

    def read(self, name, state):
        if state.get(name, INHERITED) & INHERITED:
            self.required.add(name)
            if not self.generators:
                self.required_now.add(name)

    def nested(self, code, state, class_body):
        if class_body or code.co_name in COMPREHENSIONS:
            self.scopes += 1
            self.generators += code.co_name == "<genexpr>"
            end = self.run(code, state, self.scopes)
            self.generators -= code.co_name == "<genexpr>"
            for name, bits in (end or {}).items():
                if isinstance(name, str):
                    state[name] = bits
        else:
            self.defer(code)

    def defer(self, code):
        """Everything that nested code does to globals, whenever it runs."""
        sets = {
            "LOAD_GLOBAL": self.deferred_reads,
            "LOAD_NAME": self.deferred_reads,
            "STORE_GLOBAL": self.deferred_stores,
            "DELETE_GLOBAL": self.deferred_deletes,
        }
        for ins in instructions(code):
            if ins.opname in sets:
                sets[ins.opname].add(ins.argval)
            if ins.opname == "LOAD_CONST" and hasattr(ins.argval, "co_code"):
                if ins.is_class:
                    inner, end = Reference(), {}
                    inner.nested(ins.argval, end, class_body=True)
                    self.deferred_reads |= inner.required | inner.deferred_reads
                    self.deferred_stores |= inner.deferred_stores
                    self.deferred_stores |= {n for n, bits in end.items() if bits & BOUND}
                    self.deferred_deletes |= {n for n, bits in end.items() if bits & UNBOUND}
                else:
                    self.defer(ins.argval)


def union(a, b):
    if a is None:
        return dict(b)
    merged = dict(a)
    for name in a.keys() | b.keys():
        merged[name] = a.get(name, INHERITED) | b.get(name, INHERITED)
    return merged


class Instruction:
    __slots__ = ("offset", "opname", "argval", "target", "is_class", "harmless")

    def __init__(self, ins, is_class):
        self.offset, self.opname, self.argval = ins.offset, ins.opname, ins.argval
        jumps = ins.opcode in dis.hasjrel or ins.opcode in dis.hasjabs
        self.target = ins.argval if jumps else None
        self.is_class = is_class
        self.harmless = ins.opname in HARMLESS


def instructions(code):
    out, implicit = [], code.co_name != "<module>"
    after_with = class_next = False
    for ins in dis.get_instructions(code):
        made = Instruction(ins, class_next and hasattr(ins.argval, "co_code"))
        class_next = ins.opname == "LOAD_BUILD_CLASS" or (class_next and not made.is_class)
        # A class body starts with __module__ = __name__, which nobody wrote.
        if implicit and ins.opname == "STORE_NAME" and ins.argval == "__module__":
            out[-1].opname = "NOP"
            implicit = False
        # A context manager is taken not to swallow exceptions.
        if after_with and "JUMP" in ins.opname:
            made.target, made.opname = None, "NOP"
        after_with = ins.opname == "WITH_EXCEPT_START"
        out.append(made)
    for a, b, c in zip(out, out[1:], out[2:]):
        names = (a.opname, b.opname, c.opname)
        if names == ("LOAD_CONST", "STORE_NAME", "DELETE_NAME") and b.argval == c.argval:
            a.harmless = b.harmless = c.harmless = True  # the end of `except E as name`
    return out


HARMLESS = {"POP_TOP", "POP_EXCEPT", "NOP", "JUMP_FORWARD"}  # they raise nothing
ENDS = {"RETURN_VALUE", "RAISE_VARARGS", "RERAISE"}


def split_code(code):
    """Basic blocks by start offset, and the handler of each protected offset."""
    ins = instructions(code)
    handlers, starts = {}, {0}
    for entry in dis._parse_exception_table(code):
        starts.add(entry.target)
        for offset in range(entry.start, entry.end, 2):
            handlers[offset] = entry.target
    for i, following in zip(ins, ins[1:] + [None]):
        if i.target is not None:
            starts.add(i.target)
        if following and (i.target is not None or i.opname in ENDS):
            starts.add(following.offset)
    blocks, current = {}, None
    for i in ins:
        if i.offset in starts:
            current = blocks[i.offset] = []
        current.append(i)
    return blocks, handlers


def successors(blocks, start):
    last = blocks[start][-1]
    out = [] if last.target is None else [last.target]
    falls = last.opname not in ENDS and not (
        last.opname.startswith("JUMP") and not last.opname.startswith("JUMP_IF")
    )
    following = last.offset + 2
    while falls and following not in blocks and following <= max(blocks):
        following += 2
    if falls and following in blocks:
        out.append(following)
    return out


class Unfold(ast.NodeTransformer):
    """Replace conditions that the compiler would decide by a name."""

    def test(self, test, keep_true=False):
        folded = isinstance(test, ast.Constant) or isinstance(test, ast.Tuple)
        if any(isinstance(n, ast.Name) and n.id == "__debug__" for n in ast.walk(test)):
            folded = True
        if isinstance(test, ast.UnaryOp) and isinstance(test.operand, ast.Constant):
            folded = True
        if keep_true and isinstance(test, ast.Constant) and test.value in (True, 1):
            folded = False
        return ast.copy_location(ast.Name(NOT_A_TEST, ast.Load()), test) if folded else test

    def visit_If(self, node):
        node.test = self.test(node.test)
        return self.generic_visit(node)

    visit_IfExp = visit_If

    def visit_With(self, node):
        """A body that only raises is expected to: what comes after it is reached."""
        self.generic_visit(node)
        last = node.body[-1]
        if isinstance(last, ast.Raise) and last.exc:
            values = [last.exc, last.cause] if last.cause else [last.exc]
            node.body[-1:] = [ast.copy_location(ast.Expr(v), last) for v in values]
        breaks = any(isinstance(n, ast.Break) for n in ast.walk(last))
        if isinstance(last, ast.While) and isinstance(last.test, ast.Constant) and not breaks:
            last.test = ast.copy_location(ast.Name(NOT_A_TEST, ast.Load()), last.test)
        return node

    visit_AsyncWith = visit_With

    def visit_Try(self, node):
        """The compiler knows that `pass` does not raise."""
        self.generic_visit(node)
        if all(isinstance(s, ast.Pass) for s in node.body):
            node.body = [ast.copy_location(ast.Expr(ast.Name(NOT_A_TEST, ast.Load())), node.body[0])]
            ast.fix_missing_locations(node)
        return node

    visit_TryStar = visit_Try

    def visit_Assert(self, node):
        node.test = self.test(node.test)
        return self.generic_visit(node)

    def visit_While(self, node):
        node.test = self.test(node.test, keep_true=True)
        return self.generic_visit(node)

    def visit_BoolOp(self, node):
        node.values = [self.test(v) for v in node.values]
        return self.generic_visit(node)


def names_referenced(text):
    """Upper bound of requires: global and referenced in some scope."""
    found, tables = set(), [symtable.symtable(text, "<block>", "exec")]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            loaded = symbol.is_referenced() or symbol.is_assigned()
            if loaded and (top or symbol.is_global() or table.get_type() == "class"):
                found.add(symbol.get_name())
    return found


# --- comparing ---


def compare(text, tree, line):
    """A list of disagreements, or None when CPython refuses the block."""
    while ast.get_docstring(tree) is not None:
        del tree.body[0]  # it would bind __doc__
    try:
        compiled = compile(Unfold().visit(tree), "<block>", "exec", dont_inherit=True)
        referenced = names_referenced(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    ref = Reference()
    ref.analyse(compiled)
    error, _, provides, requires, _, deletes, _ = line.split("|")
    if error != "0":
        return ["syntax error reported"]
    wrong = compare_requires(ref, requires.split(), referenced)
    if ref.final is not None:  # else it always raises: nothing comes after it
        wrong += compare_provides(ref, provides.split(), deletes.split())
    return wrong


def differ(what, found, wanted):
    missing, extra = sorted(wanted - found), sorted(found - wanted)
    return [f"{what}: missing {missing}, extra {extra}"] if missing or extra else []


def compare_provides(ref, provides, deletes):
    final = {n: bits for n, bits in ref.final.items() if isinstance(n, str) and n not in HIDDEN}
    bound = {n for n, bits in final.items() if bits & BOUND}
    certain = {n for n, bits in final.items() if bits == BOUND}
    unbound = {n for n, bits in final.items() if bits & UNBOUND}
    provides = [p for p in provides if p.rstrip("?~") not in HIDDEN]
    marked = {p.rstrip("?~") for p in provides}
    changed_by_calls = ref.deferred_stores | ref.deferred_deletes
    wrong = differ("provides", marked, bound | ref.deferred_stores)
    wrong += differ("deletes", set(deletes), unbound | ref.deferred_deletes)
    sure = {p for p in provides if p[-1] not in "?~"}
    wrong += differ("certain", sure - changed_by_calls, certain - changed_by_calls)
    return wrong


def compare_requires(ref, requires, referenced):
    now = {r.rstrip("!") for r in requires if "~" not in r} - HIDDEN
    found = {r.rstrip("!~") for r in requires} - HIDDEN
    final = ref.final or {}
    late = {n for n in ref.deferred_reads if final.get(n, INHERITED) & INHERITED}
    at_least = (ref.required | late) - HIDDEN
    wrong = [f"requires: missing {sorted(at_least - found)}"] if at_least - found else []
    if found - referenced:
        wrong.append(f"requires: extra {sorted(found - referenced)}")
    # What is not deferred is read where it stands, or in a function that the block calls.
    if late_now := ref.required_now - HIDDEN - now:
        wrong.append(f"requires: wrongly deferred {sorted(late_now)}")
    if early := now - ref.required - ref.deferred_reads:
        wrong.append(f"requires: not needed {sorted(early)}")
    return wrong


# --- the corpus ---


def corpus(paths):
    roots = paths or [sysconfig.get_path("stdlib"), "/usr/lib/python3/dist-packages"]
    for root in roots:
        if os.path.isfile(root):
            yield root
        for folder, folders, files in sorted(os.walk(root)):
            folders.sort()
            yield from (os.path.join(folder, f) for f in sorted(files) if f.endswith(".py"))


def first_line(node):
    return min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", [])])


def paragraphs(statements, lines):
    """Runs of statements without a blank line between them."""
    run = []
    for node in statements:
        if run and any(not lines[i].strip() for i in range(run[-1].end_lineno, first_line(node) - 1)):
            yield run
            run = []
        run.append(node)
    if run:
        yield run


def blocks_of(path):
    """(line, text) of each block of a file."""
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read().replace("\r\n", "\n")
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, UnicodeDecodeError):
        return
    lines = text.split("\n")
    groups = [[node] for node in tree.body] + list(paragraphs(tree.body, lines))
    groups += [tree.body[i : i + 4] for i in range(0, len(tree.body), 4)] + [tree.body]
    seen = set()
    for group in filter(None, groups):
        span = (first_line(group[0]) - 1, group[-1].end_lineno)
        block = "\n".join(lines[slice(*span)]) + "\n"
        if span not in seen and len(block) <= BLOCK_BYTES_MAX:
            seen.add(span)
            yield span[0] + 1, block
    yield from bodies(tree, lines)


def bodies(tree, lines):
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first, last = node.body[0], node.body[-1]
            if first.lineno > node.lineno:
                text = "\n".join(lines[first_line(first) - 1 : last.end_lineno])
                block = textwrap.dedent(text) + "\n"
                if len(block) <= BLOCK_BYTES_MAX:
                    yield first_line(first), block


def analyse_all(dump, blocks):
    sent = b"".join(b"%d\n%b" % (len(b), b) for b in (text.encode() for _, text in blocks))
    done = subprocess.run([dump], input=sent, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().splitlines()


class Tally:
    def __init__(self, show):
        self.passed = self.failed = self.refused = self.explained = 0
        self.provides_wrong = self.requires_wrong = 0
        self.show = show

    def add(self, where, wrong):
        if wrong is None:
            self.refused += 1
            return
        if any(where.rpartition(":")[0].endswith(f) and wrong == [w] for f, w in EXPLAINED.items()):
            self.explained += 1
            return
        self.passed += not wrong
        self.failed += bool(wrong)
        self.provides_wrong += not all(w.startswith("requires") for w in wrong)
        self.requires_wrong += any(w.startswith("requires") for w in wrong)
        if wrong and self.show > 0:
            self.show -= 1
            print(f"{where}: {'; '.join(wrong)}")

    def print(self):
        print(
            f"{self.passed} passed, {self.failed} failed, {self.explained} explained "
            f"(provides or deletes wrong: {self.provides_wrong}, "
            f"requires out of bounds: {self.requires_wrong}; "
            f"{self.refused} blocks that CPython refuses)"
        )


def check_file(path, dump, tally):
    blocks = list(blocks_of(path))
    if not blocks:
        return
    for (line_number, text), line in zip(blocks, analyse_all(dump, blocks), strict=True):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            tally.refused += 1
            continue
        tally.add(f"{path}:{line_number}", compare(text, tree, line))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dump")
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--full", action="store_true", help="every file, not a sample")
    parser.add_argument("--files", type=int, default=300, help="size of the sample")
    parser.add_argument("--show", type=int, default=20, help="disagreements to print")
    args = parser.parse_intermixed_args()
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(5000)
    files = list(corpus(args.paths))
    if not args.full and len(files) > args.files:
        files = sorted(random.Random(0).sample(files, args.files))
    tally = Tally(args.show)
    for path in files:
        check_file(path, args.dump, tally)
    tally.print()
    return tally.failed > 0


if __name__ == "__main__":
    sys.exit(main())
