/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A server and its client while something runs out, for each call that can:
 * nothing may hang, be left open, or leak.
 */
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

/* More than the kernel takes at once. */
#define SIZE (64 * 1024)

/*
 * Check takes memory at each assertion, so there are none while a call may
 * fail.
 */
static char sent[SIZE], received[SIZE];

/* What came of it. */
static struct {
	uint16_t port;
	const char *path;
	bool echoed;
	bool lines;
} outcome;

static void
ignore_log(int severity, const char *message)
{
	(void)severity, (void)message;
}

static void
ignore_report(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	(void)loop, (void)context, (void)arg;
}

/* Every name is 127.0.0.1. */
static int
any_name(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **list)
{
	if ((hints->ai_flags & AI_NUMERICHOST) != 0)
		return net_look_up(host, port, hints, list);
	return net_look_up("127.0.0.1", port, hints, list);
}

static int
echo(aw_reader *reader, aw_writer *writer, void *arg)
{
	const void *data;
	ssize_t n;
	int err = 0;

	(void)arg;
	while (err == 0 && (n = aw_reader_peek(reader, &data)) > 0) {
		aw_writer_write(writer, data, (size_t)n);
		aw_reader_consume(reader, (size_t)n);
		err = aw_writer_drain(writer);
	}
	return err;
}

static const aw_server_options options = {
	.accept_pause = 0.001,
	.send_buffer = 4096,
};

static int
start_server(aw_server **server)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	int err;

	if (outcome.path != NULL)
		return aw_start_unix_server(echo, NULL, outcome.path, &options,
		    server);
	err = aw_start_server(echo, NULL, "server.test", 0, &options, server);
	if (err == 0 && getsockname(aw_server_socket(*server, 0),
	    (struct sockaddr *)&address, &size) < 0) {
		aw_server_free(*server);
		err = -errno;
	}
	if (err == 0)
		outcome.port = ntohs(address.sin_port);
	return err;
}

/* Reads the echo as it was sent, or by lines. */
static void
receive_echo(aw_reader *reader)
{
	const char *line;
	ssize_t n, sum = 0;

	if (!outcome.lines) {
		n = aw_reader_readexactly(reader, received, SIZE);
		outcome.echoed = n == SIZE && memcmp(received, sent, SIZE) == 0;
		return;
	}
	while ((n = aw_reader_readline(reader, &line)) > 0)
		sum += n;
	outcome.echoed = n == 0 && sum == SIZE;
}

static int
run_client(void *arg)
{
	aw_reader *reader;
	aw_writer *writer;
	int err;

	(void)arg;
	if (outcome.path != NULL)
		err = aw_open_unix_connection(outcome.path, NULL, &reader,
		    &writer);
	else
		err = aw_open_connection("client.test", outcome.port, NULL,
		    &reader, &writer);
	if (err < 0)
		return err;
	aw_writer_write(writer, sent, SIZE);
	aw_writer_write_eof(writer);
	receive_echo(reader);
	/* Nobody reads any more, so the queues might never empty. */
	if (!outcome.echoed)
		aw_writer_abort(writer);
	aw_writer_close(writer);
	err = aw_writer_wait_closed(writer);
	aw_writer_free(writer);
	return err;
}

static int
run_both(void *arg)
{
	aw_server *server;
	aw_task *client;
	int err, closed;

	(void)arg;
	aw_loop_set_exception_handler(aw_get_running_loop(), ignore_report,
	    NULL);
	err = start_server(&server);
	if (err < 0)
		return err;
	client = aw_create_task(run_client, NULL, "client");
	err = aw_await(client);
	aw_future_unref(client);
	aw_server_close(server);
	closed = aw_server_wait_closed(server);
	aw_server_free(server);
	return err < 0 ? err : closed;
}

/*
 * Runs it with the n-th call failing, for each n; which way errors are told
 * does not matter here, but the last time, without one, it has to succeed.
 */
static void
fail_each(void)
{
	unsigned descriptors = net_open_descriptors(), n = 0, i;
	bool failed;
	int result;

	for (i = 0; i < SIZE; i++)
		sent[i] = i % 1000 == 999 || i == SIZE - 1 ? '\n' : 'x';
	net_getaddrinfo = any_name;
	event_set_log_callback(ignore_log);
	do {
		outcome.echoed = false;
		fail_at(++n, false);
		result = aw_run(run_both, NULL);
		failed = fail_stop();
		if (net_open_descriptors() != descriptors)
			ck_abort_msg("after call %u, %s, failed: %u "
			    "descriptors are open, not %u", n, fail_name(),
			    net_open_descriptors(), descriptors);
		if (outcome.path != NULL && access(outcome.path, F_OK) == 0)
			ck_abort_msg("after call %u, %s, failed: the path is "
			    "still there", n, fail_name());
	} while (failed);
	ck_assert_int_eq(result, 0);
	ck_assert(outcome.echoed);
	ck_assert_uint_gt(n, 30);
}

START_TEST(each_call_of_a_tcp_echo_may_fail)
{
	fail_each();
}
END_TEST

START_TEST(each_call_of_a_unix_echo_may_fail)
{
	outcome.path = "failures.sock";
	fail_each();
}
END_TEST

START_TEST(each_call_of_a_line_echo_may_fail)
{
	outcome.path = "failures.sock";
	outcome.lines = true;
	fail_each();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_call_of_a_tcp_echo_may_fail,
		each_call_of_a_unix_echo_may_fail,
		each_call_of_a_line_echo_may_fail,
	};

	return NET_MAIN("failures", tests);
}
