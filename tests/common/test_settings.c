/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Settings: their values, where they come from, and how they are printed.
 */
#include "settings_fixture.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int
set(const char *name, const char *text)
{
	return settings_set(settings, NULL, name, &text, 1, problem,
	    sizeof(problem));
}

static int
set_in(const char *name, const char *text)
{
	return settings_set(settings, &settings->sections[0], name, &text, 1,
	    problem, sizeof(problem));
}

static int
add_section(const char *name, const char *origin)
{
	return settings_add_section(settings, name, origin, problem,
	    sizeof(problem));
}

START_TEST(defaults)
{
	struct global *global;
	struct section *section;

	make_settings();
	ck_assert_int_eq(add_section("a", "here"), 0);
	global = settings->global;
	section = settings->sections[0].values;
	ck_assert_int_eq(global->workers, 0);
	ck_assert_int_eq(global->level, 2);
	ck_assert_double_eq(global->timeout, 10);
	ck_assert_ptr_null(global->pidfile);
	ck_assert_uint_eq(section->listen.count, 2);
	ck_assert_str_eq(section->listen.items[1].host, "::1");
	ck_assert_uint_eq(section->water, 65536);
	ck_assert_uint_eq(section->buffer, 0);
	ck_assert(!section->keep);
	ck_assert_uint_eq(section->mode, 0666);
	ck_assert_uint_eq(section->names.count, 3);
	ck_assert_str_eq(section->names.items[2], "c");
	ck_assert_str_eq(settings->sections[0].origin, "here");
	settings_free(settings);
}
END_TEST

START_TEST(values)
{
	const struct global *global;

	make_settings();
	global = settings->global;
	ck_assert_int_eq(set("workers", "7"), 0);
	ck_assert_int_eq(global->workers, 7);
	ck_assert_int_eq(set("workers", "auto"), 0);
	ck_assert_int_eq(global->workers, 0);
	ck_assert_int_eq(set("level", "error"), 0);
	ck_assert_int_eq(global->level, 0);
	ck_assert_int_eq(set("timeout", "2m"), 0);
	ck_assert_double_eq(global->timeout, 120);
	ck_assert_int_eq(set("pidfile", "/x"), 0);
	ck_assert_str_eq(global->pidfile, "/x");
	ck_assert_int_eq(set("pidfile", "/y"), 0);
	ck_assert_str_eq(global->pidfile, "/y");
	settings_free(settings);
}
END_TEST

START_TEST(bad_values)
{
	make_settings();
	add_section("a", "here");
	ck_assert_int_eq(set("workers", "0"), -ERANGE);
	ck_assert_str_eq(problem, "workers: 0 is out of range; "
	    "expected 1 to 1024, or 'auto'");
	ck_assert_int_eq(set("level", "warn"), -EINVAL);
	ck_assert_str_eq(problem, "level: 'warn' is not one of error, warning, "
	    "notice; did you mean 'warning'?");
	ck_assert_int_eq(set("pidfile", "a!"), -EINVAL);
	ck_assert_str_eq(problem, "pidfile: 'a!' is not known; "
	    "expected a text without '!'");
	ck_assert_int_eq(set("wrkers", "1"), -ENOENT);
	ck_assert_str_eq(problem,
	    "unknown setting 'wrkers'; did you mean 'workers'?");
	ck_assert_int_eq(set("water", "1"), -ENOENT);
	ck_assert_str_eq(problem, "unknown setting 'water'; "
	    "it belongs in a listener section");
	ck_assert_int_eq(set_in("workers", "1"), -ENOENT);
	ck_assert_str_eq(problem, "unknown setting 'workers' in listener "
	    "\"a\"; it belongs outside of a listener section");
	ck_assert_int_eq(set_in("buffer", "2M"), -ERANGE);
	ck_assert_str_eq(problem, "listener \"a\": buffer: 2M is out of range; "
	    "expected 4k to 1M, or 'system'");
	ck_assert_int_eq(set_in("keep", "2"), -EINVAL);
	ck_assert_int_eq(set_in("listen", "7"), -EINVAL);
	/* What was there before still is. */
	ck_assert_uint_eq(((struct section *)
	    settings->sections[0].values)->listen.count, 2);
	settings_free(settings);
}
END_TEST

START_TEST(section_names)
{
	make_settings();
	ck_assert_int_eq(add_section("a b", "x"), -EINVAL);
	ck_assert_str_eq(problem, "'a b' can't be the name of a listener; "
	    "expected letters, digits, '.', '_' and '-'");
	ck_assert_int_eq(add_section("", "x"), -EINVAL);
	ck_assert_uint_eq(settings->section_count, 0);
	settings_free(settings);
}
END_TEST

