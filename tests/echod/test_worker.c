/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/worker.h"

#include "unit.h"
#include "fixture.h"

#include <errno.h>
#include <unistd.h>

static struct generation *generation;
static struct worker worker;
static aw_future *started, *ended;
/* Each test is run with a thread, and without. */
static bool alone;

static void
on_started(struct worker *which, int error, void *arg)
{
	ck_assert_ptr_eq(which, &worker);
	ck_assert_ptr_eq(arg, &started);
	aw_future_set_result(started, error == 0 ? 0 : -error);
}

static void
on_ended(struct worker *which, void *arg)
{
	ck_assert_ptr_eq(which, &worker);
	(void)arg;
	aw_future_set_result(ended, 0);
}

static void
prepare(const char *address)
{
	struct settings *settings = fixture_settings(&address, 1);

	((struct global_settings *)settings->global)->drain_timeout = 0.2;
	generation = generation_new(settings, 1, NULL);
	ck_assert_ptr_nonnull(generation);
	worker.alone = alone;
	worker.generation = generation;
	worker.main_loop = aw_get_running_loop();
	worker.limits = limits_new();
	worker.events.started = on_started;
	worker.events.ended = on_ended;
	worker.events.arg = &started;
	started = aw_loop_create_future(worker.main_loop);
	ended = aw_loop_create_future(worker.main_loop);
}

static void
start(const char *address)
{
	prepare(address);
	ck_assert_int_eq(worker_start(&worker), 0);
}

static void
finish(void)
{
	ck_assert_int_eq(aw_await(ended), 0);
	worker_join(&worker);
	aw_future_unref(started);
	aw_future_unref(ended);
	limits_free(worker.limits);
	generation_close(generation);
	generation_unref(generation);
}

static void
connect_client(aw_reader **reader, aw_writer **writer)
{
	const char *text =
	    generation->listeners.items[0].addresses[0]->text;

	ck_assert_int_eq(aw_open_connection("127.0.0.1",
	    (uint16_t)atoi(strrchr(text, ':') + 1), NULL, reader, writer), 0);
}

static int
run_life(void *arg)
{
	aw_reader *reader;
	aw_writer *writer;
	char byte;

	(void)arg;
	start("127.0.0.1:0");
	ck_assert_int_eq(aw_await(started), 0);
	ck_assert(worker.running);
	connect_client(&reader, &writer);
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	worker_stop(&worker);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	aw_writer_free(writer);
	finish();
	ck_assert(!worker.running);
	return 0;
}

START_TEST(life)
{
	alone = _i == 1;
	ck_assert_int_eq(aw_run(run_life, NULL), 0);
}
END_TEST

static int
run_stop_early(void *arg)
{
	(void)arg;
	start("127.0.0.1:0");
	worker_stop(&worker);
	finish();
	return 0;
}

START_TEST(stopped_before_it_has_started)
{
	alone = _i == 1;
	ck_assert_int_eq(aw_run(run_stop_early, NULL), 0);
}
END_TEST

/* More than all buffers between the two hold. */
static void
stuff(aw_writer *writer)
{
	static char data[1 << 20];

	for (int i = 0; i < 32; i++)
		aw_writer_write(writer, data, sizeof(data));
}

static int
run_deadline(void *arg)
{
	aw_reader *reader;
	aw_writer *writer;

	(void)arg;
	start("127.0.0.1:0");
	ck_assert_int_eq(aw_await(started), 0);
	connect_client(&reader, &writer);
	stuff(writer);
	ck_assert_int_eq(aw_sleep(0.2), 0);
	worker_stop(&worker);
	finish();
	aw_writer_free(writer);
	return 0;
}

START_TEST(deadline)
{
	alone = _i == 1;
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_deadline, NULL), 0);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "warning: worker 0: "
	    "connections dropped: 1; drain_timeout has passed\n"));
}
END_TEST

static int
run_abort(void *arg)
{
	aw_reader *reader;
	aw_writer *writer;

	(void)arg;
	start("127.0.0.1:0");
	((struct global_settings *)generation->settings->global)->
	    drain_timeout = 3600;
	ck_assert_int_eq(aw_await(started), 0);
	connect_client(&reader, &writer);
	stuff(writer);
	ck_assert_int_eq(aw_sleep(0.2), 0);
	worker_stop(&worker);
	worker_abort(&worker);
	finish();
	aw_writer_free(writer);
	return 0;
}

START_TEST(abort_drops_connections)
{
	alone = _i == 1;
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_abort, NULL), 0);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "warning: worker 0: "
	    "connections dropped: 1; a second signal came\n"));
}
END_TEST

static int
run_failure(void *arg)
{
	int *fd;

	(void)arg;
	prepare("127.0.0.1:0");
	fd = &generation->listeners.items[0].addresses[0]->fds[0];
	close(*fd);
	/* Nothing that could be waited for. */
	*fd = memfd_create("x", 0);
	ck_assert_int_eq(worker_start(&worker), 0);
	ck_assert_int_eq(aw_await(started), EPERM);
	ck_assert(!worker.running);
	worker_stop(&worker);
	worker_abort(&worker);
	finish();
	return 0;
}

START_TEST(failed_start)
{
	alone = _i == 1;
	ck_assert_int_eq(aw_run(run_failure, NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { life, stopped_before_it_has_started,
	    deadline, abort_drops_connections, failed_start };

	return UNIT_RUN_EACH_FORKED("worker", tests, 2);
}
