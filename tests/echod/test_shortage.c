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
run_two_servers(void *arg)
{
	(void)arg;
	one.loop = aw_get_running_loop();
	shortage_accept_error(NULL, -EMFILE, &one);
	shortage_accept_error(NULL, -EMFILE, &one);
	shortage_accept_error(NULL, 0, &one);
	ck_assert_ptr_null(one.quiet);
	shortage_accept_error(NULL, 0, &one);
	while (one.counted)
		ck_assert_int_eq(aw_sleep(0.05), 0);
	ck_assert_uint_eq(lines_with("accepted again"), 1);
	/* The next one has its own lines. */
	shortage_accept_error(NULL, -EMFILE, &other);
	shortage_clear(&other);
	ck_assert_uint_eq(lines_with("out of file descriptors"), 2);
	return 0;
}

START_TEST(it_lasts_as_long_as_any_server_fails)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_two_servers, NULL), 0);
}
END_TEST

/* As of a server whose worker is at its end. */
static int
run_early_end(void *arg)
{
	(void)arg;
	one.loop = aw_get_running_loop();
	shortage_accept_error(NULL, -EMFILE, &one);
	shortage_clear(&one);
	shortage_accept_error(NULL, 0, &one);
	ck_assert_ptr_null(one.quiet);
	return 0;
}

START_TEST(an_end_without_a_begin_is_none)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_early_end, NULL), 0);
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
	int errors[] = { -EMFILE, -ENFILE, -ENOMEM, -EINVAL, 0 };

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
	ck_assert_uint_eq(lines_with("error: connections can't be accepted, "
	    "and wait: Invalid argument; if somebody else has shut the socket "
	    "down, restart echod and echod.socket\n"), 1);
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
	    it_lasts_as_long_as_any_server_fails,
	    an_end_without_a_begin_is_none, lines_say_what_to_do, cleared_with_a_timer };

	return UNIT_RUN("shortage", tests);
}
