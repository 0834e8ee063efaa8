/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <string.h>

#include "core/core.h"
#include "core/task.h"

static const int codes[] = {
	AW_EINCOMPLETE, AW_ELIMIT, AW_EINVALIDSTATE, AW_EDNS,
	AW_ENOTASK, AW_EINTERRUPT, AW_ESTOPPED, AW_EWRONGLOOP,
	AW_EWRONGTHREAD, AW_EQUEUEEMPTY, AW_EQUEUEFULL, AW_EQUEUESHUTDOWN,
	AW_EBROKENBARRIER,
};
#define CODES (sizeof(codes) / sizeof(codes[0]))

START_TEST(every_code_of_the_library_has_a_text_of_its_own)
{
	size_t i, j;

	for (i = 0; i < CODES; i++) {
		ck_assert_str_ne(aw_strerror(codes[i]), "unknown error");
		for (j = 0; j < i; j++)
			ck_assert_str_ne(aw_strerror(codes[i]),
			    aw_strerror(codes[j]));
	}
}
END_TEST

START_TEST(codes_of_the_library_are_below_those_of_the_kernel)
{
	size_t i;

	for (i = 0; i < CODES; i++)
		ck_assert_int_lt(codes[i], -10000);
}
END_TEST

START_TEST(a_negative_errno_has_the_systems_text)
{
	ck_assert_str_eq(aw_strerror(-ENOENT), strerror(ENOENT));
	ck_assert_str_eq(aw_strerror(-ECANCELED), strerror(ECANCELED));
	ck_assert_str_eq(aw_strerror(-ETIMEDOUT), strerror(ETIMEDOUT));
}
END_TEST

START_TEST(what_is_no_error_and_what_is_unknown_is_said)
{
	ck_assert_str_eq(aw_strerror(0), "no error");
	ck_assert_str_eq(aw_strerror(42), "no error");
	ck_assert_str_eq(aw_strerror(-4095), "unknown error");
	ck_assert_str_eq(aw_strerror(-99999), "unknown error");
	ck_assert_str_eq(aw_strerror(-2147483647 - 1), "unknown error");
}
END_TEST

START_TEST(the_version_is_the_headers)
{
	ck_assert_str_eq(aw_version(), AW_VERSION);
}
END_TEST

LOOP_TEST(outside_of_a_task_there_is_no_error_text)
{
	(void)loop;
	ck_assert_str_eq(aw_error_text(), "");
	aw_set_error_text("%s", "lost");
	ck_assert_str_eq(aw_error_text(), "");
}

TASK_TEST(a_tasks_error_text_is_formatted_and_kept)
{
	ck_assert_str_eq(aw_error_text(), "");
	aw_set_error_text("%s:%d", "192.0.2.1", 7);
	ck_assert_str_eq(aw_error_text(), "192.0.2.1:7");
	turns(1);
	ck_assert_str_eq(aw_error_text(), "192.0.2.1:7");
	aw_set_error_text("%s", "");
	ck_assert_str_eq(aw_error_text(), "");
}

static int
set_other_text(void *arg)
{
	(void)arg;
	ck_assert_str_eq(aw_error_text(), "");
	aw_set_error_text("other");
	ck_assert_str_eq(aw_error_text(), "other");
	return 0;
}

TASK_TEST(each_task_has_an_error_text_of_its_own)
{
	aw_set_error_text("mine");
	ck_assert_int_eq(join(spawn(set_other_text, NULL)), 0);
	ck_assert_str_eq(aw_error_text(), "mine");
}

TASK_TEST(an_error_text_may_be_long)
{
	char text[20000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	aw_set_error_text("%s!", text);
	ck_assert_uint_eq(strlen(aw_error_text()), sizeof(text));
}

int
main(void)
{
	const TTest *const tests[] = {
		every_code_of_the_library_has_a_text_of_its_own,
		codes_of_the_library_are_below_those_of_the_kernel,
		a_negative_errno_has_the_systems_text,
		what_is_no_error_and_what_is_unknown_is_said,
		the_version_is_the_headers,
		outside_of_a_task_there_is_no_error_text,
		a_tasks_error_text_is_formatted_and_kept,
		each_task_has_an_error_text_of_its_own,
		an_error_text_may_be_long,
	};

	return UNIT_RUN("error", tests);
}
