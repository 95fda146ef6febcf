/* SPDX-License-Identifier: Apache-2.0 */
/* preview_assets.h - the files of the preview app, as they are in the program.
 *
 * Paths have no leading slash; the page itself is "index.html".  The page names its files by
 * relative addresses: the host puts the token before them. */
#ifndef SERVER_PREVIEW_ASSETS_H
#define SERVER_PREVIEW_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct preview_asset {
    const char *path, *mime;
    const char *etag; /* with its quotes */
    const unsigned char *bytes;
    size_t size;
    bool gzip; /* the bytes are compressed */
};

extern const struct preview_asset preview_assets[]; /* sorted by path (strcmp) */
extern const size_t preview_asset_count;

#endif
