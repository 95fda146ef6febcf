# SPDX-License-Identifier: Apache-2.0
# strip.awk - C sources as "file:line:code": without comments and the insides of literals.
#
# For checks that must not be fooled by prose.  One line out for each line in; #include lines keep
# their quotes.
FNR == 1 { in_comment = 0 }

function strip(rest,    out, mark) {
    while (rest != "") {
        if (in_comment) {
            if (!match(rest, /\*\//)) return out
            in_comment = 0
            rest = substr(rest, RSTART + RLENGTH)
        } else if (match(rest, /\/\*|\/\/|"|'/)) {
            mark = substr(rest, RSTART, RLENGTH)
            out = out substr(rest, 1, RSTART - 1)
            rest = substr(rest, RSTART + RLENGTH)
            if (mark == "//") return out
            if (mark == "/*") {
                in_comment = 1
                continue
            }
            out = out mark mark
            if (!match(rest, mark == "\"" ? "^([^\"\\\\]|\\\\.)*\"" : "^([^'\\\\]|\\\\.)*'"))
                return out # unterminated: the compiler says so
            rest = substr(rest, RSTART + RLENGTH)
        } else {
            return out rest
        }
    }
    return out
}

{
    include = !in_comment && $0 ~ /^[ \t]*#[ \t]*(include|import)/
    print FILENAME ":" FNR ":" (include ? $0 : strip($0))
}
