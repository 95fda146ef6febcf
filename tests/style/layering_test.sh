#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# layering_test.sh - layering.sh passes a good tree and fails on each planted violation.
#
#     layering_test.sh SERVER_PROGRAM WORKER_PROGRAM
#
# It stops at the first surprise.
set -eu

layering=$(cd "$(dirname "$0")" && pwd)/layering.sh
server=${1:?usage: layering_test.sh SERVER_PROGRAM WORKER_PROGRAM}
worker=${2:?usage: layering_test.sh SERVER_PROGRAM WORKER_PROGRAM}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# put FILE LINE...: write a file of the tree.
put() {
    file=$tree/$1
    shift
    mkdir -p "$(dirname "$file")"
    printf '%s\n' "$@" >"$file"
}

good_tree() {
    rm -rf "${tree:?}"/*
    for header in protocol/base/hash.h protocol/base/buf.h protocol/framing.h protocol/live.h \
        analysis/syntax.h exec/file_digest.h exec/planner.h exec/wire.h exec/worker/run.h server/loop.h; do
        put "$header" '#include <stdint.h>'
    done
    put protocol/base/hash.c '#include "base/hash.h"' '#include <xxhash.h>'
    put protocol/framing.c '#include "protocol/framing.h"' '#include <protocol/live.h>' \
        '#include "base/buf.h"' '#include <jansson.h>' \
        '/* fopen("x") is for others; so is #include <uv.h> */' \
        'void f(struct io *io) { io->open("open(x)"); framing_open(io); }'
    put analysis/syntax.c '#include "analysis/syntax.h"' '#include <tree_sitter/api.h>' \
        '#  include <sqlite3.h>' '/* only a comment:' '#include "server/loop.h" */'
    put exec/wire.c '#include "exec/wire.h"' '#include "base/buf.h"'
    put exec/file_digest.c '#include "exec/file_digest.h"' '#include "base/hash.h"'
    put exec/planner.c '#include "exec/planner.h"' '#include "analysis/syntax.h"' '#include "exec/wire.h"'
    put exec/worker/run.c '#include <Python.h>' '#include "exec/wire.h"' \
        '#include "exec/worker/run.h"' '#include "base/buf.h"'
    put server/loop.c '#include <uv.h>' '#include <libwebsockets.h>' '#include "exec/planner.h"' \
        '#include "exec/wire.h"' '#include "protocol/live.h"' '#include "analysis/syntax.h"'
    put tests/anything.c '#include <Python.h>'
}

# expect RESULT WORD WHAT [PROGRAM]: run layering.sh; RESULT is pass or fail, and then it must say
# WORD.
expect() {
    if said=$(sh "$layering" "$tree" ${4:+"$4"} 2>&1); then result=pass; else result=fail; fi
    case $result:$said in
    "$1":*"$2"*) return 0 ;;
    esac
    echo "expected to $1 ($2): $3; it did $result: $said"
    exit 1
}

# deny FILE LINE: a good tree with a line more must fail, and the file be named.
deny() {
    good_tree
    mkdir -p "$(dirname "$tree/$1")"
    printf '%s\n' "$2" >>"$tree/$1"
    expect fail "$1:" "$1 with $2"
}

good_tree
expect pass '' 'the good tree'
expect pass '' 'a program without libpython' "$server"
expect fail 'links libpython' 'a program with libpython' "$worker"
expect fail 'cannot read' 'a missing program' "$tree/nothing"

deny protocol/base/hash.c '#include "protocol/framing.h"'
deny protocol/base/hash.h '#include <xxhash.h>'
deny protocol/base/hash.h '#include "analysis/syntax.h"'
deny protocol/framing.c '#include <uv.h>'
deny protocol/framing.c '#include <Python.h>'
deny protocol/framing.c '#include <tree_sitter/api.h>'
deny protocol/framing.c '#include <sqlite3.h>'
deny protocol/framing.c '#include "analysis/syntax.h"'
deny protocol/framing.c '    FILE *f = fopen(path, "r");'
deny protocol/framing.c '    return open (path, 0);'
deny protocol/framing.c '    json_t *j = json_load_file(path, 0, &e);'
deny protocol/framing.c '#include <fcntl.h>'
deny protocol/base/buf.h '#include <sys/socket.h>'
deny protocol/new/deep.c '#include <uv.h>'
deny analysis/syntax.c '#include <jansson.h>'
deny analysis/syntax.c '#include <uv.h>'
deny analysis/syntax.c '#include "Python.h"'
deny analysis/syntax.c '#include <libwebsockets.h>'
deny analysis/syntax.c '#include "protocol/framing.h"'
deny analysis/syntax.c '#include <exec/wire.h>'
deny analysis/syntax.c '#include "base/../../exec/wire.h"'
deny analysis/syntax.c '#include "framing.h"'
deny analysis/syntax.c '#include <live.h>'
deny server/loop.c '#include "live.h"'
deny exec/planner.c '#include "planner.h"'
deny analysis/syntax.c '#include "nowhere.h"'
deny analysis/syntax.c '#include HEADER'
deny analysis/syntax.c '#include <netinet/in.h>'
deny analysis/syntax.h ' # include <xxhash.h>'
deny exec/planner.c '#include <Python.h>'
deny exec/planner.c '#include <jansson.h>'
deny exec/planner.c '#include <libwebsockets.h>'
deny exec/planner.c '#include "protocol/framing.h"'
deny exec/planner.c '#include "exec/worker/run.h"'
deny exec/wire.c '#include "analysis/syntax.h"'
deny exec/worker/run.c '#include "analysis/syntax.h"'
deny exec/worker/run.c '#include "exec/planner.h"'
deny exec/worker/run.c '#include <jansson.h>'
deny server/loop.c '#include <Python.h>'
deny server/loop.c '#include "exec/worker/run.h"'
deny server/loop.c '#include <tree_sitter/api.h>'
deny util/new.c 'int x;'

for folder in protocol/base protocol analysis exec exec/worker server; do
    good_tree
    rm -r "${tree:?}/$folder"
    expect fail "$folder" "a tree without $folder"
done
