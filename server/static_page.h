/* SPDX-License-Identifier: Apache-2.0 */
/* static_page.h - a document that has run, as one HTML file that needs no server.
 *
 * The page is the preview app with the live messages of the document in it. */
#ifndef SERVER_STATIC_PAGE_H
#define SERVER_STATIC_PAGE_H

#include "server/session.h"

/* Append the page; `end` is of the run that the document has had. */
void static_page_make(struct session *s, const struct run_summary *end, struct buf *out);

#endif
