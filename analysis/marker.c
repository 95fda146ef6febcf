/* SPDX-License-Identifier: Apache-2.0 */
/* marker.c - recognise cell markers, banners and file headers. */
#include "analysis/marker.h"

#include "analysis/pragma.h"
#include "analysis/token.h"

enum { BANNER_MIN = 20 };

static struct str line_text(struct str src, uint32_t start) {
    uint32_t end = start;
    while (end < src.len && !is_line_end(src.ptr[end])) end++;
    return str_slice(src, start, end);
}

static bool is_blank_char(char c) {
    return c == ' ' || c == '\t';
}

static bool is_digit_or_space(char c) {
    return c == ' ' || (c >= '0' && c <= '9');
}

/* Where the text after the marker starts in `line`; 0 when it is no marker.  `# %%time` is a
 * commented-out magic, not a cell. */
static size_t cell_rest(struct str line) {
    size_t i = 1;
    while (i < line.len && is_blank_char(line.ptr[i])) i++;
    struct str body = str_slice(line, i, line.len);
    if (str_starts(body, STR("%%"))) {
        while (i < line.len && line.ptr[i] == '%') i++;
        return i == line.len || is_blank_char(line.ptr[i]) || line.ptr[i] == '[' ? i : 0;
    }
    if (!str_starts(body, STR("In["))) return 0;
    i += 3;
    while (i < line.len && is_digit_or_space(line.ptr[i])) i++;
    if (i == line.len || line.ptr[i] != ']') return 0;
    i++;
    return i < line.len && line.ptr[i] == ':' ? i + 1 : i;
}

static bool is_banner(struct str line) {
    struct str bare = str_trim(line);
    for (size_t i = 0; i < bare.len; i++)
        if (bare.ptr[i] != '#') return false;
    return bare.len >= BANNER_MIN;
}

enum marker marker_at(struct str src, uint32_t line_start) {
    struct str line = line_text(src, line_start);
    if (line.len == 0 || line.ptr[0] != '#') return MARKER_NONE;
    if (cell_rest(line)) return MARKER_CELL;
    return is_banner(line) ? MARKER_BANNER : MARKER_NONE;
}

/* The word at `i`, up to a blank; a [tag] and a key="value" hold their blanks. */
static size_t word_end(struct str text, size_t i) {
    char until = text.ptr[i] == '[' ? ']' : ' ';
    for (; i < text.len; i++) {
        char c = text.ptr[i];
        if (until == ' ' && (c == '"' || c == '\''))
            until = c;
        else if (c == until && until != ' ')
            return i + 1;
        else if (until == ' ' && is_blank_char(c))
            return i;
    }
    return i;
}

static bool is_markdown_tag(struct str word) {
    return str_eq(word, STR("[markdown]")) || str_eq(word, STR("[md]"));
}

/* The title is what stands before the first [tag], key=value or pragma. */
static bool ends_title(struct str word) {
    return word.ptr[0] == '[' || (word.len > 1 && memchr(word.ptr + 1, '=', word.len - 1)) ||
           (pragma_is_word(word) && !str_eq(word, STR("skip")));
}

struct marker_info marker_read(struct str src, uint32_t line_start) {
    struct str line = line_text(src, line_start);
    size_t i = cell_rest(line), title_start = 0, title_end = 0;
    if (i == 0) i = line.len; /* a banner has no text */
    struct marker_info info = {
        .rest = {line_start + (uint32_t)i, line_start + (uint32_t)line.len},
    };
    for (bool in_title = true; i < line.len;) {
        if (is_blank_char(line.ptr[i])) {
            i++;
            continue;
        }
        size_t end = word_end(line, i);
        struct str word = str_slice(line, i, end);
        if (is_markdown_tag(word)) info.markdown = true;
        if (ends_title(word)) in_title = false;
        if (in_title) {
            if (title_end == 0) title_start = i;
            title_end = end;
        }
        i = end;
    }
    if (str_eq(str_slice(line, title_start, title_end), STR("skip"))) title_end = title_start;
    info.title = (struct span){line_start + (uint32_t)title_start,
                               line_start + (uint32_t)title_end};
    return info;
}

/* PEP 263: `coding[:=]\s*name` anywhere in a comment. */
static bool has_coding(struct str line) {
    for (size_t i = 0; i + 7 < line.len; i++) {
        struct str tail = str_slice(line, i, line.len);
        if (!str_starts(tail, STR("coding")) || (tail.ptr[6] != ':' && tail.ptr[6] != '='))
            continue;
        struct str name = str_trim(str_slice(tail, 7, tail.len));
        if (name.len && name.ptr[0] != '#') return true;
    }
    return false;
}

bool header_is_shebang_or_coding(struct str src, uint32_t line_start) {
    struct str line = line_text(src, line_start);
    bool first = line_start == 0 || (line_start == 3 && str_starts(src, STR("\xEF\xBB\xBF")));
    return (first && str_starts(line, STR("#!"))) || has_coding(line);
}

uint32_t header_block_end(struct str src, uint32_t line_start, bool front_matter,
                          uint32_t *looked) {
    struct str line = line_text(src, line_start);
    struct str fence = STR("# ///");
    bool script = str_starts(line, STR("# /// ")) && str_trim(line).len > 6;
    bool matter = front_matter && str_eq(str_trim(line), STR("# ---"));
    *looked = line_start;
    if (!script && !matter) return 0;
    if (matter) fence = STR("# ---");
    uint32_t found = 0, at = line_start + (uint32_t)line.len;
    for (;;) { /* PEP 723 ends at the last fence of the comment lines, front matter at the first */
        at += line_end_len(src, at);
        line = line_text(src, at);
        if (line.len == 0 || line.ptr[0] != '#') break;
        if (line.len > 1 && line.ptr[1] != ' ') break;
        at += (uint32_t)line.len;
        if (str_eq(str_trim(line), fence)) found = at;
        if (found && matter) break;
    }
    *looked = at;
    return found;
}
