/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "arguments.h"

#include "common/options.h"
#include "settings_table.h"

#include <await.h>
#include <confuse.h>
#include <errno.h>
#include <event2/event.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBSYSTEMD
#define SYSTEMD_SUPPORT "yes"
#else
#define SYSTEMD_SUPPORT "no"
#endif
#ifdef HAVE_LIBSECCOMP
#define SECCOMP_SUPPORT "yes"
#else
#define SECCOMP_SUPPORT "no"
#endif

static int
add_listen(const struct option_row *row, const char *value, void *target,
    char *error, size_t error_size)
{
	struct listen_texts *list = target;
	const char **texts;

	(void)row;
	texts = reallocarray(list->texts, list->count + 1, sizeof(*texts));
	if (texts == NULL) {
		snprintf(error, error_size, "out of memory");
		return -ENOMEM;
	}
	texts[list->count++] = value;
	list->texts = texts;
	return 0;
}

#define TARGET(field) .offset = offsetof(struct arguments, field)

/* The bare option looks at everything. */
static int
set_check(const struct option_row *row, const char *value, void *target,
    char *error, size_t error_size)
{
	enum arguments_check *check = target;

	(void)row;
	if (value != NULL && strcmp(value, "syntax") != 0) {
		snprintf(error, error_size, "'%s' can't be checked; expected "
		    "syntax, or no argument", value);
		return -EINVAL;
	}
	*check = value != NULL ? CHECK_SYNTAX : CHECK_ALL;
	return 0;
}

/* An empty variable of a script must not be taken for no file. */
static int
set_config(const struct option_row *row, const char *value, void *target,
    char *error, size_t error_size)
{
	if (value[0] != '\0')
		return options_store_string(row, value, target, error,
		    error_size);
	snprintf(error, error_size, "expected the name of a file");
	return -EINVAL;
}

static const struct option_row rows[] = {
	{
		.name = "config", .letter = 'c', .argument = "FILE",
		.handle = set_config, TARGET(config),
		.help = "read the settings from FILE; without this option "
		    "no file is read",
	},
	{
		.name = "listen", .letter = 'l', .argument = "ADDRESS",
		.handle = add_listen, TARGET(listen),
		.help = "listen on host:port, [v6]:port, :port or unix:PATH, "
		    "beside what FILE has; may be given several times",
	},
	{
		.name = "workers", .letter = 'w', .argument = "N",
		.handle = options_store_string, TARGET(workers),
		.help = "serve with N threads, or auto",
	},
	{
		.name = "log-level", .argument = "LEVEL",
		.handle = options_store_string, TARGET(log_level),
		.help = "log error, warning, notice, info or debug lines "
		    "and what is more important",
	},
	{
		.name = "pidfile", .argument = "FILE",
		.handle = options_store_string, TARGET(pidfile),
		.help = "write the process number to FILE",
	},
	{
		.name = "check", .argument = "syntax", .optional = true,
		.handle = set_check, TARGET(check),
		.help = "say whether the settings are good, and exit; with "
		    "=syntax the certificates and keys are not read",
	},
	{
		.name = "dump", .handle = options_store_true, TARGET(dump),
		.help = "print the settings that would be in force, and exit",
	},
	{
		.name = "version", .letter = 'V',
		.handle = options_store_true, TARGET(version),
		.help = "print the version and those of the libraries",
	},
	{
		.name = "help", .letter = 'h',
		.handle = options_store_true, TARGET(help),
		.help = "print this",
	},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

int
arguments_parse(struct arguments *arguments, int argc, char **argv,
    char *error, size_t error_size)
{
	int first;

	memset(arguments, 0, sizeof(*arguments));
	first = options_parse(rows, ROW_COUNT, argc, argv, arguments, error,
	    error_size);
	if (first < 0)
		return first;
	if (first < argc) {
		snprintf(error, error_size, "unexpected argument '%s'; an "
		    "address goes with --listen, a file with --config",
		    argv[first]);
		return -EINVAL;
	}
	return 0;
}

void
arguments_clear(struct arguments *arguments)
{
	free(arguments->listen.texts);
}

void
arguments_print_help(void)
{
	puts("Usage: echod [OPTION]...\n"
	    "Sends back what it receives, over TCP and Unix sockets.\n\n"
	    "Options:");
	options_print_help(stdout, rows, ROW_COUNT);
	putchar('\n');
	settings_print_help(&echod_settings, stdout);
	puts("\nWith no file and no --listen it serves 127.0.0.1:7007 and "
	    "[::1]:7007.\nSee echod(8) and echod.conf(5).");
}

void
arguments_print_version(void)
{
	printf("echod %s\nlibawait %s\nlibevent %s\n%s\nlibConfuse %s\n"
	    "systemd support: " SYSTEMD_SUPPORT "\n"
	    "seccomp support: " SECCOMP_SUPPORT "\n", AW_VERSION,
	    aw_version(), event_get_version(),
	    OpenSSL_version(OPENSSL_VERSION), confuse_version);
}
