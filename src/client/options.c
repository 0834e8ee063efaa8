/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/options.h"

/* What a number holds until the command line sets it. */
#define NOT_GIVEN (-1)

#define DEFAULT_TIMEOUT 10.0
#define DEFAULT_INTERVAL 1.0
#define DEFAULT_SIZE 64

const char *const client_mode_names[] = {
	"message", "input", "terminal", "ping"
};

#define TARGET(field) offsetof(struct client_options, field)

static const struct option_row rows[] = {
	{ .name = "count", .letter = 'c', .argument = "N",
	    .help = "send N numbered echoes as ping does; without N, but with "
	    "one of the next two, until Ctrl-C",
	    .handle = options_store_integer, .offset = TARGET(count),
	    .lowest = "1", .highest = "1000000000000" },
	{ .name = "interval", .letter = 'i', .argument = "S",
	    .help = "start one every S seconds (default 1); 0 sends the next "
	    "as soon as the last is back",
	    .handle = options_store_duration, .offset = TARGET(interval),
	    .lowest = "0", .highest = "1d" },
	{ .name = "size", .letter = 's', .argument = "B",
	    .help = "of B bytes each, from 1 to 16M (default 64)",
	    .handle = options_store_size, .offset = TARGET(size),
	    .lowest = "1", .highest = "16M" },
	{ .name = "timeout", .letter = 't', .argument = "S",
	    .help = "give up after S seconds without a connection, without "
	    "TLS on it, or without progress of an echo (default 10); 0 never "
	    "does",
	    .handle = options_store_duration, .offset = TARGET(timeout),
	    .lowest = "0", .highest = "1d" },
	{ .name = "quiet", .letter = 'q',
	    .help = "print no echo, only errors and the summary of --count",
	    .handle = options_store_true, .offset = TARGET(quiet) },
	{ .name = "verbose", .letter = 'v',
	    .help = "tell on standard error what the connection is like and "
	    "how long each part took",
	    .handle = options_store_true, .offset = TARGET(verbose) },
	{ .name = "json", .letter = 'j',
	    .help = "print one JSON object with options, figures and errors "
	    "instead",
	    .handle = options_store_true, .offset = TARGET(json) },
	OPTIONS_HELP_ROW(TARGET(help)),
	{ .name = "version", .letter = 'V',
	    .help = "print the version and exit",
	    .handle = options_store_true, .offset = TARGET(version) },
	{ .help = "With a server that speaks TLS:" },
	TLS_OPTIONS_ROWS(TARGET(tls)),
	{ .name = "resume", .argument = "FILE",
	    .help = "resume the session of an earlier run that the file "
	    "holds, and keep this one's in it for the next",
	    .handle = options_store_string, .offset = TARGET(resume) },
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

void
options_help(FILE *file)
{
	fprintf(file,
	    "Usage: echo-client [OPTION...] ADDRESS [MESSAGE...]\n"
	    "\n"
	    "Sends the message, or standard input if there is none, to an "
	    "echo server,\n"
	    "prints what comes back and checks it byte for byte.\n"
	    "\n"
	    "ADDRESS is HOST[:PORT], [IPV6]:PORT or unix:PATH; "
	    "the port is %d if left out.\n"
	    "The words of the message are joined by spaces and end with a "
	    "newline.\n"
	    "\n", CLIENT_DEFAULT_PORT);
	options_print_help(file, rows, ROW_COUNT);
	fputs("\n"
	    "Exit status: 0 all came back, 1 an echo was wrong or missing, "
	    "2 no connection,\n"
	    "or no TLS on it, 3 wrong usage.\n", file);
}

static size_t
joined_size(char **words, int count)
{
	size_t size = 0;

	for (int i = 0; i < count; i++)
		size += strlen(words[i]) + 1;
	return size;
}

/* Joins the words by spaces and ends them with a newline, as echo(1) does. */
static int
join_message(struct client_options *options, char **words, int count)
{
	size_t size = joined_size(words, count);
	char *end;

	options->message = malloc(size);
	if (options->message == NULL)
		return -ENOMEM;
	end = options->message;
	for (int i = 0; i < count; i++) {
		size_t length = strlen(words[i]);

		memcpy(end, words[i], length);
		end[length] = i + 1 < count ? ' ' : '\n';
		end += length + 1;
	}
	options->message_size = size;
	return 0;
}

/* Decides what is to be done, and with which values for what was left out. */
static int
choose_mode(struct client_options *options, int word_count)
{
	bool ping = options->count != NOT_GIVEN ||
	    options->interval != NOT_GIVEN || options->size != 0;

	if (ping && word_count > 0)
		return -EINVAL;
	if (ping)
		options->mode = CLIENT_PING;
	else if (word_count > 0)
		options->mode = CLIENT_MESSAGE;
	else
		options->mode = isatty(STDIN_FILENO) ?
		    CLIENT_TERMINAL : CLIENT_INPUT;
	if (options->count == NOT_GIVEN)
		options->count = 0;
	if (options->interval == NOT_GIVEN)
		options->interval = DEFAULT_INTERVAL;
	if (options->size == 0)
		options->size = DEFAULT_SIZE;
	return 0;
}

static int
check_tls(const struct client_options *options, char *error, size_t error_size)
{
	const char *host = options->address.kind == ADDRESS_UNIX ? NULL :
	    options->address.host;

	if (options->resume != NULL && !options->tls.enabled) {
		snprintf(error, error_size, "--resume needs --tls");
		return -EINVAL;
	}
	return tls_options_check(&options->tls, host, error, error_size);
}

static int
load_operands(struct client_options *options, char **operands, int count,
    char *error, size_t error_size)
{
	int err;

	err = address_parse_operand(operands[0], CLIENT_DEFAULT_PORT,
	    &options->address, error, error_size);
	if (err < 0)
		return err;
	address_text(&options->address, options->text, sizeof(options->text));
	err = check_tls(options, error, error_size);
	if (err < 0)
		return err;
	err = choose_mode(options, count - 1);
	if (err < 0) {
		snprintf(error, error_size, "a message can't be combined with "
		    "--count, --interval or --size, which send a payload of "
		    "their own");
		return err;
	}
	if (count == 1)
		return 0;
	err = join_message(options, operands + 1, count - 1);
	if (err < 0)
		snprintf(error, error_size, "no memory for the message");
	return err;
}

int
options_load(struct client_options *options, int argc, char **argv,
    char *error, size_t error_size)
{
	int first;

	*options = (struct client_options){
		.count = NOT_GIVEN,
		.interval = NOT_GIVEN,
		.timeout = DEFAULT_TIMEOUT,
	};
	first = options_parse(rows, ROW_COUNT, argc, argv, options, error,
	    error_size);
	if (first < 0)
		return first;
	if (options->help || options->version)
		return 0;
	return load_operands(options, argv + first, argc - first, error,
	    error_size);
}

void
options_free(struct client_options *options)
{
	free(options->message);
	options->message = NULL;
}
