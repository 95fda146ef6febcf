/* SPDX-License-Identifier: Apache-2.0 */
/* command_blocks.c - `relight blocks FILE`: the blocks, as a table or as JSON. */
#include <stdio.h>
#include <stdlib.h>

#include "analysis/document_imports.h"
#include "protocol/lsp_encode.h"
#include "protocol/rpc.h"
#include "server/cli.h"
#include "server/convert.h"
#include "server/relations.h"
#include "server/source_file.h"
#include "server/summary.h"

static json_t *import_json(const struct import_use *import) {
    return json_pack("{s:o, s:o, s:o, s:I}", "module", json_text(import->module), "name",
                     json_text(import->name), "local", json_text(import->local), "level",
                     (json_int_t)import->level);
}

static json_t *imports_json(const struct block *block) {
    json_t *imports = json_array();
    for (size_t i = 0; i < block->symbols.imports.len; i++)
        json_array_append_new(imports, import_json(&block->symbols.imports.items[i]));
    return imports;
}

/* What the blocks' imports reach: in the current folder when the file lies in it, else its own. */
struct neighbours {
    struct module_index *index;
    struct document_imports imports;
};

static void neighbours_init(struct neighbours *n, const struct document *doc, const char *path) {
    char *here = realpath(".", NULL), *folder = str_dup(module_folder(str_from(path)));
    struct err err = {0};
    size_t length = here ? strlen(here) : 0;
    bool inside = here && strncmp(path, here, length) == 0 && path[length] == '/';
    n->index = module_index_scan(inside ? here : folder, NULL, 0, &err);
    if (n->index) document_imports_build(&n->imports, n->index, str_from(path), doc);
    free(here);
    free(folder);
}

static void neighbours_finish(struct neighbours *n) {
    document_imports_finish(&n->imports);
    module_index_destroy(n->index);
}

static json_t *files_json(const struct neighbours *n, const struct document *doc,
                          const struct block *block) {
    module_file_vec files = {0};
    json_t *paths = json_array();
    document_imports_files(&n->imports, doc, block, &files);
    for (size_t i = 0; i < files.len; i++) {
        struct buf path = {0};
        buf_printf(&path, "%s/%s", n->index->root, files.items[i]->path);
        json_array_append_new(paths, json_text(buf_str(&path)));
        buf_finish(&path);
    }
    vec_finish(&files);
    return paths;
}

static json_t *block_json(const struct document *doc, const struct block *block,
                          const struct neighbours *n) {
    char id[16];
    name_vec words = {0};
    live_block_id(id, block->id);
    json_t *out = json_pack(
        "{s:s, s:s, s:o}", "id", id, "kind", block->kind == BLOCK_PROSE ? "prose" : "code", "range",
        lsp_range_encode(convert_range(document_text(doc), block->span, POSITION_UTF16)));
    relations_add_names(out, doc, block);
    json_object_set_new(out, "imports", imports_json(block));
    json_object_set_new(out, "fileDependencies", files_json(n, doc, block));
    relations_add_blocks(out, doc, block);
    for (size_t i = 0; i < block->pragmas.words.len; i++)
        vec_push(&words, block->pragmas.words.items[i]);
    json_object_set_new(out, "pragmas", relations_names(&words));
    vec_finish(&words);
    return out;
}

static void print_json(const struct document *doc, const char *path) {
    json_t *blocks = json_array();
    struct neighbours neighbours = {0};
    neighbours_init(&neighbours, doc, path);
    for (size_t i = 0; i < document_block_count(doc); i++)
        json_array_append_new(blocks, block_json(doc, document_block(doc, i), &neighbours));
    neighbours_finish(&neighbours);
    json_t *report = json_pack("{s:s, s:s, s:o}", "file", path, "style",
                               document_style(doc) == STYLE_PERCENT ? "percent" : "paragraph",
                               "blocks", blocks);
    json_dumpf(report, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(report);
}

static void print_names(const char *label, const struct str *names, size_t count) {
    if (count) printf("      %-9s", label);
    for (size_t i = 0; i < count; i++) printf(" %.*s", STR_FMT(names[i]));
    if (count) putchar('\n');
}

static void print_block(const struct document *doc, const struct block *block) {
    struct buf name = {0};
    name_vec names = {0};
    const struct symbols *s = &block->symbols;
    summary_name(doc, block, &name);
    printf("b%-4u %5u–%-5u %-6s %s\n", block->id, block->line + 1, block->line + block->line_count,
           block->kind == BLOCK_PROSE ? "prose" : "code", buf_cstr(&name));
    for (size_t i = 0; i < s->provides.len; i++) vec_push(&names, s->provides.items[i].name);
    print_names("provides", names.items, names.len);
    vec_clear(&names);
    relations_requires(doc, block, &names);
    print_names("requires", names.items, names.len);
    print_names("mutates", s->mutates.items, s->mutates.len);
    print_names("deletes", s->deletes.items, s->deletes.len);
    if (s->syntax_error) puts("      does not parse");
    buf_finish(&name);
    vec_finish(&names);
}

static void print_table(const struct document *doc) {
    for (size_t i = 0; i < document_block_count(doc); i++) print_block(doc, document_block(doc, i));
}

int command_blocks(const struct cli_options *options) {
    struct buf text = {0};
    struct err err = {0};
    char *path = NULL;
    if (source_file_read(options->file, &text, &path, &err) == ST_OK) {
        struct document *doc = document_create(buf_str(&text));
        if (options->json)
            print_json(doc, path);
        else
            print_table(doc);
        document_destroy(doc);
    }
    buf_finish(&text);
    free(path);
    if (err.code == ST_OK) return CLI_OK;
    fprintf(stderr, "relight: %s\n", err.msg);
    return CLI_MISUSE;
}
