/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/configuration.h"

#include "../common/folder.h"
#include "unit.h"

#include <string.h>

static struct arguments arguments;
static struct settings *settings;
static char reports[4096];

static void
report(const char *message, void *arg)
{
	(void)arg;
	strcat(reports, message);
	strcat(reports, "\n");
}

static void
load(const char *text)
{
	memset(reports, 0, sizeof(reports));
	folder_make();
	if (text != NULL) {
		folder_write("f", text);
		arguments.config = "f";
	}
	settings = config_load(&arguments, report, NULL);
	folder_remove();
}

static void
assert_loads(const char *text)
{
	load(text);
	ck_assert_str_eq(reports, "");
	ck_assert_ptr_nonnull(settings);
}

static void
assert_refuses(const char *text, const char *expected)
{
	load(text);
	ck_assert_ptr_null(settings);
	ck_assert_str_eq(reports, expected);
}

static void
assert_listener(size_t i, const char *name, size_t addresses)
{
	ck_assert_uint_lt(i, settings->section_count);
	ck_assert_str_eq(settings->sections[i].name, name);
	ck_assert_uint_eq(config_listener(settings, i)->listen.count,
	    addresses);
}

START_TEST(defaults)
{
	assert_loads(NULL);
	ck_assert_uint_eq(settings->section_count, 1);
	assert_listener(0, "default", 2);
	ck_assert(config_is_default(&settings->sections[0]));
	settings_free(settings);
}
END_TEST

START_TEST(file_without_listener)
{
	assert_loads("workers = 2\n");
	ck_assert_uint_eq(settings->section_count, 1);
	ck_assert(config_is_default(&settings->sections[0]));
	settings_free(settings);
}
END_TEST

START_TEST(listen_replaces_the_default)
{
	const char *texts[] = { "127.0.0.1:0", "unix:/x", ":0" };

	arguments.listen.texts = texts;
	arguments.listen.count = 3;
	assert_loads(NULL);
	ck_assert_uint_eq(settings->section_count, 1);
	assert_listener(0, "command-line", 3);
	ck_assert(!config_is_default(&settings->sections[0]));
	settings_free(settings);
}
END_TEST

START_TEST(listen_joins_the_file)
{
	const char *texts[] = { ":0" };

	arguments.listen.texts = texts;
	arguments.listen.count = 1;
	assert_loads("listener \"a\" { listen = :7 }\n");
	ck_assert_uint_eq(settings->section_count, 2);
	assert_listener(0, "a", 1);
	assert_listener(1, "command-line", 1);
	settings_free(settings);
}
END_TEST

START_TEST(options_win)
{
	const struct global_settings *global;

	arguments.workers = "3";
	arguments.log_level = "debug";
	arguments.pidfile = "/p";
	assert_loads("workers = 2\nlog_level = error\npidfile = /q\n"
	    "drain_timeout = 3s\n");
	global = settings->global;
	ck_assert_int_eq(global->workers, 3);
	ck_assert_int_eq(global->log_level, 4);
	ck_assert_str_eq(global->pidfile, "/p");
	ck_assert_double_eq(global->drain_timeout, 3);
	settings_free(settings);
}
END_TEST

START_TEST(all_errors_at_once)
{
	const char *texts[] = { ":1", "7" };

	arguments.workers = "0";
	arguments.log_level = "loud";
	arguments.listen.texts = texts;
	arguments.listen.count = 2;
	assert_refuses("wokers = 2\n",
	    "f:1: unknown setting 'wokers'; did you mean 'workers'?\n"
	    "--workers: 0 is out of range; expected 1 to 1024, or 'auto'\n"
	    "--log-level: 'loud' is not one of error, warning, notice, info, "
	    "debug\n"
	    "--listen: '7' is not an address; expected host:port, [v6]:port, "
	    ":port or unix:PATH; did you mean ':7'?\n");
}
END_TEST

START_TEST(missing_file)
{
	arguments.config = "/nonexistent/echod.conf";
	assert_refuses(NULL, "/nonexistent/echod.conf: cannot be read: "
	    "No such file or directory\n");
}
END_TEST

START_TEST(water_marks)
{
	assert_refuses("\nlistener \"a\" { high_water = 4k low_water = 5k }\n",
	    "f:2: listener \"a\": low_water is above high_water\n");
}
END_TEST

START_TEST(addresses_given_twice)
{
	assert_refuses("listener \"a\" { listen = { :7, unix:/x, :7 } }\n"
	    "listener \"b\" { listen = { unix:/x, 127.0.0.1:7 } }\n",
	    "f:1: listener \"a\": :7 is there already, in listener \"a\"\n"
	    "f:2: listener \"b\": unix:/x is there already, "
	    "in listener \"a\"\n");
	/* Port 0 is another one each time. */
	assert_loads("listener \"a\" { listen = { :0, :0 } }\n");
	settings_free(settings);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { defaults, file_without_listener,
	    listen_replaces_the_default, listen_joins_the_file, options_win,
	    all_errors_at_once, missing_file, water_marks,
	    addresses_given_twice };

	return UNIT_RUN_FORKED("configuration", tests);
}
