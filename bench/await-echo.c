/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo server on libawait and nothing else, to tell what the library costs
 * from what a daemon around it does.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include <await.h>

#include "command.h"

struct options {
	int64_t port;
	const char *tls;
};

static const struct option_row rows[] = {
	{ .name = "port", .letter = 'p', .argument = "N",
	    .help = "listen on this port of 127.0.0.1; 0, the default, lets "
	    "the kernel choose",
	    .handle = options_store_integer,
	    .offset = offsetof(struct options, port),
	    .lowest = "0", .highest = "65535" },
	{ .name = "tls", .letter = 't', .argument = "FILE",
	    .help = "speak TLS, with the certificate and the key in this file",
	    .handle = options_store_string,
	    .offset = offsetof(struct options, tls) },
	COMMAND_HELP_ROW,
};

static const struct command command = {
	.name = "await-echo",
	.operands = "",
	.about = "Echoes on libawait, until Ctrl-C; prints its address.\n",
	.rows = rows,
	.row_count = sizeof(rows) / sizeof(rows[0]),
};

static int
echo(aw_reader *reader, aw_writer *writer, void *arg)
{
	const void *data;
	ssize_t n;
	int err;

	(void)arg;
	for (;;) {
		n = aw_reader_peek(reader, &data);
		if (n <= 0)
			return (int)n;
		aw_writer_write(writer, data, (size_t)n);
		aw_reader_consume(reader, (size_t)n);
		err = aw_writer_drain(writer);
		if (err < 0)
			return err;
	}
}

static int
print_address(const aw_server *server)
{
	char text[AW_ADDRESS_TEXT_SIZE];

	puts(aw_server_address_text(server, 0, text, sizeof(text)));
	return fflush(stdout) == 0 ? 0 : -errno;
}

static int
make_context(const struct options *options, aw_tls_context **context)
{
	const aw_tls_options tls = {
		.server = true,
		.certificate = options->tls,
	};
	int err;

	if (options->tls == NULL)
		return 0;
	err = aw_tls_context_new(&tls, context, NULL, 0);
	if (err < 0)
		command_fail(&command, "%s", aw_error_text());
	return err;
}

static int
serve(void *arg)
{
	const struct options *options = arg;
	aw_server_options server_options = { .backlog = SOMAXCONN,
	    .hibernate = true };
	aw_server *server;
	int err;

	err = make_context(options, &server_options.connection.tls);
	if (err < 0)
		return err;
	err = aw_start_server(echo, NULL, "127.0.0.1", (uint16_t)options->port,
	    &server_options, &server);
	aw_tls_context_unref(server_options.connection.tls);
	if (err < 0) {
		command_fail(&command, "%s", aw_error_text());
		return err;
	}
	err = print_address(server);
	if (err == 0)
		err = aw_server_serve_forever(server);
	aw_server_free(server);
	return err;
}

int
main(int argc, char **argv)
{
	struct options options = { .port = 0 };
	int status;

	if (command_parse(&command, argc, argv, &options, &status) < 0)
		return status;
	return aw_run(serve, &options) == AW_EINTERRUPT ?
	    COMMAND_GOOD : COMMAND_FAILED;
}
