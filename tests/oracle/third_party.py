#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""third_party.py - other projects' notebook tests, replayed through the oracle.

    RELIGHT_CASES=FOLDER third_party.py ORACLE

FOLDER holds ipyflow.json and marimo-runtime.json: sequences of cells run and edited.  Each becomes
a case file: the document is the cells in order, every run of a cell with new code is an edit.
Only soundness and the count of executions are taken from it; what those projects expect to be
stale is theirs.  Passes over everything (exit code 77) when RELIGHT_CASES is not set.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77


def cell_runs(step):
    """The (cell, code) pairs of a step."""
    if step.get("op") != "run":
        return []
    if "cell" in step:
        return [(step["cell"], step.get("code"))]
    return [(run.get("cell_id"), run.get("code")) for run in step.get("args", [])
            if isinstance(run, dict)]


def texts_of(case):
    """The document after each step that changed it."""
    cells, texts = {}, []
    for step in case.get("steps", []):
        for cell, code in cell_runs(step):
            if code is not None:
                cells[cell] = code.strip("\n").replace("logging.info(", "print(")  # to be seen
        if step.get("op") == "delete_cell":
            cells.pop(step["args"].get("cell_id"), None)
        text = "\n\n".join(code for code in cells.values() if code.strip()) + "\n"
        if text.strip() and (not texts or texts[-1] != text):
            texts.append(text)
    return texts


def write_case(path, name, texts):
    heads = ["=== document"] + ["=== edit"] * (len(texts) - 1)
    body = "".join(f"{head}\n{text}" for head, text in zip(heads, texts))
    path.write_text(f"{name}\n{body}")


def write_cases(source, folder):
    paths = []
    for number, case in enumerate(json.loads(source.read_text())["cases"]):
        texts = texts_of(case)
        if len(texts) < 2 or case.get("uses_marimo_api") or any("===" in t for t in texts):
            continue
        paths.append(folder / f"{source.stem}-{number}.txt")
        write_case(paths[-1], case["name"], texts)
    return paths


def main():
    cases = os.environ.get("RELIGHT_CASES")
    if not cases:
        print("RELIGHT_CASES is not set")
        return SKIPPED
    status = 0
    for source in ("ipyflow.json", "marimo-runtime.json"):
        with tempfile.TemporaryDirectory() as folder:
            paths = write_cases(pathlib.Path(cases) / source, pathlib.Path(folder))
            print(f"{source}: {len(paths)} cases", flush=True)
            status |= subprocess.run([sys.argv[1], "--replay", *paths], check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
