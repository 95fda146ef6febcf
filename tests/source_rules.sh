#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# source_rules.sh SOURCE-FOLDER - the rules of CONTRIBUTING.md that a search can hold: each file
# says its licence and its job, and nobody calls what has a safer form here.
set -eu
cd "$1"
broken=0

complain() { echo "$*" && broken=$((broken + 1)); }

files=$(find analysis exec protocol server tests -name '*.[ch]' ! -path '*/data/*' | sort)
for file in $files; do
    name=$(basename "$file")
    head=$(head -n 3 "$file")
    case $head in
    '/* SPDX-License-Identifier: Apache-2.0 */'*"/* $name - "*) ;;
    *) complain "$file: begin with the SPDX line, then /* $name - what it is for" ;;
    esac
done

# ban INSTEAD NAMES FOLDER...: calls that may not be made there.
ban() {
    instead=$1 names=$2
    shift 2
    found=$(grep -rnE --include='*.[ch]' "(^|[^A-Za-z0-9_>.])($names) *\(" "$@") || return 0
    complain "$found"
    echo "^ instead: $instead"
}

ban "buf_printf() or snprintf()" 'strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|stpcpy' \
    analysis exec protocol server tests
ban "strtol() and its kin, which can report an error" 'atoi|atol|atoll|atof' \
    analysis exec protocol server tests
ban "a loop over struct str" 'strtok|alloca' analysis exec protocol server tests
ban "xmalloc() and its kin of base/mem.h, which never return NULL" \
    'malloc|calloc|realloc|strdup|strndup' analysis exec server protocol --exclude-dir=base

echo "source rules: $(echo "$files" | wc -l | tr -d ' ') files, $broken complaints"
[ $broken = 0 ]
