/* SPDX-License-Identifier: Apache-2.0 */
/* relations.c - the block graph's answers for one block, as JSON. */
#include "server/relations.h"

#include <stdlib.h>

#include "protocol/live.h"
#include "protocol/rpc.h"

static int compare_names(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

json_t *relations_names(name_vec *names) {
    json_t *array = json_array();
    if (names->len) qsort(names->items, names->len, sizeof *names->items, compare_names);
    for (size_t i = 0; i < names->len; i++)
        json_array_append_new(array, json_text(names->items[i]));
    vec_clear(names);
    return array;
}

static json_t *id_array(block_vec *blocks) {
    json_t *array = json_array();
    for (size_t i = 0; i < blocks->len; i++) {
        char id[16];
        live_block_id(id, blocks->items[i]->id);
        json_array_append_new(array, json_string(id));
    }
    vec_clear(blocks);
    return array;
}

void relations_requires(const struct document *doc, const struct block *block, name_vec *out) {
    for (size_t i = 0; i < block->symbols.requires.len; i++) {
        const struct requirement *r = &block->symbols.requires.items[i];
        if (!r->builtin || graph_binds(document_graph(doc), r->name)) vec_push(out, r->name);
    }
}

void relations_add_names(json_t *out, const struct document *doc, const struct block *block) {
    name_vec names = {0};
    const struct symbols *s = &block->symbols;
    for (size_t i = 0; i < s->provides.len; i++) vec_push(&names, s->provides.items[i].name);
    json_object_set_new(out, "provides", relations_names(&names));
    relations_requires(doc, block, &names);
    json_object_set_new(out, "requires", relations_names(&names));
    for (size_t i = 0; i < s->mutates.len; i++) vec_push(&names, s->mutates.items[i]);
    json_object_set_new(out, "mutates", relations_names(&names));
    for (size_t i = 0; i < s->deletes.len; i++) vec_push(&names, s->deletes.items[i]);
    json_object_set_new(out, "deletes", relations_names(&names));
    vec_finish(&names);
}

void relations_add_blocks(json_t *out, const struct document *doc, const struct block *block) {
    block_vec blocks = {0};
    graph_upstream(document_graph(doc), block, &blocks);
    json_object_set_new(out, "upstream", id_array(&blocks));
    graph_downstream(document_graph(doc), block, &blocks);
    json_object_set_new(out, "downstream", id_array(&blocks));
    vec_finish(&blocks);
}

json_t *relations_graph(const struct document *doc) {
    json_t *graph = json_object();
    for (size_t i = 0; i < document_block_count(doc); i++) {
        char id[16];
        const struct block *block = document_block(doc, i);
        if (block->kind != BLOCK_CODE) continue;
        json_t *relations = json_object();
        relations_add_names(relations, doc, block);
        relations_add_blocks(relations, doc, block);
        live_block_id(id, block->id);
        json_object_set_new(graph, id, relations);
    }
    return graph;
}
