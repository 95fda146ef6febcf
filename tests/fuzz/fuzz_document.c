/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_document.c - libFuzzer: a document under edits equals a fresh one, and nothing crashes.
 *
 * The input is a text, and behind its last '\xFE' a list of edits of four bytes: place (two), how
 * much to delete, what to insert. */
#include <stdint.h>

#include "tests/support/document_difference.h"

static const struct str inserts[] = {
    STR_INIT(""),   STR_INIT("\n"),     STR_INIT("\n\n"), STR_INIT("\"\"\""),
    STR_INIT("'"),  STR_INIT("("),      STR_INIT("]"),    STR_INIT("#"),
    STR_INIT("x"),  STR_INIT(" "),      STR_INIT("else"), STR_INIT("\\\n"),
    STR_INIT("\r"), STR_INIT("# %%\n"), STR_INIT("f'{"),  STR_INIT("@"),
};

static void check(const struct document *doc) {
    struct document *fresh = document_create(text_str(document_text(doc)));
    if (document_difference(doc, fresh)) abort();
    document_destroy(fresh);
}

static void read_elements(const struct document *doc) {
    element_vec elements = {0};
    for (size_t i = 0; i < document_block_count(doc); i++)
        document_block_elements(doc, document_block(doc, i), &elements);
    element_vec_finish(&elements);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *edits = memrchr(data, 0xFE, size);
    size_t text_size = edits ? (size_t)(edits - data) : size;
    struct document *doc = document_create((struct str){(const char *)data, text_size});
    read_elements(doc);
    for (size_t i = text_size + 1; i + 4 <= size && i < text_size + 64; i += 4) {
        uint32_t at = (uint32_t)(data[i] << 8 | data[i + 1]) % (text_len(document_text(doc)) + 1);
        document_replace(doc, (struct span){at, at + data[i + 2]}, inserts[data[i + 3] % 16]);
        document_refresh(doc);
        check(doc);
    }
    document_destroy(doc);
    return 0;
}
