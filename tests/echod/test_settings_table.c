/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* The table, echod.conf, its manual page and --help say the same. */
#include "echod/settings_table.h"

#include "../common/folder.h"
#include "unit.h"
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static char error[512];

static struct settings *
make(void)
{
	struct settings *settings = settings_new(&echod_settings, error,
	    sizeof(error));

	ck_assert_msg(settings != NULL, "%s", error);
	return settings;
}

static void
dump(const struct settings *settings, char *text, size_t size)
{
	FILE *file = fmemopen(text, size, "w");

	ck_assert_ptr_nonnull(file);
	settings_dump(settings, file);
	fclose(file);
}

static void
fail_on_report(const char *message, void *arg)
{
	(void)arg;
	ck_abort_msg("%s", message);
}

/* Takes the mark from each line that has it right before the setting. */
static void
uncomment(char *text)
{
	char *out = text, *line = text;

	while (*line != '\0') {
		size_t length = strcspn(line, "\n") + 1;
		size_t mark = line[0] == '#' && line[1] != ' ' &&
		    line[1] != '\n';

		memmove(out, line + mark, length - mark);
		out += length - mark;
		line += length;
	}
	*out = '\0';
}

static void
read_shipped(struct settings *settings, const char *text)
{
	folder_make();
	folder_write("echod.conf", text);
	ck_assert_int_eq(settings_read_file(settings, "echod.conf",
	    fail_on_report, NULL), 0);
	folder_remove();
}

START_TEST(shipped_file_changes_nothing)
{
	struct settings *settings = make(), *defaults = make();
	char one[8192], other[8192];

	read_shipped(settings, fixture_source("conf/echod.conf"));
	dump(settings, one, sizeof(one));
	dump(defaults, other, sizeof(other));
	ck_assert_str_eq(one, other);
	settings_free(settings);
	settings_free(defaults);
}
END_TEST

START_TEST(shipped_file_has_the_defaults)
{
	struct settings *settings = make(), *defaults = make();
	char *text = fixture_source("conf/echod.conf");
	char one[8192], other[8192];

	uncomment(text);
	ck_assert_ptr_nonnull(strstr(text, "\ninclude = "));
	read_shipped(settings, text);
	ck_assert_int_eq(settings_add_section(defaults, "default", "x", error,
	    sizeof(error)), 0);
	dump(settings, one, sizeof(one));
	dump(defaults, other, sizeof(other));
	ck_assert_str_eq(one, other);
	for (size_t i = 0; i < echod_settings.count; i++) {
		const struct setting *row = &echod_settings.rows[i];
		char line[128];

		snprintf(line, sizeof(line), "\n%s%s = ",
		    row->scope == SETTING_SECTION ? "\t" : "", row->name);
		ck_assert_msg(strstr(text, line) != NULL,
		    "conf/echod.conf does not have %s", row->name);
	}
	settings_free(settings);
	settings_free(defaults);
}
END_TEST

/* What ".It Va name = ..." has for a default, without the macros. */
static void
strip_macros(const char *from, char *to)
{
	static const char *const macros[] = { "Cm ", "Qo ", "Qq", " Qc",
	    "{ ", " }" };
	size_t length = strcspn(from, "\n");
	const char *end = from + length;

	while (from < end) {
		size_t i, count = sizeof(macros) / sizeof(macros[0]);

		for (i = 0; i < count; i++)
			if (strncmp(from, macros[i], strlen(macros[i])) == 0)
				break;
		if (i < count)
			from += strlen(macros[i]);
		else if (from[0] == ' ' && from[1] == ',')
			from++;
		else
			*to++ = *from++;
	}
	*to = '\0';
}

START_TEST(manual_has_every_setting)
{
	const char *text = fixture_source("man/echod.conf.5");
	size_t items = 0;

	for (size_t i = 0; i < echod_settings.count; i++) {
		const struct setting *row = &echod_settings.rows[i];
		char line[128], value[256];
		const char *found;

		snprintf(line, sizeof(line), "\n.It Va %s = ", row->name);
		found = strstr(text, line);
		ck_assert_msg(found != NULL, "man/echod.conf.5 does not have "
		    "%s", row->name);
		strip_macros(found + strlen(line), value);
		ck_assert_msg(strcmp(value, row->value) == 0, "man/echod.conf.5"
		    " has '%s' for %s, the table '%s'", value, row->name,
		    row->value);
	}
	while ((text = strstr(text, "\n.It Va ")) != NULL) {
		items++;
		text++;
	}
	ck_assert_uint_eq(items, echod_settings.count);
}
END_TEST

START_TEST(help_has_every_setting)
{
	char text[16384] = "";
	FILE *file = fmemopen(text, sizeof(text), "w");

	ck_assert_ptr_nonnull(file);
	settings_print_help(&echod_settings, file);
	fclose(file);
	for (size_t i = 0; i < echod_settings.count; i++) {
		char line[64];

		snprintf(line, sizeof(line), "\n  %s ",
		    echod_settings.rows[i].name);
		ck_assert_msg(strstr(text, line) != NULL, "--help lacks '%s'",
		    line);
	}
	for (const char *line = text; *line != '\0';
	    line += strcspn(line, "\n") + 1)
		ck_assert_uint_le(strcspn(line, "\n"), 80);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { shipped_file_changes_nothing,
	    shipped_file_has_the_defaults, manual_has_every_setting,
	    help_has_every_setting };

	return UNIT_RUN("settings_table", tests);
}
