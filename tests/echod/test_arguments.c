/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/arguments.h"

#include "unit.h"
#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct arguments arguments;
static char error[256];

static int
parse(const char *line)
{
	static struct words words;

	words_split(&words, "echod", line);
	return arguments_parse(&arguments, words.count, words.words, error,
	    sizeof(error));
}

START_TEST(nothing)
{
	ck_assert_int_eq(parse(""), 0);
	ck_assert_ptr_null(arguments.config);
	ck_assert_ptr_null(arguments.workers);
	ck_assert_uint_eq(arguments.listen.count, 0);
	ck_assert_int_eq(arguments.check, CHECK_NOTHING);
	arguments_clear(&arguments);
}
END_TEST

START_TEST(everything)
{
	ck_assert_int_eq(parse("-c f --listen :1 -l :2 -w auto --check --dump "
	    "--log-level debug --pidfile=p --version --help"), 0);
	ck_assert_str_eq(arguments.config, "f");
	ck_assert_uint_eq(arguments.listen.count, 2);
	ck_assert_str_eq(arguments.listen.texts[0], ":1");
	ck_assert_str_eq(arguments.listen.texts[1], ":2");
	ck_assert_str_eq(arguments.workers, "auto");
	ck_assert_str_eq(arguments.log_level, "debug");
	ck_assert_str_eq(arguments.pidfile, "p");
	ck_assert_int_eq(arguments.check, CHECK_ALL);
	ck_assert(arguments.dump && arguments.version && arguments.help);
	arguments_clear(&arguments);
}
END_TEST

START_TEST(checks)
{
	ck_assert_int_eq(parse("--check=syntax"), 0);
	ck_assert_int_eq(arguments.check, CHECK_SYNTAX);
	arguments_clear(&arguments);
	ck_assert_int_eq(parse("--check=all"), -EINVAL);
	ck_assert_str_eq(error, "--check: 'all' can't be checked; expected "
	    "syntax, or no argument");
	arguments_clear(&arguments);
}
END_TEST

START_TEST(errors)
{
	ck_assert_int_eq(parse("--lisen :7"), -EINVAL);
	ck_assert_str_eq(error,
	    "unknown option '--lisen'; did you mean '--listen'?");
	arguments_clear(&arguments);
	ck_assert_int_eq(parse("-l :1 :7"), -EINVAL);
	ck_assert_str_eq(error, "unexpected argument ':7'; an address goes "
	    "with --listen, a file with --config");
	arguments_clear(&arguments);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { nothing, everything, checks, errors };

	return UNIT_RUN("arguments", tests);
}
