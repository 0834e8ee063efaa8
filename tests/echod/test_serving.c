/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* A worker's servers through generations, and with calls that fail. */
#include "echod/serving.h"

#include "../common/folder.h"
#include "await/fail.h"
#include "entries.h"
#include "unit.h"
#include "fixture.h"

#include <errno.h>

static struct connections connections;
static struct shortage shortage;
static struct serving serving;
static struct limits *limits;
static struct generation *generation, *next;

static struct settings *
read_settings(const char *text)
{
	struct arguments arguments = { .config = "f" };
	struct settings *settings;

	folder_make();
	folder_write("f", text);
	settings = config_load(&arguments, fixture_report, NULL);
	folder_remove();
	ck_assert_ptr_nonnull(settings);
	return settings;
}

static void
make_next(const char *text)
{
	next = generation_new(read_settings(text), 1, generation);
	ck_assert_ptr_nonnull(next);
}

static void
close_generation(struct generation *which)
{
	generation_close(which);
	generation_unref(which);
}

static void
start(const char *text)
{
	fixture_capture_log();
	memset(&serving, 0, sizeof(serving));
	serving.loop = shortage.loop = aw_get_running_loop();
	serving.connections = &connections;
	serving.shortage = &shortage;
	serving.limits = limits = limits_new();
	ck_assert_ptr_nonnull(limits);
	serving_init(&serving);
	generation = NULL;
	make_next(text);
	generation = next;
	ck_assert_int_eq(serving_prepare(&serving, generation), 0);
	serving_commit(&serving);
}

static int
connect_to(const struct generation *which, size_t listener,
    aw_reader **reader, aw_writer **writer)
{
	const char *text = which->listeners.items[listener].addresses[0]->text;

	return aw_open_connection("127.0.0.1",
	    (uint16_t)atoi(strrchr(text, ':') + 1), NULL, reader, writer);
}

/* Whether what listens there echoes. */
static int
ask(const struct generation *which, size_t listener)
{
	aw_reader *reader;
	aw_writer *writer;
	char byte = '?';
	int err;

	err = connect_to(which, listener, &reader, &writer);
	if (err < 0)
		return err;
	aw_writer_write(writer, "x", 1);
	err = (int)aw_reader_read(reader, &byte, 1);
	aw_writer_free(writer);
	return err == 1 && byte == 'x' ? 0 : -EIO;
}

static void
finish(void)
{
	serving_close(&serving);
	ck_assert_int_eq(serving_wait(&serving), 0);
	ck_assert_uint_eq(serving_connection_count(&serving), 0);
	serving_end(&serving);
	serving_free(&serving);
	limits_free(limits);
	shortage_clear(&shortage);
	close_generation(generation);
}

static int
run_commit(void *arg)
{
	struct server *before;

	(void)arg;
	start("listener a { listen = 127.0.0.1:0 }\n"
	    "listener b { listen = 127.0.0.1:0 }\n");
	ck_assert_int_eq(ask(generation, 0), 0);
	before = TAILQ_FIRST(&serving.current);
	make_next("listener a { listen = 127.0.0.1:0 }\n"
	    "listener c { listen = 127.0.0.1:0 }\n");
	ck_assert(next->listeners.items[0].unchanged);
	ck_assert(!next->listeners.items[1].unchanged);
	ck_assert_int_eq(serving_prepare(&serving, next), 0);
	/* Both serve. */
	ck_assert_int_eq(ask(generation, 1), 0);
	ck_assert_int_eq(ask(next, 1), 0);
	close_generation(generation);
	generation = next;
	serving_commit(&serving);
	ck_assert_int_eq(ask(generation, 0), 0);
	ck_assert_int_eq(ask(generation, 1), 0);
	ck_assert_ptr_eq(serving.generation, generation);
	/* The listener that stayed has the same one. */
	ck_assert_ptr_eq(TAILQ_FIRST(&serving.current), before);
	finish();
	return 0;
}

START_TEST(what_changed_gets_a_new_server)
{
	ck_assert_int_eq(aw_run(run_commit, NULL), 0);
}
END_TEST

