/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Reports in files, for tests that read them.
 */
#ifndef TESTS_LOAD_REPORT_TEXTS_H
#define TESTS_LOAD_REPORT_TEXTS_H

#include <check.h>
#include <string.h>

#include "common/folder.h"
#include "load/report_json.h"
#include "load/report_read.h"
#include "load/results.h"

/* Writes the report of some results to a file. */
static inline void
report_texts_write(const char *name, struct load_result *const *results,
    size_t count)
{
	const struct load_result *list[16];
	char *text;

	ck_assert_uint_le(count, 16);
	for (size_t i = 0; i < count; i++)
		list[i] = results[i];
	text = report_json_runs(list, count);
	ck_assert_ptr_nonnull(text);
	folder_write(name, text);
	free(text);
}

/* The file's text, for the caller to free. */
static inline char *
report_texts_read(const char *name)
{
	FILE *file = fopen(name, "r");
	size_t size;
	char *text;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	size = (size_t)ftell(file);
	rewind(file);
	text = malloc(size + 1);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(fread(text, 1, size, file), size);
	text[size] = '\0';
	fclose(file);
	return text;
}

/* Writes the file anew, with the first of some words replaced by others. */
static inline void
report_texts_replace(const char *name, const char *words, const char *others)
{
	char *text = report_texts_read(name);
	char *at = strstr(text, words);
	size_t length = strlen(text) + strlen(others) + 1;
	char *made = malloc(length);

	ck_assert_msg(at != NULL, "no '%s' in %s", words, text);
	ck_assert_ptr_nonnull(made);
	snprintf(made, length, "%.*s%s%s", (int)(at - text), text, others,
	    at + strlen(words));
	folder_write(name, made);
	free(made);
	free(text);
}

/* A report that has to be good. */
static inline struct report_file *
report_texts_open(const char *name)
{
	struct report_file *file;
	char error[512] = "";

	ck_assert_msg(report_read(name, &file, error, sizeof(error)) == 0,
	    "%s", error);
	return file;
}

#endif
