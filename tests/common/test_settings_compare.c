/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/settings_compare.h"

#include "folder.h"
#include "unit.h"

#include <stdio.h>

struct global {
	int workers;
	char *path;
};

struct section {
	struct address_list listen;
	size_t water;
	struct string_list names;
};

#define GLOBAL(field) .scope = SETTING_GLOBAL, .name = #field, .help = "x", \
	SETTING_FIELD(struct global, field)
#define SECTION(field) .scope = SETTING_SECTION, .name = #field, .help = "x", \
	SETTING_FIELD(struct section, field)

static const struct setting rows[] = {
	{ GLOBAL(workers), .value = "auto", .zero = "auto", .lowest = "1",
	    .highest = "9" },
	{ GLOBAL(path), .value = "" },
	{ SECTION(listen), .value = "127.0.0.1:1" },
	{ SECTION(water), .value = "64k" },
	{ SECTION(names), .value = "" },
};

static const struct settings_table table = {
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.section = "listener",
	.global_size = sizeof(struct global),
	.section_size = sizeof(struct section),
};

static char changes[4096];

static void
fail_on_report(const char *message, void *arg)
{
	(void)arg;
	ck_abort_msg("%s", message);
}

static struct settings *
read_text(const char *text)
{
	char error[512];
	struct settings *settings = settings_new(&table, error, sizeof(error));

	ck_assert_msg(settings != NULL, "%s", error);
	folder_make();
	folder_write("f", text);
	ck_assert_int_eq(settings_read_file(settings, "f", fail_on_report,
	    NULL), 0);
	folder_remove();
	return settings;
}

static void
note(const struct settings_change *change, void *arg)
{
	char line[512];

	snprintf(line, sizeof(line), "%s.%s: %s -> %s\n",
	    change->section != NULL ? change->section : "",
	    change->row != NULL ? change->row->name : "",
	    change->before != NULL ? change->before : "nothing",
	    change->after != NULL ? change->after : "nothing");
	strcat(arg, line);
}

static void
assert_changes(const char *before, const char *after, const char *expected)
{
	struct settings *one = read_text(before), *other = read_text(after);

	changes[0] = '\0';
	ck_assert_int_eq(settings_compare(one, other, note, changes), 0);
	ck_assert_str_eq(changes, expected);
	settings_free(one);
	settings_free(other);
}

START_TEST(same_settings)
{
	assert_changes("", "", "");
	/* The order of sections, and defaults that are written, are none. */
	assert_changes("listener a { }\nlistener b { water = 1k }\n",
	    "workers = auto\nlistener b { water = 1024 }\n"
	    "listener a { water = 64k }\n", "");
}
END_TEST

START_TEST(values_that_changed)
{
	assert_changes("workers = 2\npath = \"a b\"\nlistener a { water = 1k "
	    "names = { x, y } }\n", "path = c\nlistener a { listen = "
	    "{ 127.0.0.1:1, 127.0.0.1:2 } names = x }\n",
	    ".workers: 2 -> auto\n"
	    ".path: \"a b\" -> \"c\"\n"
	    "a.listen: { \"127.0.0.1:1\" } -> "
	    "{ \"127.0.0.1:1\", \"127.0.0.1:2\" }\n"
	    "a.water: 1k -> 64k\n"
	    "a.names: { \"x\", \"y\" } -> { \"x\" }\n");
}
END_TEST

START_TEST(sections_that_came_and_went)
{
	assert_changes("listener a { }\nlistener b { water = 1k }\n",
	    "listener a { }\nlistener c { }\n",
	    "b.: b -> nothing\n"
	    "c.: nothing -> c\n");
}
END_TEST

START_TEST(values_of_two_sections)
{
	struct settings *settings = read_text("listener a { }\n"
	    "listener b { }\nlistener c { names = x }\n");

	ck_assert(settings_same_values(&table, settings->sections[0].values,
	    settings->sections[1].values));
	ck_assert(!settings_same_values(&table, settings->sections[0].values,
	    settings->sections[2].values));
	settings_free(settings);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		same_settings,
		values_that_changed,
		sections_that_came_and_went,
		values_of_two_sections,
	};

	return UNIT_RUN("settings_compare", tests);
}
