#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sources.sh - what every C file of the project looks like.
#
#     sources.sh ROOT
#
# Line 1 is the SPDX line; line 2 starts the overview, "/* name.c - what it is for"; at most 600
# lines a file and 60 a function, longer ones only under a comment "/* long: why */"; no calls that
# cannot know how long their target is, or that hide an error, and no memory but that of base/mem.h.
# Prints each violation as file:line: reason and fails if there is one.  Files under a data folder
# are input of tests.  sources_test.sh tests this test.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=${1:?usage: sources.sh ROOT}
cd "$root"

folders='analysis exec protocol server tests'
banned='strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|gets|strtok|alloca'
banned="$banned|atoi|atol|atoll|atof"
allocators='malloc|calloc|realloc|strdup|strndup'

fail() {
    echo "sources: $*" >&2
    exit 1
}

sources() {
    for folder in $folders; do
        found=$(find "$folder" -name '*.[ch]' -type f ! -path '*/data/*') || fail "$folder is missing"
        [ -n "$found" ] || fail "$folder has no sources"
        printf '%s\n' "$found"
    done
}

# Reads "file:line:code" (strip.awk), and beside it the file itself for what comments say.
check() {
    awk -v banned="$banned" -v allocators="$allocators" -v max_lines=600 -v max_function=60 '
    function complain(at, reason) {
        print file ":" at ": " reason
        bad = 1
    }
    function file_start(path) {
        if (file != "") file_end()
        file = path
        head = ""
        inside = excused = in_macro = 0
    }
    function file_end() {
        if (line < 2) complain(line, "the file has no overview")
        if (line > max_lines) complain(line, "the file has more than " max_lines " lines")
        close(file)
    }
    function check_top(    base) {
        base = file
        sub(/.*\//, "", base)
        if (line == 1 && raw != "/* SPDX-License-Identifier: Apache-2.0 */")
            complain(1, "the first line must be the SPDX line")
        if (line == 2 && index(raw, "/* " base " - ") != 1)
            complain(2, "the second line must start the overview: /* " base " - ...")
    }
    function calls(names) {
        return match(code, "(^|[^A-Za-z0-9_.>])(" names ")[ \t]*\\(")
    }
    function check_calls() {
        if (calls(banned)) complain(line, "banned call: " substr(code, RSTART, RLENGTH))
        if (file !~ /^(protocol\/base|tests)\// && calls(allocators))
            complain(line, "xmalloc() and its kin instead of" substr(code, RSTART, RLENGTH))
    }
    # A function opens with a brace at the end of a line, after a head that has a parenthesis and
    # no "=" (that is a table), and closes with the first brace in column 0.
    function check_length(    lines) {
        if (raw ~ /^\/\* long: *[A-Za-z]/) excused = 1
        if (in_macro || code ~ /^[ \t]*#/) {
            in_macro = code ~ /\\[ \t]*$/
        } else if (inside) {
            if (code !~ /^}/) return
            lines = line - opened + 1
            if (lines > max_function && !excused)
                complain(opened, name " has " lines " lines: split it, or say /* long: why */")
            if (lines <= max_function && excused) complain(opened, name " is not long")
            inside = excused = 0
            head = ""
        } else {
            head = head code " "
            if (code ~ /[{][ \t]*$/ && head ~ /\(/ && head !~ /=/) {
                inside = 1
                opened = line
                name = head
                sub(/\(.*/, "", name)
                sub(/.*[^A-Za-z0-9_]/, "", name)
            } else if (code ~ /;[ \t]*$/ || code ~ /^}/ || code ~ /^[A-Za-z_].*}[ \t]*$/) {
                head = ""
                excused = 0
            }
        }
    }
    {
        match($0, /^[^:]*:[0-9]+:/)
        split(substr($0, 1, RLENGTH), at, ":")
        code = substr($0, RLENGTH + 1)
        if (at[1] != file) file_start(at[1])
        line = at[2]
        if ((getline raw < file) <= 0) raw = ""
        check_top()
        check_calls()
        check_length()
    }
    END {
        if (NR == 0) bad = 1
        else file_end()
        exit bad
    }'
}

files=$(sources) || exit 1
code=$(printf '%s\n' "$files" | sort | xargs awk -f "$here/strip.awk") || fail "cannot read them"
printf '%s\n' "$code" | check || fail "see above"
