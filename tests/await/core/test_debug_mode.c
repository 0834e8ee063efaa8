/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>
#include <unistd.h>

#include "core/core.h"

#define SLOW 0.02
#define NOT_SLOW 1000

/* ---------------------------------------------------------- switching it on */

static bool
new_loop_has_debug(const aw_loop_options *options)
{
	aw_loop *loop = aw_loop_new(options);
	bool on = aw_loop_get_debug(loop);

	ck_assert_int_eq(aw_loop_close(loop), 0);
	return on;
}

LOOP_TEST(it_is_off_until_it_is_set)
{
	ck_assert(!aw_loop_get_debug(loop));
	aw_loop_set_debug(loop, true);
	ck_assert(aw_loop_get_debug(loop));
	aw_loop_set_debug(loop, false);
	ck_assert(!aw_loop_get_debug(loop));
}

START_TEST(an_option_sets_it)
{
	aw_loop_options options = { .debug = true };

	ck_assert(new_loop_has_debug(&options));
	options.debug = false;
	ck_assert(!new_loop_has_debug(&options));
}
END_TEST

START_TEST(the_environment_sets_it)
{
	setenv("AWAIT_DEBUG", "1", 1);
	ck_assert(new_loop_has_debug(NULL));
	setenv("AWAIT_DEBUG", "yes", 1);
	ck_assert(new_loop_has_debug(NULL));
	setenv("AWAIT_DEBUG", "0", 1);
	ck_assert(!new_loop_has_debug(NULL));
	setenv("AWAIT_DEBUG", "", 1);
	ck_assert(!new_loop_has_debug(NULL));
	unsetenv("AWAIT_DEBUG");
	ck_assert(!new_loop_has_debug(NULL));
}
END_TEST

static int
has_debug(void *arg)
{
	(void)arg;
	return aw_loop_get_debug(aw_get_running_loop());
}

START_TEST(a_run_takes_it_from_its_options)
{
	aw_loop_options options = { .debug = true };

	ck_assert_int_eq(aw_run_with(has_debug, NULL, &options), 1);
	ck_assert_int_eq(aw_run_with(has_debug, NULL, NULL), 0);
	ck_assert_int_eq(aw_run(has_debug, NULL), 0);
}
END_TEST

/* ---------------------------------------------------------- what takes long */

static void
block(void *seconds)
{
	usleep((useconds_t)(*(double *)seconds * 1e6));
}

static double slow = SLOW;

/*
 * The longest that was reported of callbacks, or of one task.  On a machine
 * that has other things to do, any step may take long.
 */
struct longest {
	const char *name; /* NULL: of callbacks */
	double duration;
	bool in_task;
};

static void
keep_longest(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	struct longest *longest = arg;
	const char *name = longest->name;

	(void)loop;
	ck_assert_int_eq(context->error, 0);
	ck_assert_str_eq(context->message, context->name != NULL ?
	    "a step of a task took long" : "a callback took long");
	ck_assert((context->future != NULL) == (context->name != NULL));
	if (name != NULL ? context->name == NULL ||
	    strcmp(context->name, name) != 0 : context->name != NULL)
		return;
	longest->in_task = aw_current_task() != NULL;
	if (context->duration > longest->duration)
		longest->duration = context->duration;
}

static void
run_callback(aw_loop *loop, double *seconds)
{
	aw_loop_call_soon(loop, block, seconds);
	stop_after(loop, 1);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
}

LOOP_TEST(a_slow_callback_is_reported_with_its_duration)
{
	struct longest longest = { .name = NULL };

	aw_loop_set_exception_handler(loop, keep_longest, &longest);
	aw_loop_set_debug(loop, true);
	aw_loop_set_slow_callback_duration(loop, SLOW / 2);
	run_callback(loop, &slow);
	ck_assert_double_ge(longest.duration, SLOW);
}

LOOP_TEST(what_is_slow_is_a_tenth_of_a_second_at_first)
{
	struct longest longest = { .name = NULL };
	double tenth = 0.1;

	aw_loop_set_exception_handler(loop, keep_longest, &longest);
	aw_loop_set_debug(loop, true);
	run_callback(loop, &tenth);
	ck_assert_double_ge(longest.duration, tenth);
}

