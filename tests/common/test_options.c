/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/options.h"

#include "unit.h"
#include "words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct target {
	const char *file;
	bool quiet;
	int64_t count;
	uint64_t size;
	double interval;
	double share;
	int level;
	unsigned calls;
	const char *maybe;
	bool bare; /* --maybe was there without an argument */
};

static int
refuse(const struct option_row *row, const char *value, void *target,
    char *text, size_t size)
{
	++*(unsigned *)target;
	snprintf(text, size, "'%s' is refused by %s", value, row->name);
	return -EACCES;
}

static int
refuse_silently(const struct option_row *row, const char *value, void *target,
    char *text, size_t size)
{
	(void)row, (void)value, (void)target, (void)text, (void)size;
	return -ENOMEM;
}

static int
note_maybe(const struct option_row *row, const char *value, void *to,
    char *text, size_t size)
{
	struct target *all = to;

	(void)row, (void)text, (void)size;
	all->maybe = value;
	all->bare = value == NULL;
	return 0;
}

static const char *const levels[] = { "error", "warning", NULL };

static const struct option_row rows[] = {
	{ .help = "First:" },
	{ .name = "file", .letter = 'f', .argument = "FILE",
	    .handle = options_store_string,
	    .offset = offsetof(struct target, file),
	    .help = "a file with a help text that is so long that it has to "
	    "be wrapped at the end of the line" },
	{ .name = "quiet", .letter = 'q', .handle = options_store_true,
	    .offset = offsetof(struct target, quiet), .help = "say nothing" },
	{ .help = "Second:" },
	{ .name = "count", .letter = 'c', .argument = "N",
	    .handle = options_store_integer,
	    .offset = offsetof(struct target, count), .lowest = "1",
	    .highest = "100", .help = "how often" },
	{ .name = "size", .argument = "BYTES", .handle = options_store_size,
	    .offset = offsetof(struct target, size), .lowest = "1",
	    .highest = "1M", .help = "how much" },
	{ .name = "interval-of-messages", .argument = "SECONDS",
	    .handle = options_store_duration,
	    .offset = offsetof(struct target, interval), .lowest = "1ms",
	    .highest = "1h", .help = "how fast" },
	{ .name = "share", .argument = "P", .handle = options_store_share,
	    .offset = offsetof(struct target, share), .lowest = "1%",
	    .highest = "50%", .help = "of it" },
	{ .name = "level", .argument = "LEVEL",
	    .handle = options_store_choice,
	    .offset = offsetof(struct target, level), .choices = levels,
	    .help = "which" },
	{ .name = "maybe", .letter = 'm', .argument = "X", .optional = true,
	    .handle = note_maybe, .help = "or not" },
	{ .name = "refuse", .argument = "X", .handle = refuse,
	    .offset = offsetof(struct target, calls), .help = "never" },
	{ .name = "silent", .handle = refuse_silently, .help = "never" },
};

#define COUNT (sizeof(rows) / sizeof(rows[0]))

static struct target target;
static char error[256];

/* What options_parse makes of a line. */
static int
parse(const char *line)
{
	static struct words words;

	words_split(&words, "program", line);
	memset(&target, 0, sizeof(target));
	error[0] = '\0';
	return options_parse(rows, COUNT, words.count, words.words, &target,
	    error, sizeof(error));
}

static void
assert_error(const char *line, int err, const char *text)
{
	ck_assert_int_eq(parse(line), err);
	ck_assert_str_eq(error, text);
}

START_TEST(good)
{
	ck_assert_int_eq(parse("-f a --quiet --count=3 --size 64k "
	    "--interval-of-messages=10ms --share=20% --level warning"), 11);
	ck_assert_str_eq(target.file, "a");
	ck_assert(target.quiet);
	ck_assert_int_eq(target.count, 3);
	ck_assert_uint_eq(target.size, 65536);
	ck_assert_double_eq_tol(target.interval, 0.01, 1e-9);
	ck_assert_double_eq(target.share, 0.2);
	ck_assert_int_eq(target.level, 1);
	ck_assert_int_eq(parse("-qfa -c7"), 3);
	ck_assert(target.quiet);
	ck_assert_str_eq(target.file, "a");
	ck_assert_int_eq(target.count, 7);
}
END_TEST

