/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c - packing and unpacking of worker frames; see wire.h for the messages. */
#include "exec/wire.h"

static void put_le(char *at, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) at[i] = (char)(value >> (8 * i));
}

static uint64_t get_le(const char *at, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) value |= (uint64_t)(unsigned char)at[i] << (8 * i);
    return value;
}

static void append_le(struct buf *out, uint64_t value, size_t bytes) {
    buf_reserve(out, bytes);
    put_le(out->ptr + out->len, value, bytes);
    out->len += bytes;
}

size_t wire_begin(struct buf *out, enum wire_type type) {
    size_t mark = out->len;
    append_le(out, 0, 4);
    append_le(out, (uint64_t)type, 1);
    return mark;
}

void wire_u8(struct buf *out, uint8_t value) {
    append_le(out, value, 1);
}

void wire_u32(struct buf *out, uint32_t value) {
    append_le(out, value, 4);
}

void wire_u64(struct buf *out, uint64_t value) {
    append_le(out, value, 8);
}

void wire_str(struct buf *out, struct str value) {
    append_le(out, value.len, 4);
    buf_append(out, value);
}

void wire_end(struct buf *out, size_t mark) {
    put_le(out->ptr + mark, out->len - mark - 4, 4);
}

static uint64_t get(struct wire_reader *r, size_t bytes) {
    if (r->bad || r->rest.len < bytes) {
        r->bad = true;
        return 0;
    }
    uint64_t value = get_le(r->rest.ptr, bytes);
    r->rest = str_slice(r->rest, bytes, r->rest.len);
    return value;
}

uint8_t wire_get_u8(struct wire_reader *r) {
    return (uint8_t)get(r, 1);
}

uint32_t wire_get_u32(struct wire_reader *r) {
    return (uint32_t)get(r, 4);
}

uint64_t wire_get_u64(struct wire_reader *r) {
    return get(r, 8);
}

struct str wire_get_str(struct wire_reader *r) {
    size_t len = wire_get_u32(r);
    if (r->bad || r->rest.len < len) {
        r->bad = true;
        return STR("");
    }
    struct str value = str_slice(r->rest, 0, len);
    r->rest = str_slice(r->rest, len, r->rest.len);
    return value;
}

uint32_t wire_get_count(struct wire_reader *r, size_t item_size) {
    uint32_t count = wire_get_u32(r);
    if (r->bad || count > r->rest.len / item_size) {
        r->bad = true;
        return 0;
    }
    return count;
}

enum wire_split wire_next(const struct buf *in, size_t *offset, uint8_t *type,
                          struct wire_reader *fields) {
    if (in->len - *offset < 4) return WIRE_NEED_MORE;
    size_t size = (size_t)get_le(in->ptr + *offset, 4);
    if (size < 1 || size > WIRE_MAX_FRAME) return WIRE_CORRUPT;
    if (in->len - *offset - 4 < size) return WIRE_NEED_MORE;
    const char *frame = in->ptr + *offset + 4;
    *type = (uint8_t)frame[0];
    *fields = (struct wire_reader){.rest = {frame + 1, size - 1}};
    *offset += 4 + size;
    return WIRE_FRAME;
}
