/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * echo-client: sends to an echo server and checks what comes back.
 */
#include <errno.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <await.h>

#include "common/standard.h"
#include "connection.h"
#include "json.h"
#include "options.h"
#include "ping.h"
#include "report.h"
#include "source.h"
#include "stream.h"
#include "verbose.h"

static int
run_stream(const struct connection *connection, struct report *report)
{
	const struct client_options *options = report->options;
	struct source source = {
		.data = options->message,
		.size = options->message_size,
		.fd = STDIN_FILENO,
	};

	if (options->mode == CLIENT_TERMINAL && report_is_talkative(report))
		fprintf(stderr, "Connected to %s.  Each line is sent when you "
		    "end it; Ctrl-D ends the connection.\n", report->peer);
	return stream_run(connection, &source, report);
}

/* What a run is made of. */
struct run {
	struct client_tls tls;
	struct report report;
};

/* The main task. */
static int
run_client(void *arg)
{
	struct run *run = arg;
	struct report *report = &run->report;
	struct connection connection;
	int err;

	err = connection_open(&connection, &run->tls, report);
	if (err < 0)
		return err;
	if (report->options->mode == CLIENT_PING)
		err = ping_run(&connection, report);
	else
		err = run_stream(&connection, report);
	report->interrupted = err == -ECANCELED;
	connection_close(&connection, report);
	return err;
}

static void
print_json(struct report *report)
{
	char *line = json_report(report);

	if (line == NULL)
		report_fail(report, REPORT_INTERNAL, 0, NULL,
		    "no memory for the report");
	else
		(void)report_print(report, line, strlen(line));
	free(line);
}

/* Notes how the run ended, and prints what is to be said of all of it. */
static void
finish(struct report *report, int result)
{
	bool ping = report->options->mode == CLIENT_PING && report->connected;

	report->interrupted = result == AW_EINTERRUPT;
	if (result < 0 && !report->interrupted && report->error_count == 0)
		report_fail(report, REPORT_INTERNAL, 0, NULL, "%s",
		    aw_strerror(result));
	/* Ctrl-C is how an endless ping ends, and no failure by itself. */
	if (report->interrupted && report->status == CLIENT_GOOD &&
	    (!ping || report->received == 0))
		report->status = ping ? CLIENT_WRONG : CLIENT_INTERRUPTED;
	verbose_print_times(report);
	if (report->output_closed)
		return;
	if (report->options->json)
		print_json(report);
	else if (ping)
		ping_print_summary(report);
}

/* Ends as if the signal had never been caught, which is what shells look at. */
static int
die_of(int signal_number)
{
	signal(signal_number, SIG_DFL);
	raise(signal_number);
	return 128 + signal_number;
}

static int
exit_status(struct report *report, bool pipe_ignored)
{
	if (report->output_closed && !pipe_ignored)
		return die_of(SIGPIPE);
	if (report->output_closed)
		report_fail(report, REPORT_OUTPUT, 0, NULL,
		    "standard output: %s", aw_strerror(-EPIPE));
	if (report->status == CLIENT_INTERRUPTED)
		return die_of(SIGINT);
	return report->status;
}

static int
run(const struct client_options *options)
{
	const aw_loop_options loop_options = {
		.stack_size = 256 * 1024,
		.precise_timers = true,
	};
	char error[AW_TLS_TEXT_SIZE];
	bool pipe_ignored;
	struct run run;
	int result;

	pipe_ignored = signal(SIGPIPE, SIG_IGN) == SIG_IGN;
	report_init(&run.report, options);
	if (client_tls_init(&run.tls, options, error, sizeof(error)) < 0) {
		fprintf(stderr, "echo-client: %s\n", error);
		return CLIENT_USAGE;
	}
	result = aw_run_with(run_client, &run, &loop_options);
	client_tls_save_session(&run.tls, &run.report);
	finish(&run.report, result);
	client_tls_free(&run.tls);
	return exit_status(&run.report, pipe_ignored);
}

static int
print_information(const struct client_options *options)
{
	if (options->help)
		options_help(stdout);
	else
		printf("echo-client %s\nlibawait %s, jansson %s, OpenSSL %s\n",
		    PACKAGE_VERSION, aw_version(), jansson_version_str(),
		    OpenSSL_version(OPENSSL_VERSION_STRING));
	return standard_flush("echo-client") < 0 ? CLIENT_WRONG : CLIENT_GOOD;
}

int
main(int argc, char **argv)
{
	struct client_options options;
	char error[512];
	int status;

	if (standard_open() < 0)
		return CLIENT_WRONG;
	if (options_load(&options, argc, argv, error, sizeof(error)) < 0) {
		fprintf(stderr, "echo-client: %s\n"
		    "Try 'echo-client --help'.\n", error);
		return CLIENT_USAGE;
	}
	if (options.help || options.version)
		status = print_information(&options);
	else
		status = run(&options);
	options_free(&options);
	return status;
}
