/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/report_command.h"

#include <errno.h>
#include <stdio.h>

#include "load/report_texts.h"
#include "unit.h"
#include "words.h"

struct options {
	bool help;
	bool strict;
};

static const struct option_row rows[] = {
	{ .name = "strict", .handle = options_store_true,
	    .offset = offsetof(struct options, strict), .help = "refuse" },
	{ .name = "help", .handle = options_store_true,
	    .offset = offsetof(struct options, help), .help = "print this" },
};

static unsigned pairs, files_run;

/* The last two runs do not go together, where that is asked for. */
static int
check(const struct report_run *a, const struct report_run *b,
    const void *options, char *error, size_t error_size)
{
	const struct options *own = options;

	pairs++;
	ck_assert_uint_lt(a->result->seed, b->result->seed);
	if (!own->strict || a->result->seed < 2)
		return 0;
	snprintf(error, error_size, "these do not");
	return -EINVAL;
}

static int
run(const struct report_files *files, const void *options, char *error,
    size_t error_size)
{
	(void)options;
	files_run = (unsigned)files->file_count;
	snprintf(error, error_size, "no");
	return LOAD_FAILED;
}

static const struct report_command command = {
	.name = "try",
	.usage = "Usage: try\n\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
	.check = check,
	.run = run,
};

/* A file of two runs, and one of one, whose seeds are 1, 2 and 3. */
static void
write_files(void)
{
	struct load_options options[3];
	struct load_result *results[3];

	folder_make();
	for (unsigned i = 0; i < 3; i++) {
		options[i] = results_options(MODE_CLOSED);
		options[i].seed = i + 1;
		results[i] = results_new(&options[i], 20);
	}
	report_texts_write("two.json", results, 2);
	report_texts_write("one.json", results + 2, 1);
	for (unsigned i = 0; i < 3; i++)
		load_result_free(results[i]);
}

/* The line has to end so, and to say that on standard error. */
static void
try(const char *line, int status, const char *told)
{
	struct options options = { .help = false };
	struct words words;
	char *text;

	pairs = files_run = 0;
	words_split(&words, "try", line);
	ck_assert_ptr_nonnull(freopen("told", "w", stderr));
	ck_assert_int_eq(report_command_main(&command, words.count,
	    words.words, &options, &options.help), status);
	fflush(stderr);
	text = report_texts_read("told");
	ck_assert_str_eq(text, told);
	free(text);
}

START_TEST(each_run_is_checked_with_each)
{
	write_files();
	try("two.json one.json", LOAD_FAILED, "echo-load try: no\n");
	ck_assert_uint_eq(pairs, 3);
	ck_assert_uint_eq(files_run, 2);
	folder_remove();
}
END_TEST

START_TEST(two_that_do_not_go_together_end_it)
{
	write_files();
	try("--strict two.json one.json", LOAD_FAILED,
	    "echo-load try: two.json (run 2) and one.json: these do not\n");
	ck_assert_uint_eq(pairs, 3);
	ck_assert_uint_eq(files_run, 0);
	folder_remove();
}
END_TEST

START_TEST(what_can_not_be_read_is_told)
{
	write_files();
	try("two.json none.json", LOAD_FAILED,
	    "echo-load try: none.json: No such file or directory\n");
	ck_assert_uint_eq(pairs, 0);
	folder_remove();
}
END_TEST

START_TEST(wrong_usage_is_told)
{
	folder_make();
	try("one.json", LOAD_USAGE, "echo-load try: expected two files or "
	    "more\nTry 'echo-load try --help'.\n");
	try("--strct a b", LOAD_USAGE, "echo-load try: unknown option "
	    "'--strct'; did you mean '--strict'?\n"
	    "Try 'echo-load try --help'.\n");
	folder_remove();
}
END_TEST

START_TEST(help_has_the_usage_and_the_options)
{
	char *text;

	folder_make();
	ck_assert_ptr_nonnull(freopen("help", "w", stdout));
	try("--help", LOAD_GOOD, "");
	text = report_texts_read("help");
	ck_assert_ptr_eq(strstr(text, "Usage: try\n\n"), text);
	ck_assert_ptr_nonnull(strstr(text, "--strict "));
	free(text);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_run_is_checked_with_each,
		two_that_do_not_go_together_end_it,
		what_can_not_be_read_is_told,
		wrong_usage_is_told,
		help_has_the_usage_and_the_options,
	};

	return UNIT_RUN("report_command", tests);
}