START_TEST(bad_default)
{
	static const struct setting bad[] = {
		{ GLOBAL(workers), .value = "0", .lowest = "1",
		    .highest = "9" },
	};
	struct settings_table broken = test_table;

	broken.rows = bad;
	broken.count = 1;
	ck_assert_ptr_null(settings_new(&broken, problem, sizeof(problem)));
	ck_assert_str_eq(problem, "default of 'workers': 0 is out of range; "
	    "expected 1 to 9");
}
END_TEST

static void
assert_origin(const char *name, const char *expected)
{
	char origin[64];

	ck_assert_str_eq(settings_origin(settings, &settings->sections[0],
	    name, origin, sizeof(origin)), expected);
}

static void
assert_global_origin(const char *name, const char *expected)
{
	char origin[64];

	ck_assert_str_eq(settings_origin(settings, NULL, name, origin,
	    sizeof(origin)), expected);
}

START_TEST(origins_of_global_settings)
{
	ck_assert_int_eq(read_settings("\nworkers = 2\nlevel = error\n"), 0);
	assert_global_origin("workers", "f:2");
	assert_global_origin("level", "f:3");
	assert_global_origin("timeout", "settings");
	/* That of a section is none of theirs. */
	assert_global_origin("water", "settings");
	settings_free(settings);
}
END_TEST

/* A list whose default is empty can be made empty again. */
START_TEST(an_empty_list_of_addresses)
{
	static const char *const texts[] = { "127.0.0.1:1", "unix:x" };
	const char *none = "";
	char text[8192] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	ck_assert_int_eq(read_settings("\n"), 0);
	ck_assert_int_eq(settings_set(settings, NULL, "admin", texts, 2, problem,
	    sizeof(problem)), 0);
	ck_assert_int_eq(settings_set(settings, NULL, "admin", &none, 1, problem,
	    sizeof(problem)), 0);
	settings_dump(settings, file);
	fclose(file);
	ck_assert_ptr_nonnull(strstr(text, "\nadmin = \"\"\n"));
	settings_free(settings);
}
END_TEST

START_TEST(origins)
{
	ck_assert_int_eq(read_settings("\nlistener a {\n water = 4k\n"
	    " names = {\n x,\n y }\n }\n"), 0);
	assert_origin("water", "f:3");
	assert_global_origin("workers", "settings");
	assert_origin("names", "f:5");
	assert_origin("keep", "f:2");
	settings_free(settings);
	make_settings();
	add_section("a", "--listen");
	assert_origin("keep", "--listen");
	settings_free(settings);
}
END_TEST

static const char *
dumped(void)
{
	static char text[4096];
	FILE *file = fmemopen(text, sizeof(text), "w");

	ck_assert_ptr_nonnull(file);
	settings_dump(settings, file);
	fclose(file);
	return text;
}

START_TEST(dump_is_read_back)
{
	char first[4096];

	ck_assert_int_eq(read_settings("workers = 3\nlevel = error\n"
	    "pidfile = \"a\\\"b\\\\c\\${d}\"\ntimeout = 1500ms\n"
	    "listener a { listen = unix:@x water = 5k mode = 600\n"
	    "    names = \"\" }\n"
	    "listener b { }\n"), 0);
	strcpy(first, dumped());
	settings_free(settings);
	ck_assert_str_eq(first,
	    "workers = 3\n"
	    "level = error\n"
	    "timeout = 1500ms\n"
	    "pidfile = \"a\\\"b\\\\c\\${d}\"\n"
	    "admin = \"\"\n"
	    "\n"
	    "listener \"a\" {\n"
	    "	listen = { \"unix:@x\" }\n"
	    "	water = 5k\n"
	    "	buffer = system\n"
	    "	keep = no\n"
	    "	mode = 0600\n"
	    "	names = \"\"\n"
	    "}\n"
	    "\n"
	    "listener \"b\" {\n"
	    "	listen = { \"127.0.0.1:1\", \"[::1]:2\" }\n"
	    "	water = 64k\n"
	    "	buffer = system\n"
	    "	keep = no\n"
	    "	mode = 0666\n"
	    "	names = { \"a\", \"b\", \"c\" }\n"
	    "}\n");
	ck_assert_int_eq(read_settings(first), 0);
	ck_assert_str_eq(dumped(), first);
	settings_free(settings);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		defaults,
		values,
		bad_values,
		section_names,
		bad_default,
		origins,
		origins_of_global_settings,
		an_empty_list_of_addresses,
		dump_is_read_back,
	};

	return UNIT_RUN("settings", tests);
}
