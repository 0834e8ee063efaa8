/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/settings.h"

#include "await/fail.h"
#include "folder.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct global {
	int workers;
	int level;
};

struct section {
	size_t water;
};

static const struct setting rows[] = {
	{ .scope = SETTING_GLOBAL, .name = "workers", .help = "x",
	    SETTING_FIELD(struct global, workers), .value = "1" },
	{ .scope = SETTING_GLOBAL, .name = "level", .help = "x",
	    SETTING_FIELD(struct global, level), .value = "1" },
	{ .scope = SETTING_SECTION, .name = "water", .help = "x",
	    SETTING_FIELD(struct section, water), .value = "64k" },
};

static const struct settings_table table = {
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.section = "listener",
	.global_size = sizeof(struct global),
	.section_size = sizeof(struct section),
};

#define RANGE "; expected -2147483648 to 2147483647"

static struct settings *settings;
static char reports[8192];

static void
report(const char *message, void *arg)
{
	(void)arg;
	strcat(reports, message);
	strcat(reports, "\n");
}

static int
read_file(const char *path)
{
	char error[512];

	settings = settings_new(&table, error, sizeof(error));
	ck_assert_msg(settings != NULL, "%s", error);
	reports[0] = '\0';
	return settings_read_file(settings, path, report, NULL);
}

static void
assert_reports(const char *expected)
{
	ck_assert_int_eq(read_file("f"), -EINVAL);
	ck_assert_str_eq(reports, expected);
	settings_free(settings);
}

static void
assert_good(const char *path)
{
	int err = read_file(path);

	ck_assert_str_eq(reports, "");
	ck_assert_int_eq(err, 0);
}

static const struct global *
global(void)
{
	return settings->global;
}

static size_t
water(size_t i)
{
	return ((struct section *)settings->sections[i].values)->water;
}

START_TEST(what_is_included_takes_its_place)
{
	folder_make();
	folder_write("f", "include = g\nlistener a { water = 1k }\n"
	    "include = { h, i }\nlistener d { water = 4k }\nlevel = 7\n");
	folder_write("g", "workers = 3\n");
	folder_write("h", "listener b { water = 2k }\n");
	folder_write("i", "listener c { water = 3k }\n");
	assert_good("f");
	ck_assert_int_eq(global()->workers, 3);
	ck_assert_int_eq(global()->level, 7);
	ck_assert_uint_eq(settings->section_count, 4);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(settings->sections[i].name[0], "abcd"[i]);
		ck_assert_uint_eq(water(i), (i + 1) * 1024);
	}
	ck_assert_str_eq(settings->sections[2].origin, "i:1");
	settings_free(settings);
	folder_remove();
}
END_TEST

START_TEST(a_pattern_fits_files_in_the_order_of_their_names)
{
	folder_make();
	folder_write("f", "include = \"*.conf\"\n");
	folder_write("20.conf", "listener b { }\n");
	folder_write("10.conf", "listener a { }\n");
	folder_write("10.conf~", "not even syntax");
	folder_write(".hidden.conf", "nor this");
	assert_good("f");
	ck_assert_uint_eq(settings->section_count, 2);
	ck_assert_str_eq(settings->sections[0].origin, "10.conf:1");
	ck_assert_str_eq(settings->sections[1].origin, "20.conf:1");
	settings_free(settings);
	folder_remove();
}
END_TEST

START_TEST(a_pattern_may_fit_nothing)
{
	folder_make();
	folder_write("f", "include = \"none.d/*.conf\"\nworkers = 2\n");
	assert_good("f");
	ck_assert_int_eq(global()->workers, 2);
	settings_free(settings);
	folder_remove();
}
END_TEST

/* Not in the folder where the program was started. */
START_TEST(names_begin_in_the_folder_of_their_file)
{
	char path[128];

	folder_make();
	folder_write("f", "include = g\n");
	folder_write("g", "workers = 5\n");
	snprintf(path, sizeof(path), "%s/f", folder);
	ck_assert_int_eq(chdir("/"), 0);
	assert_good(path);
	ck_assert_int_eq(global()->workers, 5);
	settings_free(settings);
	ck_assert_int_eq(chdir(folder), 0);
	snprintf(path, sizeof(path), "include = \"%s/g\"\n", folder);
	folder_write("f", path);
	assert_good("f");
	ck_assert_int_eq(global()->workers, 5);
	settings_free(settings);
	folder_remove();
}
END_TEST

