/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "status_page.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

/* What stands between the tags, of which the page has one pair each. */
static int
find(const char *begin, const char *end, const char **start, size_t *size)
{
	const char *page = (const char *)status_page, *stop;

	*start = memmem(page, status_page_size, begin, strlen(begin));
	if (*start == NULL)
		return -EINVAL;
	*start += strlen(begin);
	stop = memmem(*start, status_page_size - (size_t)(*start - page), end,
	    strlen(end));
	if (stop == NULL)
		return -EINVAL;
	*size = (size_t)(stop - *start);
	return 0;
}

/* "sha256-..." as the policy has it; text has room for 64 bytes. */
static int
hash(const char *begin, const char *end, char *text)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	const char *start;
	size_t size;
	int err;

	err = find(begin, end, &start, &size);
	if (err < 0)
		return err;
	if (EVP_Digest(start, size, digest, NULL, EVP_sha256(), NULL) != 1)
		return -EINVAL;
	strcpy(text, "sha256-");
	EVP_EncodeBlock((unsigned char *)text + strlen(text), digest, 32);
	return 0;
}

int
status_page_policy(char *text, size_t size)
{
	char script[64], style[64];
	int err;

	err = hash("<script>", "</script>", script);
	if (err == 0)
		err = hash("<style>", "</style>", style);
	if (err == 0)
		snprintf(text, size, "default-src 'none'; script-src '%s'; "
		    "style-src '%s'; connect-src 'self'; img-src data:; "
		    "base-uri 'none'; form-action 'none'; "
		    "frame-ancestors 'none'", script, style);
	return err;
}
