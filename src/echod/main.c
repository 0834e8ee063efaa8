/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * echod: the TCP echo daemon.
 */
#include "arguments.h"
#include "common/log.h"
#include "common/standard.h"
#include "configuration.h"
#include "daemon.h"
#include "patient_memory.h"
#include "surroundings.h"
#include "tls.h"

#include <stdio.h>
#include <stdlib.h>

#define EXIT_USAGE 2

/* To people who ask for a check, without the time of day. */
static void
report_plain(const char *message, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s\n", message);
}

static void
report_warning(const char *message, void *arg)
{
	(void)arg;
	fprintf(stderr, "warning: %s\n", message);
}

static void
report_to_log(const char *message, void *arg)
{
	(void)arg;
	log_error("%s", message);
}

/* What the settings name is looked at too, if that is asked for. */
static int
check(const struct settings *settings, enum arguments_check what)
{
	int errors = 0;

	if (what == CHECK_ALL) {
		errors += tls_check_files(settings, report_plain,
		    report_warning, NULL) < 0;
		errors += surroundings_check(settings, report_plain,
		    report_warning, NULL) < 0;
	}
	if (errors > 0)
		return EXIT_FAILURE;
	puts("the settings are good");
	return EXIT_SUCCESS;
}

static int
run(const struct arguments *arguments)
{
	bool asked = arguments->check != CHECK_NOTHING || arguments->dump;
	struct settings *settings;
	int status = EXIT_SUCCESS;

	settings = config_load(arguments,
	    asked ? report_plain : report_to_log, NULL);
	if (settings == NULL)
		return EXIT_FAILURE;
	if (!asked)
		return daemon_run(arguments, settings);
	if (arguments->dump)
		settings_dump(settings, stdout);
	else
		status = check(settings, arguments->check);
	settings_free(settings);
	return status;
}

int
main(int argc, char **argv)
{
	struct arguments arguments;
	char error[1024];
	int status = EXIT_SUCCESS;

	/* A connection must not get what is meant for the log. */
	if (standard_open() < 0)
		return EXIT_FAILURE;
	patient_memory_init();
	log_init();
	if (arguments_parse(&arguments, argc, argv, error,
	    sizeof(error)) < 0) {
		fprintf(stderr, "echod: %s\nTry 'echod --help'.\n", error);
		status = EXIT_USAGE;
	} else if (arguments.help) {
		arguments_print_help();
	} else if (arguments.version) {
		arguments_print_version();
	} else {
		status = run(&arguments);
	}
	arguments_clear(&arguments);
	if (status == EXIT_SUCCESS && standard_flush("echod") < 0)
		status = EXIT_FAILURE;
	return status;
}
