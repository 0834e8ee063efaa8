/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The frame of the page: its head with the style sheet, and its end.
 */
#ifndef LOAD_HTML_PAGE_H
#define LOAD_HTML_PAGE_H

/* Up to the title's text. */
extern const char html_page_begin[];
/* From behind it to the beginning of what is shown. */
extern const char html_page_head[];
extern const char html_page_end[];

#endif