static int
run_discard(void *arg)
{
	(void)arg;
	start("listener a { listen = 127.0.0.1:0 }\n");
	make_next("listener b { listen = 127.0.0.1:0 }\n");
	ck_assert_int_eq(serving_prepare(&serving, next), 0);
	serving_discard(&serving);
	/* What comes too late does nothing. */
	serving_discard(&serving);
	serving_commit(&serving);
	ck_assert_int_eq(ask(generation, 0), 0);
	close_generation(next);
	ck_assert_ptr_eq(serving.generation, generation);
	finish();
	return 0;
}

START_TEST(what_is_discarded_leaves_the_old)
{
	ck_assert_int_eq(aw_run(run_discard, NULL), 0);
}
END_TEST

/* The connections of a server that listens no more. */
static int
run_retired(void *arg)
{
	aw_reader *reader;
	aw_writer *writer;
	char byte;

	(void)arg;
	start("listener a { listen = 127.0.0.1:0 }\n");
	ck_assert_int_eq(connect_to(generation, 0, &reader, &writer), 0);
	make_next("listener b { listen = 127.0.0.1:0 }\n");
	ck_assert_int_eq(serving_prepare(&serving, next), 0);
	close_generation(generation);
	generation = next;
	serving_commit(&serving);
	aw_writer_write(writer, "x", 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	ck_assert_uint_eq(serving_connection_count(&serving), 1);
	serving_abort_clients(&serving);
	ck_assert_int_le(aw_reader_read(reader, &byte, 1), 0);
	aw_writer_free(writer);
	finish();
	return 0;
}

START_TEST(connections_outlive_their_listener)
{
	ck_assert_int_eq(aw_run(run_retired, NULL), 0);
}
END_TEST

/* A server that can't accept is replaced: it will never say that it can. */
static int
run_shortage(void *arg)
{
	aw_reader *reader;
	aw_writer *writer;

	(void)arg;
	start("accept_pause = 1m\nlistener a { listen = 127.0.0.1:0 }\n");
	fail_call("accept4", 1, 1, EMFILE);
	ck_assert_int_eq(connect_to(generation, 0, &reader, &writer), 0);
	while (shortage.failing == 0)
		ck_assert_int_eq(aw_sleep(0), 0);
	ck_assert(fail_stop());
	make_next("listener a { listen = 127.0.0.1:0 high_water = 1M }\n");
	ck_assert_int_eq(serving_prepare(&serving, next), 0);
	close_generation(generation);
	generation = next;
	serving_commit(&serving);
	ck_assert_uint_eq(shortage.failing, 0);
	ck_assert_ptr_nonnull(shortage.quiet);
	aw_writer_free(writer);
	finish();
	ck_assert(!shortage.counted);
	return 0;
}

START_TEST(the_end_of_a_server_is_that_of_its_shortage)
{
	ck_assert_int_eq(aw_run(run_shortage, NULL), 0);
}
END_TEST

/* Whatever fails, the old goes on, and nothing is left of the new. */
static int
run_failures(void *arg)
{
	unsigned n = 0, errors = 0;
	size_t open;
	bool failed;
	int err;

	(void)arg;
	start("listener a { listen = 127.0.0.1:0 }\n");
	make_next("listener a { listen = 127.0.0.1:0 high_water = 1M }\n"
	    "listener b { listen = { 127.0.0.1:0, 127.0.0.1:0 } }\n");
	open = count_descriptors();
	do {
		fail_at(++n, false);
		err = serving_prepare(&serving, next);
		failed = fail_stop();
		ck_assert_msg(err == 0 || failed, "call %u: %d", n, err);
		/* Some it can do without. */
		if (err == 0)
			serving_discard(&serving);
		errors += err < 0;
		ck_assert_uint_eq(count_descriptors(), open);
	} while (failed);
	ck_assert_uint_gt(errors, 5);
	ck_assert_int_eq(ask(generation, 0), 0);
	close_generation(next);
	finish();
	return 0;
}

START_TEST(calls_that_fail)
{
	fail_init();
	ck_assert_int_eq(aw_run(run_failures, NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_changed_gets_a_new_server,
		what_is_discarded_leaves_the_old,
		connections_outlive_their_listener,
		the_end_of_a_server_is_that_of_its_shortage,
		calls_that_fail,
	};

	return UNIT_RUN("serving", tests);
}