LOOP_TEST(what_is_not_slow_is_not_reported)
{
	aw_loop_set_debug(loop, true);
	aw_loop_set_slow_callback_duration(loop, NOT_SLOW);
	run_callback(loop, &slow);
	ck_assert_uint_eq(take_reports().count, 0);
}

LOOP_TEST(without_debug_mode_nothing_is_slow)
{
	aw_loop_set_slow_callback_duration(loop, 0);
	run_callback(loop, &slow);
	ck_assert_uint_eq(take_reports().count, 0);
}

static int
wait_and_block(void *arg)
{
	ck_assert_int_eq(aw_sleep(0), 0);
	block(arg);
	return aw_sleep(0.001);
}

LOOP_TEST(a_slow_step_of_a_task_is_reported_with_its_name)
{
	struct longest longest = { .name = "slow one" };
	aw_task *task = aw_loop_create_task(loop, wait_and_block, &slow,
	    "slow one");

	aw_loop_set_exception_handler(loop, keep_longest, &longest);
	aw_loop_set_debug(loop, true);
	aw_loop_set_slow_callback_duration(loop, SLOW / 2);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	ck_assert_double_ge(longest.duration, SLOW);
	ck_assert(!longest.in_task);
}

static int
sleep_for(void *delay)
{
	return aw_sleep(*(double *)delay);
}

LOOP_TEST(to_wait_long_is_not_to_work_long)
{
	double delay = 0.15;
	aw_task *task = aw_loop_create_task(loop, sleep_for, &delay, NULL);

	aw_loop_set_debug(loop, true);
	ck_assert_int_eq(aw_loop_run_until_complete(loop, task), 0);
	aw_future_unref(task);
	ck_assert_uint_eq(take_reports().count, 0);
}

static int
block_and_end(void *arg)
{
	block(arg);
	return 3;
}

LOOP_TEST(the_last_step_of_a_task_is_one_too)
{
	struct longest longest = { .name = "slow one" };

	aw_loop_set_exception_handler(loop, keep_longest, &longest);
	aw_loop_set_debug(loop, true);
	aw_loop_set_slow_callback_duration(loop, SLOW / 2);
	/* Nobody but the loop has it then. */
	aw_future_unref(aw_loop_create_task(loop, block_and_end, &slow,
	    "slow one"));
	stop_after(loop, 2);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert_double_ge(longest.duration, SLOW);
}

static void
report_slow_one(void)
{
	aw_loop_options options = { .debug = true };
	aw_loop *loop = aw_loop_new(&options);

	aw_loop_set_slow_callback_duration(loop, SLOW / 2);
	aw_future_unref(aw_loop_create_task(loop, block_and_end, &slow,
	    "slow one"));
	aw_loop_stop(loop);
	aw_loop_run_forever(loop);
	aw_loop_close(loop);
}

START_TEST(without_a_handler_the_line_has_the_seconds)
{
	static const char start[] =
	    "await: a step of a task took long: task 'slow one': 0.";
	char text[1000], *rest;
	double fraction;

	ck_assert_int_eq(in_child(report_slow_one, text, sizeof(text)), 0);
	ck_assert_msg(strncmp(text, start, strlen(start)) == 0, "%s", text);
	fraction = strtod(text + strlen(start) - 2, &rest);
	ck_assert_double_ge(fraction, SLOW);
	ck_assert_str_eq(rest, " s\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_is_off_until_it_is_set,
		an_option_sets_it,
		the_environment_sets_it,
		a_run_takes_it_from_its_options,
		a_slow_callback_is_reported_with_its_duration,
		what_is_slow_is_a_tenth_of_a_second_at_first,
		what_is_not_slow_is_not_reported,
		without_debug_mode_nothing_is_slow,
		a_slow_step_of_a_task_is_reported_with_its_name,
		to_wait_long_is_not_to_work_long,
		the_last_step_of_a_task_is_one_too,
		without_a_handler_the_line_has_the_seconds,
	};

	return UNIT_RUN("debug_mode", tests);
}
