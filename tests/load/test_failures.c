/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <await.h>

#include "load/failures.h"
#include "unit.h"

static struct failures failures;
static char text[LOAD_ERROR_TEXT];

static void
add(enum statistics_counter kind, const char *what, uint64_t connection,
    double seconds)
{
	struct load_error error = {
		.kind = kind,
		.count = 1,
		.connection = connection,
		.seconds = seconds,
	};

	snprintf(error.text, sizeof(error.text), "%s", what);
	failures_add(&failures, &error);
}

START_TEST(the_same_is_counted)
{
	failures.count = 0;
	add(COUNT_RESET_ERRORS, "one", 7, 2.0);
	add(COUNT_RESET_ERRORS, "one", 5, 1.0);
	add(COUNT_RESET_ERRORS, "one", 9, 3.0);
	add(COUNT_RESET_ERRORS, "other", 1, 0.5);
	add(COUNT_END_ERRORS, "one", 2, 0.5);
	ck_assert_uint_eq(failures.count, 3);
	ck_assert_uint_eq(failures.items[0].count, 3);
	/* Of the first one, by time. */
	ck_assert_uint_eq(failures.items[0].connection, 5);
	ck_assert_double_eq(failures.items[0].seconds, 1.0);
	ck_assert_uint_eq(failures.items[1].count, 1);
	ck_assert_int_eq(failures.items[2].kind, COUNT_END_ERRORS);
}
END_TEST

START_TEST(what_does_not_fit_is_left_out)
{
	char each[16];

	failures.count = 0;
	for (int i = 0; i < LOAD_ERRORS_KEPT + 5; i++) {
		snprintf(each, sizeof(each), "%d", i);
		add(COUNT_OTHER_ERRORS, each, 0, 0);
	}
	ck_assert_uint_eq(failures.count, LOAD_ERRORS_KEPT);
	add(COUNT_OTHER_ERRORS, "3", 0, 0);
	ck_assert_uint_eq(failures.items[3].count, 2);
}
END_TEST

START_TEST(texts_say_what_to_do)
{
	static const struct {
		int error;
		const char *part;
	} all[] = {
		{ -ECONNREFUSED, "nothing listens there" },
		{ -EMFILE, "ulimit -n" },
		{ -ENFILE, "fs.file-max" },
		{ -EADDRNOTAVAIL, "--sources" },
		{ -ETIMEDOUT, "no answer within 500ms" },
		{ -EIO, "Input/output error" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		failures_connect_text(all[i].error, 0.5, text, sizeof(text));
		ck_assert_msg(strstr(text, all[i].part) != NULL,
		    "'%s' is not in '%s'", all[i].part, text);
	}
}
END_TEST

START_TEST(losses_have_kinds_and_texts)
{
	static const struct {
		int error;
		enum statistics_counter kind;
		const char *part;
	} all[] = {
		{ 0, COUNT_END_ERRORS, "ended the connection while echoes "
		    "were missing" },
		{ AW_ETLSTRUNCATED, COUNT_END_ERRORS, "ended" },
		{ -ECONNRESET, COUNT_RESET_ERRORS, "reset" },
		{ -EPIPE, COUNT_RESET_ERRORS, "reset" },
		{ -ETIMEDOUT, COUNT_TIMEOUT_ERRORS, "within 2s" },
		{ -ENOMEM, COUNT_OTHER_ERRORS, "Cannot allocate memory" },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ck_assert_int_eq(failures_loss_kind(all[i].error),
		    all[i].kind);
		failures_loss_text(all[i].error, true, 2, text, sizeof(text));
		ck_assert_msg(strstr(text, all[i].part) != NULL,
		    "'%s' is not in '%s'", all[i].part, text);
	}
	failures_loss_text(0, false, 2, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "nothing was under way"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_same_is_counted,
		what_does_not_fit_is_left_out,
		texts_say_what_to_do,
		losses_have_kinds_and_texts,
	};

	return UNIT_RUN("failures", tests);
}
