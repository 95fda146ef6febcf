# SPDX-License-Identifier: Apache-2.0
"""blocks_vs_cpython.py DUMP [DIR...] - hold the split of every Python file against CPython's parser.

In a file that CPython accepts no block may be unfinished, no top-level statement may be cut
(decorators included; a cell marker inside a suite is the exception, as in other editors), every
statement must be in a block, and the docstring must be found.  In paragraph style, blocks must end
at blank lines between statements and nowhere else.  DIR defaults to the standard library.  Exit
status 1 when a file disagrees.
"""
import ast
import bisect
import os
import subprocess
import sys
import warnings


def python_files(folders):
    for folder in folders:
        for root, folders_in, names in os.walk(folder):
            if "site-packages" in folders_in:
                folders_in.remove("site-packages")  # name it to have it compared
            yield from (os.path.join(root, n) for n in sorted(names) if n.endswith(".py"))


def parse(path):
    """The file's bytes and its module, or None if CPython refuses the file."""
    with open(path, "rb") as file:
        source = file.read()
    try:
        text = source.decode("utf-8-sig")  # offsets are comparable in UTF-8 files only
        if any("coding" in line and "utf" not in line.lower() for line in text.splitlines()[:2]):
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return source, ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def line_starts(source):
    starts, at = [0], 0
    for line in source.splitlines(keepends=True):  # bytes: \n, \r\n and \r only
        at += len(line)
        starts.append(at)
    return starts


def statement_spans(source, module):
    starts = line_starts(source)
    for node in module.body:
        first = min([node.lineno] + [d.lineno for d in getattr(node, "decorator_list", [])])
        yield starts[first - 1], starts[node.end_lineno - 1] + node.end_col_offset


def is_apart(source, end, start):
    """Whether a blank line stands between two statements."""
    between = source[end:start].splitlines()[1:]
    return any(not line.strip() for line in between)


def paragraph_complaints(source, module, blocks):
    """In paragraph style a blank line between two statements splits, and nothing else does."""
    spans = list(statement_spans(source, module))
    starts = [b[0] for b in blocks]
    for (start, end), (next_start, _) in zip(spans, spans[1:]):
        before = bisect.bisect_right(starts, start) - 1
        after = bisect.bisect_right(starts, next_start) - 1
        if blocks[before][2] == "docstring" or b"///" in source[end:next_start]:
            continue
        if is_apart(source, end, next_start) != (before != after):
            yield f"statements at {start} and {next_start}: wrongly split, or not split"


def docstring_of(module):
    node = module.body[0] if module.body else None
    plain = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return node if plain and isinstance(node.value.value, str) else None


def check(path, blocks, style):
    parsed = parse(path)
    if parsed is None:
        return None
    source, module = parsed
    complaints = [f"unfinished at {start}" for start, _, kind in blocks if kind == "unfinished"]
    for start, end in statement_spans(source, module):
        around = [b for b in blocks if b[0] <= start and end <= b[1]]
        markers = style == "percent" and b"\n#" in source[start:end]
        if not around and not markers:
            complaints.append(f"statement {start}..{end} is cut")
        if around and around[0][2] == "prose" and style != "percent":
            complaints.append(f"statement {start}..{end} is taken for prose")
    if style == "paragraph":
        complaints += paragraph_complaints(source, module, blocks)
    found = any(kind == "docstring" for _, _, kind in blocks)
    if found != bool(docstring_of(module)) and style == "paragraph":
        complaints.append(f"docstring: found {found}")
    return complaints


def read_dump(text):
    path, blocks, style = None, [], None
    for line in text.splitlines():
        if line.startswith("file "):
            if path:
                yield path, blocks, style
            path, style = line[5:].rsplit(" ", 1)
            blocks = []
        else:
            start, end, kind = line.split()
            blocks.append((int(start), int(end), kind))
    if path:
        yield path, blocks, style


def main():
    dump, folders = sys.argv[1], sys.argv[2:] or [os.path.dirname(os.__file__)]
    names = "".join(path + "\n" for path in python_files(folders))
    out = subprocess.run([dump], input=names, capture_output=True, text=True, check=True).stdout
    files = bad = 0
    for path, blocks, style in read_dump(out):
        complaints = check(path, blocks, style)
        if complaints is None:
            continue
        files += 1
        bad += bool(complaints)
        for complaint in complaints[:5]:
            print(f"{path}: {complaint}")
    print(f"{files - bad} passed, {bad} failed")
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main())
