#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layering.sh SOURCE-FOLDER RELIGHT - holds the table "folder, knows, must not know" of
# docs/ARCHITECTURE.md against the includes, and against what the server is linked with.
set -eu
cd "$1"
relight=$2
rules=0 broken=0

# deny WHY PATTERN GREP-ARGUMENT...: no line of these folders may match, but for those that match
# $allow.
allow='^$'
deny() {
    why=$1 pattern=$2
    shift 2
    rules=$((rules + 1)) status=0
    found=$(grep -rnE --include='*.[ch]' "$pattern" "$@" 2>&1) || status=$?
    # 0 is a match, 1 none; 2 is a folder that went missing, and a rule about nothing is broken.
    [ $status != 1 ] || return 0
    [ $status = 2 ] || found=$(echo "$found" | grep -vE "$allow") || return 0
    printf '%s\n^ %s\n' "$found" "$why"
    broken=$((broken + 1))
}

lib() { echo "^ *# *include *[<\"]($1)"; }
own() { echo "^ *# *include *\"($1)/"; }

deny "protocol/ does not know the event loop, Python, parsing or sockets" \
    "$(lib 'uv\.h|Python|tree_sitter|sqlite3|libwebsockets|sys/socket')" protocol
deny "protocol/ does not touch files" "$(lib 'fcntl|dirent|sys/stat')" protocol
deny "protocol/ is the lowest layer" "$(own 'analysis|exec|server')" protocol
deny "base/ does not know JSON either" "$(lib 'jansson')" protocol/base

deny "analysis/ does not know JSON, the event loop, Python or sockets" \
    "$(lib 'jansson|uv\.h|Python|libwebsockets|sys/socket')" analysis
deny "analysis/ does not know LSP or the layers above" "$(own 'protocol|exec|server')" analysis

deny "exec/ does not know JSON or WebSocket" "$(lib 'jansson|libwebsockets')" exec
deny "exec/ does not know LSP or the server" "$(own 'protocol|server')" exec
deny "Python is for exec/worker/ only" "$(lib 'Python')" exec --exclude-dir=worker
allow='"exec/(worker/[^"]*|wire\.h)"'
deny "the worker knows the wire and nothing else of the program" "$(own 'analysis|exec')" exec/worker
allow='^$'

deny "server/ does not know Python" "$(lib 'Python')" server

rules=$((rules + 1))
if command -v ldd >/dev/null; then linked=$(ldd "$relight"); else linked=$(otool -L "$relight"); fi
case $linked in
*libpython*) echo "^ the server links libpython; only the worker may" && broken=$((broken + 1)) ;;
esac

echo "layering: $rules rules, $broken broken"
[ $broken = 0 ]
