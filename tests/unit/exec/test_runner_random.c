/* SPDX-License-Identifier: Apache-2.0 */
/* test_runner_random.c - random documents, random edits: the promise of the whole project.
 *
 * After every edit, once quiet, each block shows what it shows in a fresh run of the text; and a
 * block ran only if its code or what it reads had changed, or to restore what another one needed.
 * The second is held against an upper bound, the simplest rule there is: a block is dirty when it
 * is new, when its code changed, or when what it may read from is not the same blocks in
 * the same order, or one of them was dirty.  And no block has two results in one run. */
#include "tests/support/runner_rig.h"

enum { MAX_BLOCKS = 10, ROUNDS = 12, DOCUMENTS = 400 };

/* What may occur in a document; bits. */
enum feature {
    PLAIN = 1,
    CONDITIONS = 2,
    FUNCTIONS = 4,
    DELETIONS = 8,
    MUTATIONS = 16,
    FAILURES = 32,
    BROKEN = 64,
    DEATHS = 128,    /* the worker goes away between runs, or a block takes it along */
    OVERTAKING = 256 /* edits come while blocks run */
};

/* '$' is a name, '%' a number, '@' a list's name. */
static const struct template {
    enum feature feature;
    const char *text;
}
templates[] = {
    {PLAIN, "$ = %"},
    {PLAIN, "$ = $ + %"},
    {PLAIN, "$ = $ + $"},
    {PLAIN, "$"},
    {PLAIN, "print($)\n$ + %"},
    {PLAIN, "$ = %\n$ = $ + %"},
    {CONDITIONS, "if $:\n    $ = %"},
    {CONDITIONS, "if zero:\n    $ = %"},
    {CONDITIONS, "zero = $"},
    {FUNCTIONS, "def f():\n    return $ + %"},
    {FUNCTIONS, "$ = f()"},
    {DELETIONS, "del $"},
    {MUTATIONS, "@ = []"},
    {MUTATIONS, "@ = [$]"},
    {MUTATIONS, "@.append(%)"},
    {MUTATIONS, "@.append($)"},
    {MUTATIONS, "@"},
    {FAILURES, "$ = %\nboom\n$ = %"},
    {FAILURES, "boom"},
    {BROKEN, "$ = %\nreturn"},
    {BROKEN, "$ = ("},
    {DEATHS, "$ = %\ndie()"},
};

struct script {
    uint64_t seed;
    unsigned features;
    VEC(char *) blocks; /* owned */
};

static char *random_block(struct script *s) {
    const struct template *t;
    struct buf text = {0};
    do t = &templates[random_below(&s->seed, COUNT(templates))];
    while (!(t->feature & s->features));
    for (const char *c = t->text; *c; c++) {
        if (*c == '$')
            buf_append_byte(&text, (char)('a' + random_below(&s->seed, 4)));
        else if (*c == '@')
            buf_append(&text, random_below(&s->seed, 3) ? STR("xs") : STR("ys"));
        else if (*c == '%')
            buf_printf(&text, "%u", 1 + random_below(&s->seed, 900));
        else
            buf_append_byte(&text, *c);
    }
    return buf_take(&text);
}

static void script_insert(struct script *s, size_t at, char *block_take) {
    vec_splice(&s->blocks, at, 0, 1);
    s->blocks.items[at] = block_take;
}

static char *script_remove(struct script *s, size_t at) {
    char *block = s->blocks.items[at];
    vec_splice(&s->blocks, at, 1, 0);
    return block;
}

/* Replace, insert, remove or move a block. */
static void script_edit(struct script *s) {
    size_t len = s->blocks.len;
    size_t at = len ? random_below(&s->seed, (uint32_t)len) : 0;
    switch (len < 2 ? 0 : random_below(&s->seed, 6)) {
    case 0:
        if (len < MAX_BLOCKS)
            script_insert(s, random_below(&s->seed, (uint32_t)len + 1), random_block(s));
        break;
    case 1:
        free(script_remove(s, at));
        break;
    case 2: {
        char *moved = script_remove(s, at);
        script_insert(s, random_below(&s->seed, (uint32_t)len), moved);
        break;
    }
    default:
        free(s->blocks.items[at]);
        s->blocks.items[at] = random_block(s);
    }
}

