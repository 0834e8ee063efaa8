/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The table of tasks.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/core.h"
#include "coro/sanitizer.h"

static char *text;
static size_t size;

/* The table as text, until the next one is made. */
static const char *
dump(aw_loop *loop)
{
	FILE *stream;

	free(text);
	stream = open_memstream(&text, &size);
	ck_assert_ptr_nonnull(stream);
	ck_assert_int_eq(aw_dump_tasks(loop, stream), 0);
	fclose(stream);
	return text;
}

/* The n-th line of the last table, without its end. */
static const char *
line(unsigned n)
{
	static char found[256];
	const char *at = text;

	for (; n > 0; n--) {
		at = strchr(at, '\n');
		ck_assert_ptr_nonnull(at);
		at++;
	}
	snprintf(found, sizeof(found), "%.*s", (int)strcspn(at, "\n"), at);
	return found;
}

static unsigned
count_lines(void)
{
	unsigned count = 0;
	const char *at;

	for (at = text; *at != '\0'; at++)
		count += *at == '\n';
	return count;
}

static bool
begins_with(const char *what, const char *with)
{
	return strncmp(what, with, strlen(with)) == 0;
}

static bool
ends_with(const char *what, const char *with)
{
	size_t length = strlen(what), end = strlen(with);

	return length >= end && strcmp(what + length - end, with) == 0;
}

#define ck_assert_line(n, begin, end) \
	do { \
		const char *line_ = line(n); \
		ck_assert_msg(begins_with(line_, begin) && \
		    ends_with(line_, end), "line %u of\n%sis not \"%s" \
		    "...%s\"", (unsigned)(n), text, begin, end); \
	} while (0)

static aw_task *
spawn_named(aw_coroutine *coroutine, void *arg, const char *name)
{
	aw_task *task = aw_create_task(coroutine, arg, name);

	ck_assert_ptr_nonnull(task);
	return task;
}

static void
cancel(aw_task *task)
{
	aw_cancel(task);
	ck_assert_int_eq(join(task), -ECANCELED);
}

TASK_TEST(each_task_has_a_line_in_order_of_creation)
{
	aw_task *inner = spawn_named(sleep_long, NULL, "inner");
	aw_task *outer = spawn_named(await_it, inner, "outer one"), *last;

	turns(1);
	last = spawn_named(sleep_long, NULL, "last");
	dump(NULL);
	ck_assert_line(0, "NAME       STATE        FOR   STACK    PEAK  "
	    "WAITS FOR", "");
	ck_assert_line(1, "main       running  ", "K  -");
	ck_assert_line(2, "inner      waiting  ", "K  a time to pass");
	ck_assert_line(3, "outer one  waiting  ", "K  task 'inner'");
	ck_assert_line(4, "last       ready    ", "K  -");
	ck_assert_str_eq(line(5), "4 tasks: 1 running, 1 ready, 2 waiting");
	ck_assert_uint_eq(count_lines(), 6);
	cancel(last);
	cancel(outer);
	ck_assert_int_eq(aw_await(inner), -ECANCELED);
	aw_future_unref(inner);
}

LOOP_TEST(a_loop_without_tasks_has_an_empty_table)
{
	dump(loop);
	ck_assert_uint_eq(count_lines(), 2);
	ck_assert_line(0, "NAME  STATE", "WAITS FOR");
	ck_assert_str_eq(line(1), "0 tasks: 0 running, 0 ready, 0 waiting");
}

LOOP_TEST(the_tasks_of_a_loop_that_does_not_run_are_shown_too)
{
	aw_task *task = aw_loop_create_task(loop, sleep_long, NULL, "early");

	dump(loop);
	ck_assert_line(1, "early  ready  ", "");
	ck_assert_str_eq(line(2), "1 task: 0 running, 1 ready, 0 waiting");
	aw_cancel(task);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), -ECANCELED);
	aw_future_unref(task);
}

TASK_TEST(a_cancellation_under_way_is_shown)
{
	aw_task *task = spawn_named(sleep_long, NULL, "victim");

	turns(1);
	aw_cancel(task);
	dump(NULL);
	ck_assert_line(2, "victim  ready  ", "- (cancelling)");
	ck_assert_int_eq(join(task), -ECANCELED);
}

TASK_TEST(control_characters_in_names_are_escaped)
{
	aw_task *inner = spawn_named(sleep_long, NULL,
	    "a\n\t\r\x1b[2J\x7f\\");
	aw_task *outer = spawn_named(await_it, inner, "outer");

	turns(1);
	dump(NULL);
	ck_assert_line(2, "a\\n\\t\\r\\x1b[2J\\x7f\\\\  waiting", "");
	ck_assert_line(3, "outer                 waiting  ",
	    "task 'a\\n\\t\\r\\x1b[2J\\x7f\\\\'");
	ck_assert_uint_eq(count_lines(), 5);
	cancel(inner);
	ck_assert_int_eq(join(outer), -ECANCELED);
}

TASK_TEST(letters_of_other_alphabets_stay_and_count_as_one)
{
	aw_task *task = spawn_named(sleep_long, NULL, "Größe €😀");

	dump(NULL);
	ck_assert_line(1, "main      running", "");
	ck_assert_line(2, "Größe €😀  ready", "");
	cancel(task);
}

