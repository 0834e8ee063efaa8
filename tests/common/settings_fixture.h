/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Settings of a table that has each type and each bound once, for tests.
 */
#ifndef TESTS_COMMON_SETTINGS_FIXTURE_H
#define TESTS_COMMON_SETTINGS_FIXTURE_H

#include "common/settings.h"

struct global {
	int workers;
	int level;
	double timeout;
	char *pidfile;
	struct address_list admin;
};

struct section {
	struct address_list listen;
	size_t water;
	size_t buffer;
	bool keep;
	mode_t mode;
	struct string_list names;
};

/* The beginning of a row. */
#define GLOBAL(field) .scope = SETTING_GLOBAL, .name = #field, .help = "x", \
	SETTING_FIELD(struct global, field)

extern const struct settings_table test_table;

extern struct settings *settings;
extern char problem[512];  /* for the error of a call */
extern char reports[8192]; /* a line each */

/* Makes them, for the test to free. */
void make_settings(void);
/* A settings_report that adds to reports. */
void note_report(const char *message, void *arg);
/* Makes them from a file "f" of that text; what settings_read_file returned. */
int read_settings(const char *text);

#endif