static char *script_text(const struct script *s) {
    struct buf text = {0};
    for (size_t i = 0; i < s->blocks.len; i++) buf_printf(&text, "%s\n\n", s->blocks.items[i]);
    return buf_take(&text);
}

static void script_finish(struct script *s) {
    for (size_t i = 0; i < s->blocks.len; i++) free(s->blocks.items[i]);
    vec_finish(&s->blocks);
}

/* --- Which blocks may run. --- */

/* A block as it was when it was last dirty, and what it read then. */
struct version_read {
    block_id block;
    uint32_t version;
};

typedef VEC(struct version_read) version_reads;

struct seen {
    block_id id;
    struct hash128 code;
    uint32_t version;
    version_reads reads;
};

struct memory {
    VEC(struct seen) blocks; /* by id */
};

static struct seen *memory_of(struct memory *m, block_id id) {
    while (m->blocks.len <= id) vec_push(&m->blocks, ((struct seen){0}));
    return &m->blocks.items[id];
}

static void add_source(block_vec *out, const struct block *source) {
    for (size_t i = 0; i < out->len; i++)
        if (out->items[i] == source) return;
    vec_push(out, source);
}

/* The blocks above whose text binds the name, up to the one that has done so. */
static void sources_of_name(const struct rig *rig, const struct block *block, struct str name,
                            block_vec *out) {
    const struct block *above = block;
    while ((above = graph_provider(document_graph(rig->doc), above, name))) {
        const struct trace *t = runner_trace(rig->runner, above->id);
        add_source(out, above);
        if (t && trace_writes(t, name)) return;
    }
}

/* What the block may read from: also whoever gave a value to a name that it may leave alone. */
static void sources_of(const struct rig *rig, const struct block *block, block_vec *out) {
    graph_upstream(document_graph(rig->doc), block, out);
    for (size_t i = 0; i < block->symbols.provides.len; i++) {
        const struct definition *d = &block->symbols.provides.items[i];
        if (!d->certain) sources_of_name(rig, block, d->name, out);
    }
}

static void memory_reads(struct memory *m, const struct rig *rig, const struct block *block,
                         version_reads *out) {
    block_vec sources = {0};
    sources_of(rig, block, &sources);
    for (size_t i = 0; i < sources.len; i++) {
        block_id id = sources.items[i]->id;
        vec_push(out, ((struct version_read){id, memory_of(m, id)->version}));
    }
    vec_finish(&sources);
}

static bool same_read(struct version_read a, struct version_read b) {
    return a.block == b.block && a.version == b.version;
}

/* Whether the block is dirty by the simplest rule; it is remembered as of now. */
static bool memory_renew(struct memory *m, const struct rig *rig, const struct block *block) {
    version_reads now = {0};
    memory_of(m, block->id);
    memory_reads(m, rig, block, &now);
    struct seen *s = memory_of(m, block->id);
    bool dirty = !s->id || !hash128_eq(s->code, block->code) || s->reads.len != now.len;
    for (size_t i = 0; i < now.len && !dirty; i++)
        dirty = !same_read(s->reads.items[i], now.items[i]);
    if (dirty) {
        vec_clear(&s->reads);
        for (size_t i = 0; i < now.len; i++) vec_push(&s->reads, now.items[i]);
        s->id = block->id;
        s->code = block->code;
        s->version++;
    }
    vec_finish(&now);
    return dirty;
}

/* A block that is taken out and comes back runs anew. */
static void memory_forget(struct memory *m, const struct document *doc) {
    for (size_t i = 0; i < m->blocks.len; i++)
        if (!document_block_by_id(doc, (block_id)i)) m->blocks.items[i].id = 0;
}

static void memory_finish(struct memory *m) {
    for (size_t i = 0; i < m->blocks.len; i++) vec_finish(&m->blocks.items[i].reads);
    vec_finish(&m->blocks);
}

static bool has_started(const struct rig *rig, block_id id) {
    for (size_t i = 0; i < rig->starts.len; i++)
        if (rig->starts.items[i] == id) return true;
    return false;
}