TASK_TEST(what_is_no_utf_8_is_escaped)
{
	aw_task *task = spawn_named(sleep_long, NULL,
	    "\xff|\xc3(|\xe2\x82|\xc2\x9b|\xc0\xaf|\x80");

	dump(NULL);
	ck_assert_line(2, "\\xff|\\xc3(|\\xe2\\x82|\\xc2\\x9b|\\xc0\\xaf|\\x80"
	    "", "");
	cancel(task);
}

TASK_TEST(a_long_name_stands_whole_on_a_line_of_its_own)
{
	const char *name = "a name that is a good deal longer than its column "
	    "would be for the others";
	aw_task *task = spawn_named(sleep_long, NULL, name);

	turns(1);
	dump(NULL);
	ck_assert_line(1, "main  running", "");
	ck_assert_str_eq(line(2), name);
	ck_assert_line(3, "      waiting", "a time to pass");
	cancel(task);
}

TASK_TEST(the_time_since_is_shown)
{
	aw_task *task = spawn_named(sleep_long, NULL, "t");
	const char *at;
	double waited;

	turns(1);
	ck_assert_int_eq(aw_sleep(0.05), 0);
	dump(NULL);
	at = strstr(line(2), "waiting") + strlen("waiting");
	waited = strtod(at, NULL);
	if (strstr(at, " ms") == NULL)
		waited *= 1000;
	ck_assert_double_ge(waited, 50);
	ck_assert_double_lt(waited, 30000);
	cancel(task);
}

TASK_TEST(the_error_of_the_stream_comes_back)
{
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(aw_dump_tasks(NULL, full), -ENOSPC);
	fclose(full);
	ck_assert_int_eq(aw_dump_tasks(NULL, NULL), -EINVAL);
}

START_TEST(there_has_to_be_a_loop)
{
	ck_assert_int_eq(aw_dump_tasks(NULL, stdout), -EINVAL);
}
END_TEST

/* ------------------------------------------------------------------ many */

#define MANY 100000

TASK_TEST(a_hundred_thousand_tasks_fit)
{
	static aw_task *tasks[MANY];
	/* Where stacks are few or slow. */
	size_t i, many = aw_sanitizer_knows_stacks() ? 1000 : MANY;
	char total[80];

	for (i = 0; i < many; i++)
		tasks[i] = spawn(sleep_long, NULL);
	turns(1);
	dump(NULL);
	ck_assert_uint_eq(count_lines(), many + 3);
	snprintf(total, sizeof(total),
	    "%zu tasks: 1 running, 0 ready, %zu waiting", many + 1, many);
	ck_assert_str_eq(line((unsigned)many + 2), total);
	for (i = 0; i < many; i++)
		aw_cancel(tasks[i]);
	for (i = 0; i < many; i++)
		ck_assert_int_eq(join(tasks[i]), -ECANCELED);
}

/* ---------------------------------------------------------------- signals */

static int
wait_for_signal(void *arg)
{
	aw_loop *loop = aw_get_running_loop();
	int signal = *(int *)arg;

	if (aw_loop_dump_tasks_on_signal(loop, signal) < 0)
		return -1;
	kill(getpid(), signal);
	if (aw_sleep(0.05) < 0)
		return -1;
	kill(getpid(), signal);
	if (aw_sleep(0.05) < 0)
		return -1;
	return aw_loop_remove_signal_handler(loop, signal) ? 0 : -1;
}

static void
run_until_signal(void)
{
	int signal = SIGUSR1;

	if (aw_run(wait_for_signal, &signal) != 0)
		_exit(1);
}

START_TEST(a_signal_writes_the_table_to_standard_error_each_time)
{
	char said[1024], *second;
	int status = in_child(run_until_signal, said, sizeof(said));

	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s",
	    said);
	ck_assert(begins_with(said, "NAME"));
	ck_assert_ptr_nonnull(strstr(said, "a time to pass\n1 task: "));
	second = strstr(said + 1, "NAME");
	ck_assert_ptr_nonnull(second);
	ck_assert_ptr_null(strstr(second + 1, "NAME"));
}
END_TEST

LOOP_TEST(a_signal_that_can_t_be_caught_is_refused)
{
	ck_assert_int_eq(aw_loop_dump_tasks_on_signal(loop, SIGKILL), -EINVAL);
}

int
main(void)
{
	const TTest *const tests[] = {
		each_task_has_a_line_in_order_of_creation,
		a_loop_without_tasks_has_an_empty_table,
		the_tasks_of_a_loop_that_does_not_run_are_shown_too,
		a_cancellation_under_way_is_shown,
		control_characters_in_names_are_escaped,
		letters_of_other_alphabets_stay_and_count_as_one,
		what_is_no_utf_8_is_escaped,
		a_long_name_stands_whole_on_a_line_of_its_own,
		the_time_since_is_shown,
		the_error_of_the_stream_comes_back,
		there_has_to_be_a_loop,
		a_hundred_thousand_tasks_fit,
		a_signal_writes_the_table_to_standard_error_each_time,
		a_signal_that_can_t_be_caught_is_refused,
	};
	int status = UNIT_RUN("dump", tests);

	free(text);
	return status;
}
