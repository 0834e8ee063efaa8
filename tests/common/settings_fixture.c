/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "settings_fixture.h"

#include "folder.h"

#include <check.h>
#include <string.h>

#define SECTION(field) .scope = SETTING_SECTION, .name = #field, .help = "x", \
	SETTING_FIELD(struct section, field)

static const char *const levels[] = { "error", "warning", "notice", NULL };

static bool
is_calm(const char *text)
{
	return strchr(text, '!') == NULL;
}

static const struct setting rows[] = {
	{ GLOBAL(workers), .value = "auto", .zero = "auto", .lowest = "1",
	    .highest = "1024" },
	{ GLOBAL(level), .value = "notice", .choices = levels },
	{ GLOBAL(timeout), .value = "10s", .lowest = "0s", .highest = "1d" },
	{ GLOBAL(pidfile), .value = "", .is_good = is_calm,
	    .expected = "a text without '!'" },
	{ GLOBAL(admin), .value = "" },
	{ SECTION(listen), .value = "127.0.0.1:1, [::1]:2" },
	{ SECTION(water), .value = "64k", .lowest = "1k", .highest = "1G" },
	{ SECTION(buffer), .value = "system", .zero = "system",
	    .lowest = "4k", .highest = "1M" },
	{ SECTION(keep), .value = "no" },
	{ SECTION(mode), .value = "0666" },
	{ SECTION(names), .value = "a, b c" },
};

const struct settings_table test_table = {
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.section = "listener",
	.global_size = sizeof(struct global),
	.section_size = sizeof(struct section),
};

struct settings *settings;
char problem[512];
char reports[8192];

void
note_report(const char *message, void *arg)
{
	(void)arg;
	strcat(reports, message);
	strcat(reports, "\n");
}

void
make_settings(void)
{
	settings = settings_new(&test_table, problem, sizeof(problem));
	ck_assert_msg(settings != NULL, "%s", problem);
}

int
read_settings(const char *text)
{
	int err;

	folder_make();
	folder_write("f", text);
	make_settings();
	reports[0] = '\0';
	err = settings_read_file(settings, "f", note_report, NULL);
	folder_remove();
	return err;
}
