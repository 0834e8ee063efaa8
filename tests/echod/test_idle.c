/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/idle.h"

#include "await/fail.h"
#include "unit.h"
#include "fixture.h"

#include <errno.h>
#include <string.h>

#define TIMEOUT 0.08

static struct idle idle;
static struct idle_list list;
static struct connection {
	struct idle_watch watch; /* first, so that it is the same address */
	uint64_t bytes;
	unsigned told;
	unsigned spared;         /* times that it says it is not idle */
	double when;
} connections[100];

static bool
on_idle(struct idle_watch *watch)
{
	struct connection *connection = (struct connection *)watch;

	connection->when = aw_loop_time(aw_get_running_loop());
	connection->told++;
	return connection->spared-- == 0;
}

static void
begin(double timeout)
{
	memset(connections, 0, sizeof(connections));
	memset(&list, 0, sizeof(list));
	idle_init(&idle);
	ck_assert_int_eq(idle_list_init(&list, &idle, aw_get_running_loop(),
	    timeout), 0);
}

static void
watch(struct connection *connection)
{
	connection->watch.bytes = &connection->bytes;
	connection->watch.idle = on_idle;
	idle_begin(&list, &connection->watch);
}

static void
end(void)
{
	idle_list_end(&list);
	idle_end(&idle);
}

LOOP_TEST(who_is_silent_is_told_once)
{
	double before = aw_loop_time(aw_get_running_loop());

	begin(TIMEOUT);
	watch(&connections[0]);
	watch(&connections[1]);
	while (connections[1].told == 0)
		ck_assert_int_eq(aw_sleep(0.005), 0);
	ck_assert_double_ge(connections[0].when - before, TIMEOUT * 0.99);
	ck_assert_double_ge(connections[1].when - before, TIMEOUT * 0.99);
	ck_assert_int_eq(aw_sleep(TIMEOUT * 2), 0);
	ck_assert_uint_eq(connections[0].told, 1);
	ck_assert_uint_eq(connections[1].told, 1);
	end();
}

LOOP_TEST(bytes_put_it_off)
{
	double last = 0;

	begin(TIMEOUT);
	watch(&connections[0]);
	for (int i = 0; i < 20 && connections[0].told == 0; i++) {
		connections[0].bytes++;
		last = aw_loop_time(aw_get_running_loop());
		ck_assert_int_eq(aw_sleep(TIMEOUT / 10), 0);
	}
	while (connections[0].told == 0)
		ck_assert_int_eq(aw_sleep(0.005), 0);
	/* What came between two looks is of the time of the second. */
	ck_assert_double_ge(connections[0].when - last, TIMEOUT * 0.99);
	end();
}

LOOP_TEST(one_that_says_it_is_not_idle_has_its_time_again)
{
	begin(TIMEOUT);
	connections[0].spared = 2;
	watch(&connections[0]);
	while (connections[0].told < 3)
		ck_assert_int_eq(aw_sleep(0.005), 0);
	ck_assert_int_eq(aw_sleep(TIMEOUT * 2), 0);
	ck_assert_uint_eq(connections[0].told, 3);
	end();
}

LOOP_TEST(one_that_has_ended_is_not_told)
{
	begin(TIMEOUT);
	for (int i = 0; i < 100; i++)
		watch(&connections[i]);
	for (int i = 0; i < 100; i += 2)
		idle_stop(&list, &connections[i].watch);
	idle_stop(&list, &connections[0].watch);
	while (connections[99].told == 0)
		ck_assert_int_eq(aw_sleep(0.005), 0);
	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(connections[i].told, i % 2);
	end();
}

LOOP_TEST(never_needs_no_timer)
{
	begin(0);
	watch(&connections[0]);
	ck_assert_uint_eq(connections[0].watch.due, 0);
	idle_stop(&list, &connections[0].watch);
	ck_assert_ptr_null(idle.task);
	ck_assert_int_eq(idle.timer, -1);
	end();
}

LOOP_TEST(two_lists_have_a_timer_in_common)
{
	struct idle_list other = { .idle = NULL };

	begin(1000);
	ck_assert_int_eq(idle_list_init(&other, &idle, aw_get_running_loop(),
	    TIMEOUT), 0);
	watch(&connections[0]);
	connections[1].watch.bytes = &connections[1].bytes;
	connections[1].watch.idle = on_idle;
	idle_begin(&other, &connections[1].watch);
	while (connections[1].told == 0)
		ck_assert_int_eq(aw_sleep(0.005), 0);
	ck_assert_uint_eq(connections[0].told, 0);
	idle_stop(&list, &connections[0].watch);
	idle_list_end(&other);
	end();
}

LOOP_TEST(a_shortage_does_not_end_it)
{
	begin(TIMEOUT);
	fail_call("epoll_ctl", 1, 1, ENOMEM);
	watch(&connections[0]);
	while (connections[0].told == 0)
		ck_assert_int_eq(aw_sleep(0.005), 0);
	ck_assert(fail_stop());
	end();
}

static int
run_failures(void *arg)
{
	int err = 0;

	(void)arg;
	for (unsigned n = 1; err < 0 || n == 1; n++) {
		memset(&list, 0, sizeof(list));
		idle_init(&idle);
		fail_at(n, false);
		err = idle_list_init(&list, &idle, aw_get_running_loop(), 1);
		if (!fail_stop())
			ck_assert_int_eq(err, 0);
		else
			ck_assert_ptr_eq(idle.task, NULL);
		end();
	}
	return 0;
}

START_TEST(what_runs_out_is_the_error)
{
	ck_assert_int_eq(aw_run(run_failures, NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		who_is_silent_is_told_once,
		bytes_put_it_off,
		one_that_says_it_is_not_idle_has_its_time_again,
		one_that_has_ended_is_not_told,
		never_needs_no_timer,
		two_lists_have_a_timer_in_common,
		a_shortage_does_not_end_it,
		what_runs_out_is_the_error,
	};

	fail_init();
	return UNIT_RUN("idle", tests);
}