/* The run that has just ended started dirty blocks only; to others only if `may_restore`.
 */
static void expect_only_dirty(struct rig *rig, struct memory *m, bool may_restore) {
    memory_forget(m, rig->doc);
    for (size_t i = 0; i < document_block_count(rig->doc); i++) {
        const struct block *block = document_block(rig->doc, i);
        bool dirty = memory_renew(m, rig, block);
        if (!dirty && !may_restore && has_started(rig, block->id))
            fail_msg("b%u ran for nothing: %s\n%.*s", block->id, buf_cstr(&rig->log),
                     STR_FMT(text_str(document_text(rig->doc))));
    }
}

/* --- The test. --- */

static void disturb(struct rig *rig, struct script *s) {
    if (s->features & OVERTAKING) {
        rig_run(rig);
        for (uint32_t steps = random_below(&s->seed, 4); steps > 0; steps--) rig_step(rig);
        if (rig->grace && random_below(&s->seed, 2)) runner_grace_over(rig->runner);
    }
    if (s->features & DEATHS && rig->attached && !rig->worker.busy &&
        random_below(&s->seed, 4) == 0)
        rig_lose_worker(rig);
}

static bool any_broken(const struct rig *rig) {
    for (size_t i = 0; i < document_block_count(rig->doc); i++) {
        enum block_status status = runner_status(rig->runner, document_block(rig->doc, i));
        if (status == STATUS_SYNTAX_ERROR) return true;
    }
    return false;
}

static void check_document(uint64_t seed, unsigned features) {
    struct script s = {.seed = seed, .features = features};
    struct memory m = {0};
    struct rig rig;
    bool bounded = !(features & (BROKEN | DEATHS | OVERTAKING | FAILURES));
    rig_init(&rig, "");
    rig.chunk = 1 + random_below(&s.seed, 100);
    script_insert(&s, 0, xstrdup("a = 1\nb = 2\nc = 3\nd = 4\nxs = []\nys = []\nzero = 0"));
    while (s.blocks.len < 6) script_insert(&s, s.blocks.len, random_block(&s));
    for (int round = 0; round < ROUNDS; round++) {
        char *text = script_text(&s);
        rig_edit(&rig, text);
        free(text);
        disturb(&rig, &s);
        vec_clear(&rig.starts);
        rig_run(&rig);
        rig_settle(&rig);
        if (!any_broken(&rig)) expect_as_fresh(&rig);
        if (bounded) expect_only_dirty(&rig, &m, features & MUTATIONS);
        script_edit(&s);
    }
    memory_finish(&m);
    script_finish(&s);
    rig_finish(&rig);
}

static void check_documents(unsigned features) {
    for (uint64_t seed = 1; seed <= DOCUMENTS; seed++) check_document(seed, features);
}

static void plain_names(void **state) {
    (void)state;
    check_documents(PLAIN);
}

static void conditions(void **state) {
    (void)state;
    check_documents(PLAIN | CONDITIONS);
}

static void functions(void **state) {
    (void)state;
    check_documents(PLAIN | FUNCTIONS);
}

static void deletions(void **state) {
    (void)state;
    check_documents(PLAIN | DELETIONS);
}

static void mutations(void **state) {
    (void)state;
    check_documents(PLAIN | MUTATIONS);
}

static void failures(void **state) {
    (void)state;
    check_documents(PLAIN | FAILURES);
}

static void broken_texts(void **state) {
    (void)state;
    check_documents(PLAIN | BROKEN);
}

static void deaths(void **state) {
    (void)state;
    check_documents(PLAIN | DEATHS);
}

static void overtaking_edits(void **state) {
    (void)state;
    check_documents(PLAIN | OVERTAKING);
}

static void everything_at_once(void **state) {
    (void)state;
    check_documents(2 * OVERTAKING - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_names),  cmocka_unit_test(conditions),
        cmocka_unit_test(functions),    cmocka_unit_test(deletions),
        cmocka_unit_test(mutations),    cmocka_unit_test(failures),
        cmocka_unit_test(broken_texts), cmocka_unit_test(overtaking_edits),
        cmocka_unit_test(deaths),       cmocka_unit_test(everything_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
