/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Settings of a test's own, standard error in memory, and a loop to run in.
 */
#ifndef TESTS_ECHOD_FIXTURE_H
#define TESTS_ECHOD_FIXTURE_H

#include "common/log.h"
#include "echod/configuration.h"
#include "unit.h"

#include <await.h>
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A test whose body runs in the main task of a loop. */
#define LOOP_TEST(name) \
	UNIT_TASK_TEST(name, ck_assert_int_eq(aw_run(name##_main, NULL), 0))

static int fixture_log = -1;

/* From here on the log goes into memory. */
static inline void
fixture_capture_log(void)
{
	fixture_log = memfd_create("log", 0);
	ck_assert_int_ge(fixture_log, 0);
	ck_assert_int_eq(fcntl(fixture_log, F_SETFL, O_APPEND), 0);
	dup2(fixture_log, STDERR_FILENO);
	log_set_level(LOG_LEVEL_DEBUG);
}

/* What has been logged so far. */
static inline const char *
fixture_logged(void)
{
	static char text[65536];
	ssize_t length = pread(fixture_log, text, sizeof(text) - 1, 0);

	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	return text;
}

static inline void
fixture_report(const char *message, void *arg)
{
	(void)arg;
	ck_abort_msg("%s", message);
}

/* Settings with one listener, called "command-line", on the addresses. */
static inline struct settings *
fixture_settings(const char **addresses, size_t count)
{
	struct arguments arguments = {
		.listen = { .texts = addresses, .count = count },
	};
	struct settings *settings = config_load(&arguments, fixture_report,
	    NULL);

	ck_assert_ptr_nonnull(settings);
	return settings;
}

/* A file of the source; the next call overwrites it. */
static inline char *
fixture_source(const char *name)
{
	const char *top = getenv("top_srcdir");
	static char text[65536];
	char path[4096];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", top != NULL ? top : ".", name);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s can't be opened; set top_srcdir", path);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	fclose(file);
	return text;
}

#endif
