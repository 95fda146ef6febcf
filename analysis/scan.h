/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - logical lines, and where unfinished code must end.
 *
 * A pull scanner from a line start on, outside of any bracket and string.  It yields blank lines,
 * comment lines and logical code lines (brackets, strings and backslashes joined).
 *
 * NOTE[unfinished]: an unclosed bracket is known by what valid code never has inside brackets: a
 * statement keyword at a line start, two operands side by side across a line end, a closer of the
 * wrong kind, the end of the file.  The logical line then ends at the first boundary inside it: a
 * column-0 line after a blank line, or a cell marker in percent style.  Without one it ends before
 * the line that gave the evidence (a wrong closer just closes what it matches).  In text that
 * CPython accepts, none of this ever happens.
 *
 * A triple-quoted string without an end mostly shows at the end of the file only; then the
 * scanner's user asks scanner_blame_quote() for the string to cut, and scans again from before it.
 */
#ifndef ANALYSIS_SCAN_H
#define ANALYSIS_SCAN_H

#include "analysis/marker.h"
#include "analysis/token.h"
#include "base/vec.h"

enum line_kind { LINE_END, LINE_BLANK, LINE_COMMENT, LINE_CODE };

struct scan_line {
    enum line_kind kind;
    uint32_t start; /* of its first physical line */
    uint32_t end;   /* after its last byte that is not a line end */
    uint32_t next;  /* where the next line starts */
    bool indented;
    bool continues;  /* else, elif, except, finally or a closer: cannot start a statement */
    bool decorator;  /* starts with '@' */
    bool decorable;  /* can follow a decorator */
    bool docstring;  /* nothing but plain strings */
    bool unfinished; /* NOTE[unfinished], or a quote left open */
    bool blank_end;  /* a backslash joins a blank line at the end */
    enum marker marker;
};

/* Where a construct that was left open is cut. */
struct cut {
    bool found;
    uint32_t end;    /* after the last byte that belongs to it */
    uint32_t resume; /* the line start to go on from: blank lines before the boundary come again */
};

struct open_bracket {
    uint32_t at;
    char opener;
    bool type_params; /* the [...] of `def f[T = int]()`, where `NAME =` is valid */
    uint16_t lambdas; /* lambdas whose ':' is still to come */
};

/* A triple-quoted string, and where it would be cut. */
struct open_quote {
    bool found;
    uint32_t at;
    struct cut cut;
};

struct scanner {
    struct str src;
    bool percent; /* markers count */
    bool gallery; /* banners too; the user sets it when the module docstring comes first */
    uint32_t pos;
    uint32_t seen; /* how far the lines so far depend on the text: an edit at or before counts */

    VEC(struct open_bracket) brackets;    /* of the logical line being read */
    VEC(uint32_t) unclosed;               /* openers known to be open still at unclosed_until */
    uint32_t unclosed_until;              /* what gave the evidence; see note_boundary() */
    VEC(struct open_quote) cut_quotes;    /* blamed strings, ascending */
    struct open_quote suspect, last_open; /* candidates for the blame, from this pass */

    bool at_top;                        /* nothing but headers and blank lines so far */
    uint32_t second_line;               /* where line 1 starts */
    uint32_t no_header_until;           /* lines up to here were tried in vain as a header block */
    uint32_t peeked_from, peeked_until; /* comment and blank lines known to precede ... */
    bool peeked_top;                    /* ... a top-level statement, or the end */
};

void scanner_init(struct scanner *sc, struct str src, bool percent);
void scanner_finish(struct scanner *sc);

/* Go on from `pos`, a line start; 0 skips a byte order mark. */
void scanner_seek(struct scanner *sc, uint32_t pos);

struct scan_line scanner_next(struct scanner *sc);

/* At the end: if the text ended inside a triple-quoted string, choose the string to blame: the
 * earliest one after whose apparent end the code looks wrong, else the last.  Its start, and it
 * will be cut from now on; UINT32_MAX when there is nothing to cut. */
uint32_t scanner_blame_quote(struct scanner *sc);

/* Whether the first code in `src` is a docstring. */
bool scan_starts_with_docstring(struct str src);

#endif
