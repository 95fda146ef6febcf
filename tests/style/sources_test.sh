#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sources_test.sh - sources.sh passes a good tree and fails on each planted violation.
# It stops at the first surprise.
set -eu

sources=$(cd "$(dirname "$0")" && pwd)/sources.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

# top NAME: the first two lines of a file.
top() {
    printf '%s\n' '/* SPDX-License-Identifier: Apache-2.0 */' "/* $1 - a file of this test. */"
}

# lines N TEXT: TEXT, N times.
lines() {
    awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}

good_tree() {
    rm -rf "${tree:?}"/*
    for folder in analysis exec protocol server tests; do
        mkdir -p "$tree/$folder"
        top good.c >"$tree/$folder/good.c"
    done
    mkdir -p "$tree/tests/data" "$tree/protocol/base"
    echo 'gets(a)' >"$tree/tests/data/input.c"
    { top mem.c && echo '    p = malloc(n);'; } >"$tree/protocol/base/mem.c"
    {
        echo 'static const struct row { int (*call)(int); } rows[] = {'
        lines 70 '    {call(0)},'
        echo '};'
        echo '/* Never strcpy(); "sprintf(" neither. */'
        echo 'int f(int n) {'
        lines 58 '    n = my_gets(n), n->atoi(n), puts("strtok(x)");'
        echo '}'
        echo '/* long: a table is no better. */'
        echo 'static void'
        echo 'g(void)'
        echo '{'
        lines 70 '    if (x) {'
        echo '}'
        echo 'int h(void) {'
        echo '}'
    } >>"$tree/exec/good.c"
}

# expect RESULT WORD WHAT: run sources.sh; RESULT is pass or fail, and it must say WORD.
expect() {
    if said=$(sh "$sources" "$tree" 2>&1); then result=pass; else result=fail; fi
    case $result:$said in
    "$1":*"$2"*) return 0 ;;
    esac
    echo "expected to $1 ($2): $3; it did $result: $said"
    exit 1
}

# deny WORD WHAT: a good tree with the file server/bad.c from standard input must fail.
deny() {
    good_tree
    cat >"$tree/server/bad.c"
    expect fail "$1" "$2"
}

good_tree
expect pass '' 'the good tree'

deny 'bad.c:1: the first line' 'an empty first line' <<'END'

/* bad.c - a file. */
END
deny 'bad.c:1: the first line' 'another licence' <<'END'
/* SPDX-License-Identifier: MIT */
/* bad.c - a file. */
END
deny 'bad.c:2: the second line' 'no overview' <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
END
deny 'bad.c:2: the second line' 'the overview of another file' <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
/* good.c - a file. */
END
deny 'no overview' 'one line' <<'END'
/* SPDX-License-Identifier: Apache-2.0 */
END
for call in 'strcpy(a, b)' 'strcat (a, b)' 'x = sprintf(a, b)' '!strtok(a, b)' 'gets(a)' \
    'alloca(n)' 'atoi(a)' 'strncpy(a, b, n)' 'return atof(a)'; do
    { top bad.c && echo "    $call;"; } | deny 'bad.c:3: banned call' "$call"
done
{ top bad.c && echo 'char *p = malloc(1);'; } | deny 'bad.c:3: xmalloc' 'malloc'
{ top bad.c && echo 'int f(int a,' && echo '      int b) {' && lines 59 '    {' && echo '}'; } |
    deny 'bad.c:4: f has 61 lines' 'a long function'
{ top bad.c && echo '/* long: */' && echo 'int f(void) {' && lines 60 '' && echo '}'; } |
    deny 'f has 62 lines' 'a long function whose comment gives no reason'
{ top bad.c && echo '/* long: for g */' && echo 'int x;' && echo 'int f(void) {' && lines 60 '' &&
    echo '}'; } | deny 'f has 62 lines' 'a long function under the comment of something else'
{ top bad.c && echo 'int e(void) { int a = 1; return a; }' && echo 'int f(void) {' && lines 60 '' &&
    echo '}'; } | deny 'f has 62 lines' 'a long function under a short one'
{ top bad.c && echo '/* long: no longer */' && echo 'int f(void) {' && echo '}'; } |
    deny 'f is not long' 'a comment that excuses nothing'
{ top bad.c && lines 599 'int x;'; } | deny 'more than 600 lines' 'a long file'

for folder in analysis exec protocol server tests; do
    good_tree
    rm -r "${tree:?}/$folder"
    expect fail "$folder is missing" "a tree without $folder"
    mkdir "$tree/$folder"
    expect fail "$folder has no sources" "a tree with an empty $folder"
done
