/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/shortage.h"

#include "unit.h"
#include "fixture.h"

#include <errno.h>

static struct shortage one, other;

/* How many lines there are with this in them. */
static size_t
lines_with(const char *part)
{
	const char *text = fixture_logged();
	size_t count = 0;

	while ((text = strstr(text, part)) != NULL) {
		count++;
		text++;
	}
	return count;
}

/* What two workers report while descriptors come and go. */
static int
run_episode(void *arg)
{
	(void)arg;
	one.loop = other.loop = aw_get_running_loop();
	for (int i = 0; i < 50; i++) {
		shortage_accept_error(NULL, -EMFILE, &one);
		shortage_accept_error(NULL, -EMFILE, &other);
		shortage_accept_error(NULL, 0, &one);
		shortage_accept_error(NULL, 0, &other);
	}
	ck_assert_uint_eq(lines_with("out of file descriptors"), 1);
	ck_assert_uint_eq(lines_with("accepted again"), 0);
	while (one.counted || other.counted)
		ck_assert_int_eq(aw_sleep(0.05), 0);
	ck_assert_uint_eq(lines_with("accepted again"), 1);
	return 0;
}

START_TEST(two_lines_an_episode)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_episode, NULL), 0);
	ck_assert_uint_eq(lines_with("\n"), 2);
}
END_TEST

static int
run_texts(void *arg)
{
	const int *errors = arg;

	one.loop = aw_get_running_loop();
	for (; *errors != 0; errors++) {
		shortage_accept_error(NULL, *errors, &one);
		shortage_clear(&one);
	}
	return 0;
}

START_TEST(lines_say_what_to_do)
{
	int errors[] = { -EMFILE, -ENFILE, -ENOMEM, 0 };

	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_texts, errors), 0);
	ck_assert_uint_eq(lines_with("error: out of file descriptors: new "
	    "connections wait until others close; raise LimitNOFILE= of the "
	    "service, or `ulimit -n`, above "), 1);
	ck_assert_uint_eq(lines_with("error: this machine is out of file "
	    "descriptors: new connections wait; raise the sysctl "
	    "fs.file-max\n"), 1);
	ck_assert_uint_eq(lines_with("error: connections can't be accepted, "
	    "and wait: Cannot allocate memory; free memory, or raise "
	    "MemoryMax= of the service\n"), 1);
}
END_TEST

static int
run_clear(void *arg)
{
	(void)arg;
	one.loop = aw_get_running_loop();
	shortage_accept_error(NULL, -EMFILE, &one);
	shortage_accept_error(NULL, 0, &one);
	shortage_clear(&one);
	ck_assert(!one.counted);
	ck_assert_ptr_null(one.quiet);
	return 0;
}

START_TEST(cleared_with_a_timer)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_clear, NULL), 0);
	ck_assert_uint_eq(lines_with("accepted again"), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { two_lines_an_episode,
	    lines_say_what_to_do, cleared_with_a_timer };

	return UNIT_RUN("shortage", tests);
}
