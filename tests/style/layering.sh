#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layering.sh - which folder may know what: the table of docs, held against every #include.
#
#     layering.sh ROOT [PROGRAM...]
#
# Prints each violation as file:line: reason, and fails if there is one, if a folder of the table is
# missing or empty, or if a PROGRAM links libpython.  layering_test.sh tests this test.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=${1:?usage: layering.sh ROOT [PROGRAM...]}
shift
cd "$root"

# A file's place is the longest that it is or lies in: the rules of exec are not those of
# exec/worker, and to name exec in the second column does not open exec/worker.
table='
# place                may include                                  libraries
protocol/base/hash.c   protocol/base                                xxhash
protocol/base          protocol/base                                -
protocol               protocol/base,protocol                       jansson
analysis               protocol/base,analysis                       tree_sitter,sqlite3,files
exec/wire.c            protocol/base,exec/wire.h                    -
exec/wire.h            protocol/base                                -
exec/file_digest.c     protocol/base,exec/file_digest.h             files
exec                   protocol/base,analysis,exec                  files,sockets
exec/worker            protocol/base,exec/wire.h,exec/file_digest.h,exec/worker python,files,sockets
server                 protocol/base,protocol,analysis,exec,server  uv,libwebsockets,jansson,files,sockets
'

# protocol/ turns bytes into messages and back: where they come from is not its business.
file_calls='fopen|freopen|fdopen|open|openat|creat|opendir|scandir|stat|lstat|fstat|access|unlink'
file_calls="$file_calls|remove|rename|mkdir|rmdir|mkstemp|tmpfile|realpath|readlink|popen|system"
file_calls="$file_calls|json_load_file|json_dump_file|json_loadf|json_dumpf|json_loadfd|json_dumpfd"

fail() {
    echo "layering: $*" >&2
    exit 1
}

sources() {
    find . -type d \( -path ./.git -o -path ./node_modules -o -path './build*' -o -path ./tests -o \
        -path ./editors \) -prune -o -name '*.[ch]' -type f -print | sed 's|^\./||' | sort
}

# Every place of the table must be there, or a rename would switch its rules off.
check_places() {
    printf '%s\n' "$table" | grep -v '^#' | while read -r place _; do
        [ -n "$place" ] || continue
        found=$(find "$place" -name '*.[ch]' -type f) || fail "$place is missing"
        [ -n "$found" ] || fail "$place has no sources"
    done
}

check_includes() {
    awk -v table="$table" -v file_calls="$file_calls" '
    BEGIN {
        rows = split(table, row, "\n")
        for (i = 1; i <= rows; i++) {
            if (split(row[i], column, /[ \t]+/) < 3 || column[1] == "#") continue
            projects[column[1]] = "," column[2] ","
            libraries[column[1]] = "," column[3] ","
        }
    }
    function complain(reason) {
        print file ":" line ": " reason
        bad = 1
    }
    function longer_place(p, best, path) {
        return (path == p || index(path, p "/") == 1) && length(p) > length(best)
    }
    function place_of(path,    p, best) {
        for (p in projects) if (longer_place(p, best, path)) best = p
        return best
    }
    function folder_of(path,    p, best) {
        for (p in projects) if (p !~ /\./ && longer_place(p, best, path)) best = p
        return best
    }
    # libc is open to all, but for the headers that reach files and the network.
    function library_of(header) {
        if (header ~ /^jansson/) return "jansson"
        if (header ~ /^uv(\.h|\/)/) return "uv"
        if (header ~ /^(Python|structmember|frameobject|datetime)\.h$|^python3|^cpython\//)
            return "python"
        if (header ~ /^tree_sitter\//) return "tree_sitter"
        if (header ~ /^sqlite3/) return "sqlite3"
        if (header ~ /^(libwebsockets|lws)/) return "libwebsockets"
        if (header ~ /^xxh/) return "xxhash"
        if (header ~ /^(fcntl|dirent|sys\/stat)\.h$/) return "files"
        if (header ~ /^(sys\/(socket|un)|netdb|arpa\/.*|netinet\/.*)\.h$/) return "sockets"
        return ""
    }
    function exists(path,    ignored) {
        if ((getline ignored < path) < 0) return 0
        close(path)
        return 1
    }
    # The file of this project that the compiler takes: include paths are protocol/ and the root.
    function resolve(header, quoted,    folder) {
        folder = file
        sub(/[^\/]*$/, "", folder)
        if (quoted && exists(folder header)) return folder header
        if (exists("protocol/" header)) return "protocol/" header
        return exists(header) ? header : ""
    }
    function check_include(    quoted, header, library, path) {
        if (!match(code, /["<][^">]*[">]/)) return complain("an include that cannot be checked")
        quoted = substr(code, RSTART, 1) == "\""
        header = substr(code, RSTART + 1, RLENGTH - 2)
        library = library_of(header)
        path = resolve(header, quoted)
        if (header ~ /\.\./) {
            complain(header ": name the folder instead of ..")
        } else if (library != "") {
            if (!index(libraries[place], "," library ",")) complain(place " must not know " library)
        } else if (path != "" && header !~ /\//) {
            complain(header ": name its folder, as in " path)
        } else if (path != "") {
            if (!index(projects[place], "," folder_of(path) ",") &&
                !index(projects[place], "," path ","))
                complain(place " must not include " path)
        } else if (quoted) {
            complain(header " is not in this project")
        }
    }
    {
        match($0, /^[^:]*:[0-9]+:/)
        split(substr($0, 1, RLENGTH), at, ":")
        file = at[1]; line = at[2]; code = substr($0, RLENGTH + 1)
        place = place_of(file)
        if (place == "") { if (line == 1) complain("no place in the table"); next }
        if (code ~ /^[ \t]*#[ \t]*(include|import)/) check_include()
        if (index(file, "protocol/") == 1 &&
            match(code, "(^|[^A-Za-z0-9_.>])(" file_calls ")[ \t]*\\("))
            complain("protocol must not touch files: " substr(code, RSTART, RLENGTH))
    }
    END { exit bad }'
}

check_program() {
    list=ldd
    command -v ldd >/dev/null || list='otool -L'
    linked=$($list "$1") || fail "$list cannot read $1"
    case $linked in *libpython*) fail "$1 links libpython: only relight-worker may" ;; esac
}

check_places
code=$(sources | xargs awk -f "$here/strip.awk") || fail "cannot read the sources"
printf '%s\n' "$code" | check_includes || fail "see above"
for program; do check_program "$program"; done
