/* SPDX-License-Identifier: Apache-2.0 */
/* mem.c - allocation that ends the process when there is no memory. */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *ptr, size_t size) {
    if (ptr) return ptr;
    fprintf(stderr, "relight: out of memory (%zu bytes)\n", size);
    abort();
}

void *xmalloc(size_t size) {
    if (size == 0) size = 1;
    return checked(malloc(size), size);
}

void *xcalloc(size_t count, size_t size) {
    if (count == 0 || size == 0) count = size = 1;
    return checked(calloc(count, size), size);
}

void *xrealloc(void *ptr, size_t size) {
    if (size == 0) size = 1;
    return checked(realloc(ptr, size), size);
}

char *xstrdup(const char *cstr) {
    size_t size = strlen(cstr) + 1;
    return memcpy(xmalloc(size), cstr, size);
}
