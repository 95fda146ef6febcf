/* SPDX-License-Identifier: Apache-2.0 */
/* feature_links.c - imports as links to the files that they reach. */
#include "analysis/document_imports.h"
#include "protocol/uri.h"
#include "server/convert.h"
#include "server/features.h"

static json_t *link_to(const struct open_document *od, const struct import_row *row,
                       const struct module_index *index) {
    struct buf path = {0};
    const struct text *text = document_text(session_document(od->session));
    buf_printf(&path, "%s/%s", index->root, row->file->path);
    char *uri = uri_from_path_dup(buf_str(&path));
    struct lsp_range range = convert_range(text, row->at, od->server->client.encoding);
    json_t *link = lsp_document_link(range, uri, str_from(row->file->path));
    buf_finish(&path);
    free(uri);
    return link;
}

/* `from pkg import mod` has rows for both files; the last is what is meant. */
static bool same_place(const struct import_row *a, const struct import_row *b) {
    return a->at.start == b->at.start && a->at.end == b->at.end;
}

json_t *feature_links(struct open_document *od) {
    struct document_imports imports = {0};
    const struct module_index *index = project_index(od->server->modules);
    const struct import_row *last = NULL;
    json_t *links = json_array();
    if (!index) return links;
    document_imports_build(&imports, index, str_from(od->path), session_document(od->session));
    for (size_t i = 0; i < imports.rows.len; i++) {
        const struct import_row *row = &imports.rows.items[i];
        if (!row->file) continue;
        if (last && !same_place(last, row)) json_array_append_new(links, link_to(od, last, index));
        last = row;
    }
    if (last) json_array_append_new(links, link_to(od, last, index));
    document_imports_finish(&imports);
    return links;
}
