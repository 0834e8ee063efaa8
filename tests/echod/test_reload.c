/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a reload tells the service manager; what it does is tested with workers,
 * in tests/programs/test_reload.py.
 */
#include "echod/reload.h"

#include "echod/notify.h"
#include "fixture.h"
#include "manager.h"
#include "unit.h"

#include <errno.h>

static struct worker worker;
static struct arguments arguments;
static struct reload reload;
static unsigned done;
static int manager;

static void
on_done(void *arg)
{
	ck_assert_ptr_eq(arg, &done);
	done++;
}

/* One of a worker that does not run, so the test answers for it. */
static void
begin(void)
{
	static const char *texts[] = { "127.0.0.1:0" };

	folder_make();
	fixture_capture_log();
	manager = manager_start();
	arguments.listen.texts = texts;
	arguments.listen.count = 1;
	reload = (struct reload){
		.arguments = &arguments,
		.workers = &worker,
		.worker_count = 1,
		.generation = generation_new(fixture_settings(texts, 1), 1,
		    NULL),
		.done = on_done,
		.arg = &done,
	};
	ck_assert_ptr_nonnull(reload.generation);
	reload_begin(&reload);
	ck_assert_ptr_nonnull(reload.next);
	reload.awaited = 1;
}

static void
end(void)
{
	ck_assert_ptr_null(reload.next);
	ck_assert_uint_eq(done, 1);
	reload_close(&reload);
	close(manager);
	folder_remove();
}

static void
expect_told(const char *expected)
{
#ifdef HAVE_LIBSYSTEMD
	const char *text = manager_was_told(manager);

	ck_assert_msg(strncmp(text, expected, strlen(expected)) == 0 &&
	    (expected[0] != '\0' || text[0] == '\0'),
	    "'%s', expected '%s'", text, expected);
#else
	(void)expected;
#endif
}

START_TEST(a_reload_that_fails_ends_by_ready)
{
	begin();
	expect_told("RELOADING=1\n");
	reload_prepared(&reload, -ENOMEM);
	expect_told("READY=1");
	expect_told("");
	end();
}
END_TEST

/* It would be the last word that the manager has. */
START_TEST(who_stops_is_not_ready_any_more)
{
	begin();
	expect_told("RELOADING=1\n");
	notify_stopping();
	reload_stop(&reload);
	reload_prepared(&reload, 0);
	expect_told("STOPPING=1\n");
	expect_told("");
	end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_reload_that_fails_ends_by_ready,
		who_stops_is_not_ready_any_more,
	};

	return UNIT_RUN_FORKED("reload", tests);
}