START_TEST(operands)
{
	ck_assert_int_eq(parse("one -q two"), 2);
	ck_assert(target.quiet);
	ck_assert_int_eq(parse("one -- -q"), 2);
	ck_assert(!target.quiet);
}
END_TEST

START_TEST(abbreviations)
{
	ck_assert_int_eq(parse("--int 1"), 3);
	ck_assert_double_eq(target.interval, 1);
	assert_error("--s 1", -EINVAL, "option '--s' could be one of several");
}
END_TEST

START_TEST(unknown)
{
	assert_error("--qiet", -EINVAL,
	    "unknown option '--qiet'; did you mean '--quiet'?");
	assert_error("--cuont=7", -EINVAL,
	    "unknown option '--cuont'; did you mean '--count'?");
	assert_error("--xyzzy", -EINVAL, "unknown option '--xyzzy'");
	assert_error("-x", -EINVAL, "unknown option '-x'");
	assert_error("-qx", -EINVAL, "unknown option '-x'");
}
END_TEST

START_TEST(arguments)
{
	assert_error("--file", -EINVAL,
	    "option '--file' needs an argument: FILE");
	assert_error("-q -f", -EINVAL,
	    "option '--file' needs an argument: FILE");
	assert_error("--quiet=yes", -EINVAL,
	    "option '--quiet' takes no argument");
}
END_TEST

/* It must stand in the same word, as the next one may be an operand. */
START_TEST(optional_arguments)
{
	ck_assert_int_eq(parse("--maybe x"), 2);
	ck_assert(target.bare);
	ck_assert_int_eq(parse("--maybe=x"), 2);
	ck_assert_str_eq(target.maybe, "x");
	ck_assert_int_eq(parse("-m x"), 2);
	ck_assert(target.bare);
	ck_assert_int_eq(parse("-mx -q"), 3);
	ck_assert_str_eq(target.maybe, "x");
	ck_assert(target.quiet);
}
END_TEST

START_TEST(values)
{
	assert_error("--count 0", -ERANGE,
	    "--count: 0 is out of range; expected 1 to 100");
	assert_error("-c x", -EINVAL,
	    "--count: 'x' is not a whole number; expected 1 to 100");
	assert_error("--size 2M", -ERANGE,
	    "--size: 2M is out of range; expected 1 to 1M");
	assert_error("--interval-of-messages 0", -ERANGE,
	    "--interval-of-messages: 0 is out of range; expected 1ms to 1h");
	assert_error("--share 51%", -ERANGE,
	    "--share: 51% is out of range; expected 1% to 50%");
	assert_error("--level warn", -EINVAL, "--level: 'warn' is not one of "
	    "error, warning; did you mean 'warning'?");
	assert_error("--refuse it", -EACCES,
	    "--refuse: 'it' is refused by refuse");
	ck_assert_uint_eq(target.calls, 1);
	assert_error("--silent", -ENOMEM, "--silent: Cannot allocate memory");
}
END_TEST

START_TEST(help)
{
	static const char expected[] =
	    "First:\n"
	    "  -f, --file=FILE         a file with a help text that is so long "
	    "that it has to\n"
	    "                          be wrapped at the end of the line\n"
	    "  -q, --quiet             say nothing\n"
	    "\n"
	    "Second:\n"
	    "  -c, --count=N           how often\n"
	    "      --size=BYTES        how much\n"
	    "      --interval-of-messages=SECONDS\n"
	    "                          how fast\n"
	    "      --share=P           of it\n"
	    "      --level=LEVEL       which\n"
	    "  -m, --maybe[=X]         or not\n"
	    "      --refuse=X          never\n"
	    "      --silent            never\n";
	char text[2048] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	ck_assert_ptr_nonnull(file);
	options_print_help(file, rows, COUNT);
	fclose(file);
	ck_assert_str_eq(text, expected);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { good, operands, abbreviations, unknown,
	    arguments, optional_arguments, values, help };

	return UNIT_RUN("options", tests);
}