START_TEST(files_and_patterns_are_known)
{
	static const char *const names[] = { "f", "g*", "ga", "none*" };

	folder_make();
	folder_write("f", "include = \"g*\"\n");
	folder_write("ga", "include = \"none*\"\n");
	assert_good("f");
	ck_assert_uint_eq(settings->files.count, 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_str_eq(settings->files.items[i], names[i]);
	settings_free(settings);
	folder_remove();
}
END_TEST

START_TEST(errors_name_the_file_that_has_them)
{
	folder_make();
	folder_write("f", "workers = 1\nlistener a { }\ninclude = g\n"
	    "include = none\ninclude = \"sub\"\nwokers = 3\nlevel = 2\n");
	folder_write("g", "\nworkers = 2\nlistener a { }\nlevel = x\n"
	    "listener b {\n inclde = 1\n include = h\n}\ninclud = h\nlevel 7");
	assert_reports("g:2: 'workers' is set twice; f:1 has it first\n"
	    "g:3: listener \"a\" is there twice; the other is in f:2\n"
	    "g:4: level: 'x' is not a whole number" RANGE "\n"
	    "g:6: unknown setting 'inclde' in listener \"b\"\n"
	    "g:7: unknown setting 'include' in listener \"b\"; "
	    "it belongs outside of a listener section\n"
	    "g:9: unknown setting 'includ'; did you mean 'include'?\n"
	    "g:10: syntax error: missing equal sign after option 'level'\n"
	    "f:4: include: none cannot be read: No such file or directory\n"
	    "f:5: include: sub cannot be read: No such file or directory\n"
	    "f:6: unknown setting 'wokers'; did you mean 'workers'?\n"
	    "f:7: 'level' is set twice; g:4 has it first\n");
	folder_remove();
}
END_TEST

START_TEST(a_folder_is_no_file)
{
	folder_make();
	folder_write("f", "include = \".\"\n");
	assert_reports("f:1: include: . cannot be read: Is a directory\n");
	folder_remove();
}
END_TEST

START_TEST(a_file_that_includes_itself)
{
	folder_make();
	folder_write("f", "include = f\nworkers = 0x\n");
	assert_reports("f:1: include: f includes itself\n"
	    "f:2: workers: '0x' is not a whole number" RANGE "\n");
	folder_write("f", "include = g\n");
	folder_write("g", "\ninclude = f\n");
	assert_reports("g:2: include: f includes itself\n");
	folder_remove();
}
END_TEST

START_TEST(a_file_that_is_included_twice)
{
	folder_make();
	folder_write("f", "include = g\ninclude = \"./g\"\nlevel = x\n");
	folder_write("g", "workers = 1\n");
	assert_reports("f:2: include: ./g has been included already\n"
	    "f:3: level: 'x' is not a whole number" RANGE "\n");
	folder_remove();
}
END_TEST

/* Each way from file to file would be gone otherwise, and they are many. */
START_TEST(files_that_all_include_all)
{
	char name[2] = "a";
	size_t lines = 0;

	folder_make();
	for (; name[0] <= 'h'; name[0]++)
		folder_write(name, "include = \"[a-h]\"\n");
	ck_assert_int_eq(read_file("a"), -EINVAL);
	for (const char *byte = reports; *byte != '\0'; byte++)
		lines += *byte == '\n';
	ck_assert_uint_eq(lines, 8 * 8 - 7);
	settings_free(settings);
	folder_remove();
}
END_TEST

START_TEST(files_include_each_other_so_deep_and_no_deeper)
{
	char name[16], text[64];

	folder_make();
	folder_write("f", "include = f1\n");
	for (int i = 1; i <= 9; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		snprintf(text, sizeof(text), "include = f%d\n", i + 1);
		folder_write(name, i < 8 ? text : "workers = 4\n");
	}
	assert_good("f");
	ck_assert_int_eq(global()->workers, 4);
	settings_free(settings);
	folder_write("f8", "include = f9\n");
	assert_reports("f8:1: include: f9: files include each other more than "
	    "8 deep\n");
	folder_remove();
}
END_TEST

/* Whatever runs out, it is said, and nothing leaks. */
START_TEST(memory_that_runs_out)
{
	bool failed;
	unsigned n = 0;
	int err;

	folder_make();
	folder_write("f", "include = { g, \"*.none\" }\nlistener a { }\n");
	folder_write("g", "workers = 3\nlistener b { water = 2k }\n");
	do {
		char error[512];

		settings = settings_new(&table, error, sizeof(error));
		ck_assert_ptr_nonnull(settings);
		reports[0] = '\0';
		fail_at(++n, false);
		err = settings_read_file(settings, "f", report, NULL);
		failed = fail_stop();
		if (err < 0)
			ck_assert_msg(reports[0] != '\0', "call %u", n);
		settings_free(settings);
	} while (failed);
	ck_assert_int_eq(err, 0);
	ck_assert_uint_gt(n, 20);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_is_included_takes_its_place,
		a_pattern_fits_files_in_the_order_of_their_names,
		a_pattern_may_fit_nothing,
		names_begin_in_the_folder_of_their_file,
	    files_and_patterns_are_known,
		errors_name_the_file_that_has_them,
		a_folder_is_no_file,
		a_file_that_includes_itself,
		a_file_that_is_included_twice,
		files_that_all_include_all,
		files_include_each_other_so_deep_and_no_deeper,
		memory_that_runs_out,
	};

	return UNIT_RUN("settings_load", tests);
}
