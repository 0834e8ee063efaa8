/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The status page, made of status.html at build time.
 */
#ifndef ECHOD_STATUS_PAGE_H
#define ECHOD_STATUS_PAGE_H

#include <stddef.h>

extern const unsigned char status_page[];
extern const size_t status_page_size;

/*
 * The Content-Security-Policy that it needs: nothing but its own script and
 * style sheet, by their hashes, and what it fetches from where it came.  Enough
 * room is STATUS_POLICY_SIZE.  Returns 0, or -EINVAL if OpenSSL can't hash.
 */
#define STATUS_POLICY_SIZE 512
int status_page_policy(char *text, size_t size);

#endif
