/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/observed.h"

#include "await/fail.h"
#include "common/monotonic.h"
#include "looks.h"
#include "unit.h"

#include <errno.h>
#include <unistd.h>

static struct look look;

static void
look_again(void)
{
	look_begin(&look, &looks_observed, &looks_files);
}

START_TEST(what_is_seen)
{
	looks_make();
	look_again();
	ck_assert_uint_eq(look.listeners->count, 2);
	ck_assert_str_eq(look.listeners->items[0].addresses,
	    "127.0.0.1:7, [::1]:7");
	ck_assert_str_eq(look.listeners->items[1].addresses, "");
	ck_assert_ptr_eq(look.listeners->items[0].tls, &looks_tls);
	ck_assert_ptr_null(look.listeners->items[1].tls);
	ck_assert_uint_eq(look_sum(&look).open, 8);
	ck_assert_uint_eq(look_sum(&look).total, 30);
	ck_assert(look.now >= looks_observed.started);
	look_end(&look);
	looks_clear();
}
END_TEST

START_TEST(a_look_keeps_what_it_saw)
{
	const struct listeners none = { NULL, 0, 2 };

	looks_make();
	look_again();
	tally_subtract(&looks_items[1].traffic->lanes[0].open, 1);
	ck_assert_int_eq(observed_show(&looks_observed, &none), 0);
	ck_assert_uint_eq(look.listeners->count, 2);
	look_end(&look);
	/* The first one still has connections. */
	look_again();
	ck_assert_uint_eq(look.listeners->count, 1);
	ck_assert_str_eq(look.listeners->items[0].traffic->name, "main");
	ck_assert_str_eq(look.listeners->items[0].addresses, "");
	look_end(&look);
	/* It is there once, when it comes again. */
	ck_assert_int_eq(observed_show(&looks_observed, &looks_listeners), 0);
	look_again();
	ck_assert_uint_eq(look.listeners->count, 2);
	look_end(&look);
	looks_clear();
}
END_TEST

START_TEST(ready_by_phase)
{
	char text[256];

	looks_make();
	for (int phase = 0; phase < PHASES; phase++) {
		bool serving = phase == PHASE_SERVING;

		phase_set((enum phase)phase);
		look_again();
		strcpy(text, phase_name((enum phase)phase));
		ck_assert_int_eq(look_is_ready(&look, text, sizeof(text)),
		    serving);
		ck_assert_str_eq(text, phase_name((enum phase)phase));
		ck_assert(look_is_alive(&look, text, sizeof(text)));
		look_end(&look);
	}
	looks_clear();
}
END_TEST

START_TEST(not_ready_when_full)
{
	char text[256] = "";

	looks_make();
	look_again();
	look.limits.max_connections = 10;
	look.limits.connections = 9;
	ck_assert(look_is_ready(&look, text, sizeof(text)));
	look.limits.connections = 10;
	ck_assert(!look_is_ready(&look, text, sizeof(text)));
	ck_assert_str_eq(text, "full: 10 connections of 10");
	ck_assert(look_is_alive(&look, text, sizeof(text)));
	look_end(&look);
	looks_clear();
}
END_TEST

/* A worker, and the main loop, which a single worker has too. */
START_TEST(a_loop_that_stands)
{
	const int64_t since = monotonic_nanoseconds() - 7 * PULSE_SECOND;
	char text[256] = "";

	looks_make();
	look_again();
	atomic_store(&looks_workers[1].asked, since);
	ck_assert(look_standing(&look, 1) >= 7);
	ck_assert(!(look_standing(&look, 0) > 0));
	ck_assert(!look_is_alive(&look, text, sizeof(text)));
	ck_assert_msg(strstr(text, "\"worker 1\" has not turned for 7.") !=
	    NULL, "%s", text);
	ck_assert(!look_is_ready(&look, text, sizeof(text)));
	atomic_store(&looks_workers[1].asked, 0);
	ck_assert(look_is_alive(&look, text, sizeof(text)));
	atomic_store(&looks_pulse.due, since);
	ck_assert(!look_is_alive(&look, text, sizeof(text)));
	ck_assert_msg(strstr(text, "\"main\"") != NULL, "%s", text);
	looks_workers[0].alone = true;
	ck_assert(!look_is_alive(&look, text, sizeof(text)));
	ck_assert_msg(strstr(text, "\"worker 0\"") != NULL, "%s", text);
	look_end(&look);
	looks_clear();
}
END_TEST

START_TEST(without_memory_all_stays)
{
	struct observed_listeners *before;
	unsigned n = 1;
	int err;

	looks_make();
	do {
		before = looks_observed.listeners;
		fail_at(n++, false);
		err = observed_show(&looks_observed, &looks_listeners);
		if (err < 0) {
			ck_assert_int_eq(err, -ENOMEM);
			ck_assert_ptr_eq(looks_observed.listeners, before);
		}
	} while (fail_stop());
	ck_assert_int_eq(err, 0);
	ck_assert_uint_gt(n, 3);
	looks_clear();
}
END_TEST

START_TEST(what_the_process_takes)
{
	struct usage usage;
	int more[3];

	looks_make();
	usage_get(&looks_files, &usage);
	ck_assert(usage.cpu > 0 && usage.cpu < 3600);
	ck_assert(usage.resident > 100000);
	ck_assert(usage.virtual >= usage.resident);
	ck_assert(usage.max_fds >= usage.open_fds);
	ck_assert(usage.anonymous > 0 && usage.anonymous <= usage.resident);
	for (size_t i = 0; i < 3; i++)
		more[i] = dup(STDERR_FILENO);
	look_again();
	ck_assert_msg(look.usage.open_fds - usage.open_fds > 2.5 &&
	    look.usage.open_fds - usage.open_fds < 3.5, "%g, then %g",
	    usage.open_fds, look.usage.open_fds);
	look_end(&look);
	for (size_t i = 0; i < 3; i++)
		close(more[i]);
	looks_clear();
}
END_TEST

START_TEST(what_is_out_of_reach_is_not_known)
{
	struct usage_files files = { .memory = -1, .descriptors = -1 };
	struct usage usage;

	usage_get(&files, &usage);
	ck_assert(usage.resident != usage.resident);
	ck_assert(usage.open_fds != usage.open_fds);
	usage_close(&files);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_is_seen, a_look_keeps_what_it_saw,
	    ready_by_phase, not_ready_when_full, a_loop_that_stands,
	    without_memory_all_stays, what_the_process_takes,
	    what_is_out_of_reach_is_not_known };

	fail_init();
	return UNIT_RUN("observed", tests);
}
