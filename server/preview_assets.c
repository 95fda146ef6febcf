/* SPDX-License-Identifier: Apache-2.0 */
/* preview_assets.c - the page that is served as long as no preview app is built in. */
#include "server/preview_assets.h"

static const unsigned char page[] =
    "<!doctype html>\n<meta charset=utf-8>\n<title>Relight</title>\n"
    "<p>Relight is running. This build has no preview app in it.\n";

const struct preview_asset preview_assets[] = {
    {"index.html", "text/html; charset=utf-8", "\"plain\"", page, sizeof page - 1, false},
};
const size_t preview_asset_count = sizeof preview_assets / sizeof *preview_assets;
