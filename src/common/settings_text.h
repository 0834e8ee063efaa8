/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The text of a settings file, made ready for libConfuse.
 *
 * libConfuse 3.3 counts a line that ends in a comment twice, takes a comment in
 * a list for a syntax error, drops characters that it does not know, and does
 * not recover from a string that isn't ended.  So comments are blanked, and the
 * rest is checked, before it sees the text.
 */
#ifndef COMMON_SETTINGS_TEXT_H
#define COMMON_SETTINGS_TEXT_H

#include <stddef.h>

/*
 * Reads a file into a string that the caller frees.  Returns 0 or a negative
 * error: -errno, or -EFBIG beyond 1 MiB, or -EINVAL if it holds a zero byte.
 */
int settings_text_read(const char *path, char **text);

/* Why a file can't be read, by that error. */
const char *settings_text_strerror(int err);

/*
 * Replaces comments by spaces; line ends stay.  Returns 0, or the number of the
 * line that can't be right, and error then says why: the syntax, or a variable
 * of the environment that is not set.
 */
int settings_text_prepare(char *text, char *error, size_t error_size);

#endif
