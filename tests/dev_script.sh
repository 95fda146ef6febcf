#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# dev_script.sh SOURCE-FOLDER - what ./dev does where it cannot install: it must say what is
# missing, in the words of that system, and stop with 2.  Runs with a PATH that has the plain tools
# only, so that everything is missing.
set -eu
cd "$1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
checks=0

fail() { echo "$*" && exit 1; }

for tool in sh basename cat cmp dirname env grep head id mkdir rm sed sort tail tr uname; do
    ln -s "$(command -v $tool)" "$scratch/$tool"
done

# expect STATUS WORDS SYSTEM COMMAND...: run ./dev as on that system.
expect() {
    status=$1 words=$2 got=0
    echo "ID=$3" >"$scratch/os-release"
    shift 3
    out=$(PATH=$scratch OS_RELEASE=$scratch/os-release ./dev "$@" 2>&1 </dev/null) || got=$?
    [ $got = "$status" ] || fail "./dev $*: status $got instead of $status; it said: $out"
    case $out in *"$words"*) ;; *) fail "./dev $*: no '$words' in: $out" ;; esac
    case $out in *"$(printf '\033')"*) fail "./dev $*: colour although this is no terminal" ;; esac
    checks=$((checks + 1))
}

expect 0 "usage: ./dev COMMAND" debian help
expect 2 "./dev help" debian no-such-command
expect 2 "takes gcc or clang" debian build rustc
expect 2 "dnf install" fedora build
expect 2 "jansson-devel" fedora test
expect 2 "pacman -S --needed" arch demo
expect 2 "what provides" plan9 build
expect 0 "libtree-sitter-dev" debian deps

# Every command that the help names exists, and the other way round.
for name in $(sed -n 's/^\([a-z]* | [a-z |]*\)) "cmd_.*/\1/p' dev | tr -d '|'); do
    grep -q "^cmd_$name()" dev || fail "./dev $name has no function"
    grep -qE "^  $name( |$)" dev || fail "./dev help does not name $name"
    checks=$((checks + 1))
done

echo "dev script: $checks checks"
