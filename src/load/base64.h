/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Bytes as text, by RFC 4648, with padding and without line ends.
 */
#ifndef LOAD_BASE64_H
#define LOAD_BASE64_H

#include <stddef.h>
#include <sys/types.h>

/* Characters for so many bytes, without a NUL. */
#define BASE64_LENGTH(size) (((size) + 2) / 3 * 4)

/* Writes them, and a NUL. */
void base64_encode(const unsigned char *data, size_t size, char *text);

/*
 * Returns how many bytes they are, for which data has to have room: at most
 * length / 4 * 3.  -EINVAL if they are anything but what base64_encode writes.
 */
ssize_t base64_decode(const char *text, size_t length, unsigned char *data);

#endif
