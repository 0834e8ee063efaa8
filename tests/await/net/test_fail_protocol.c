/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Protocols, pipes and fed readers while something runs out, for each call that
 * can: nothing may hang, be left open, or leak, and a connection that was made
 * is lost, once.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

/* More than the kernel takes at once. */
#define SIZE (256 * 1024)

static char data[SIZE];

/*
 * Check takes memory at each assertion, so there are none while a call may
 * fail.
 */
static struct {
	unsigned made, lost;   /* connections, of both ends */
	size_t received;       /* bytes, of the receiving end */
	int error;             /* that the sending end was lost by */
	bool ended;            /* the sending end is lost */
} outcome;

static void
on_made(aw_transport *transport, void *arg)
{
	(void)transport, (void)arg;
	outcome.made++;
}

static void
on_received(aw_transport *transport, const void *bytes, size_t size, void *arg)
{
	(void)transport, (void)bytes, (void)arg;
	outcome.received += size;
}

static void
on_lost(aw_transport *transport, int error, void *arg)
{
	(void)transport, (void)error, (void)arg;
	outcome.lost++;
}

static void
on_sender_made(aw_transport *transport, void *arg)
{
	struct iovec pieces[] = { { data, SIZE / 2 }, { data, SIZE / 2 } };

	(void)arg;
	outcome.made++;
	aw_transport_writelines(transport, pieces, 2);
	aw_transport_write_eof(transport);
}

static void
on_sender_lost(aw_transport *transport, int error, void *arg)
{
	(void)transport, (void)arg;
	outcome.lost++;
	outcome.error = error;
	outcome.ended = true;
}

static const aw_protocol receiver = {
	.connection_made = on_made,
	.data_received = on_received,
	.connection_lost = on_lost,
};

static const aw_protocol sender = {
	.connection_made = on_sender_made,
	.connection_lost = on_sender_lost,
};

static int
wait_for_end(void)
{
	int err = 0;

	while (err == 0 && !outcome.ended)
		err = aw_sleep(0);
	/* What the other end has yet to be told. */
	while (err == 0 && outcome.lost < outcome.made)
		err = aw_sleep(0);
	return err < 0 ? err : outcome.error;
}

static int
find_port(aw_server *server, uint16_t *port)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	if (getsockname(aw_server_socket(server, 0),
	    (struct sockaddr *)&address, &size) < 0)
		return -errno;
	*port = ntohs(address.sin_port);
	return 0;
}

static int
run_tcp(void *arg)
{
	const aw_server_options options = {
		.accept_pause = 0.001, .start_later = true,
	};
	aw_server *server;
	uint16_t port = 0;
	int err;

	(void)arg;
	err = aw_create_server(&receiver, NULL, "127.0.0.1", 0, &options,
	    &server);
	if (err < 0)
		return err;
	err = find_port(server, &port);
	if (err == 0)
		err = aw_server_start_serving(server);
	if (err == 0)
		err = aw_create_connection(&sender, NULL, "127.0.0.1", port,
		    NULL, NULL);
	if (err == 0)
		err = wait_for_end();
	aw_server_free(server);
	return err;
}

static int
run_unix(void *arg)
{
	const aw_server_options options = { .accept_pause = 0.001 };
	aw_server *server;
	int err;

	(void)arg;
	err = aw_create_unix_server(&receiver, NULL, "fail.sock", &options,
	    &server);
	if (err < 0)
		return err;
	err = aw_create_unix_connection(&sender, NULL, "fail.sock", NULL,
	    NULL);
	if (err == 0)
		err = wait_for_end();
	aw_server_free(server);
	return err;
}

static int
run_pipe(void *arg)
{
	aw_loop *loop = aw_get_running_loop();
	int ends[2], err;

	(void)arg;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	err = aw_connect_read_pipe(loop, &receiver, NULL, ends[0], NULL, NULL);
	if (err < 0)
		goto no_reader;
	err = aw_connect_write_pipe(loop, &sender, NULL, ends[1], NULL, NULL);
	if (err < 0)
		goto no_writer;
	return wait_for_end();

no_reader:
	close(ends[0]);
no_writer:
	close(ends[1]);
	return err;
}

/* Reads all that a pipe brings, in a stream, while another writes it. */
static int
run_streams(void *arg)
{
	aw_loop *loop = aw_get_running_loop();
	aw_reader *reader = NULL;
	aw_writer *writer;
	int ends[2], err;
	char *all = NULL;
	ssize_t n;

	(void)arg;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	err = aw_open_write_pipe(loop, ends[1], NULL, &writer);
	if (err < 0) {
		close(ends[0]);
		close(ends[1]);
		return err;
	}
	aw_writer_write(writer, data, SIZE);
	aw_writer_close(writer);
	err = aw_open_read_pipe(loop, ends[0], NULL, &reader);
	if (err < 0) {
		close(ends[0]);
		aw_writer_free(writer);
		return err;
	}
	n = aw_reader_read_all(reader, 0, &all);
	if (n >= 0) {
		outcome.received = (size_t)n;
		free(all);
	}
	aw_reader_free(reader);
	err = aw_writer_wait_closed(writer);
	aw_writer_free(writer);
	return n < 0 ? (int)n : err;
}

static int
run_fed(void *arg)
{
	const struct iovec separators[] = {
		{ (char []){ "\r\n" }, 2 }, { (char []){ "\n" }, 1 },
	};
	aw_reader *reader = aw_reader_new(aw_get_running_loop(), 0);
	const char *line;
	ssize_t n;

	(void)arg;
	if (reader == NULL)
		return -ENOMEM;
	n = aw_reader_feed_data(reader, "line\r\n", 6);
	if (n == 0)
		n = aw_reader_feed_data(reader, data, SIZE);
	if (n == 0)
		n = aw_reader_readuntil_any(reader, separators, 2, &line);
	if (n == 6)
		outcome.received = SIZE;
	aw_reader_free(reader);
	return n < 0 ? (int)n : 0;
}

static int
run_stream_socket(void *arg)
{
	aw_loop *loop = aw_get_running_loop();
	aw_reader *reader;
	aw_writer *writer;
	int fds[2], err;

	(void)arg;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	err = aw_open_connection_socket(loop, fds[0], NULL, &reader, &writer);
	if (err < 0)
		goto no_stream;
	err = aw_create_connection_socket(loop, &sender, NULL, fds[1], NULL,
	    NULL);
	if (err < 0)
		goto no_protocol;
	while (outcome.received < SIZE && !outcome.ended) {
		const void *bytes;
		ssize_t n = aw_reader_peek(reader, &bytes);

		err = (int)n;
		if (n <= 0)
			break;
		aw_reader_consume(reader, (size_t)n);
		outcome.received += (size_t)n;
	}
	aw_writer_free(writer);
	return err < 0 ? err : wait_for_end();

no_protocol:
	aw_writer_free(writer);
	close(fds[1]);
	return err;
no_stream:
	close(fds[0]);
	close(fds[1]);
	return err;
}

static void
ignore_report(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	(void)loop, (void)context, (void)arg;
}

/* A bound for what waits for a peer that was never accepted. */
static int
run_bounded(void *arg)
{
	aw_timeout *timeout;
	int err;

	aw_loop_set_exception_handler(aw_get_running_loop(), ignore_report,
	    NULL);
	err = aw_timeout_enter(5, &timeout);
	if (err < 0)
		return err;
	return aw_timeout_exit(timeout, (*(aw_coroutine **)arg)(NULL));
}

static void
fail_each(aw_coroutine *scenario)
{
	unsigned descriptors = net_open_descriptors(), n = 0;
	bool failed;
	int result;

	do {
		memset(&outcome, 0, sizeof(outcome));
		fail_at(++n, false);
		result = aw_run(run_bounded, &scenario);
		failed = fail_stop();
		ck_assert_msg(result != -ETIMEDOUT, "after call %u, %s, "
		    "failed it hangs", n, fail_name());
		ck_assert_msg(outcome.made == outcome.lost, "after call %u, "
		    "%s, failed: %u were made, %u lost", n, fail_name(),
		    outcome.made, outcome.lost);
		ck_assert_msg(net_open_descriptors() == descriptors,
		    "after call %u, %s, failed: %u descriptors are open, "
		    "not %u", n, fail_name(), net_open_descriptors(),
		    descriptors);
	} while (failed);
	ck_assert_int_eq(result, 0);
	ck_assert_uint_eq(outcome.received, SIZE);
	ck_assert_uint_gt(n, 5);
}

START_TEST(each_call_of_a_tcp_protocol_may_fail)
{
	fail_each(run_tcp);
}
END_TEST

START_TEST(each_call_of_a_unix_protocol_may_fail)
{
	fail_each(run_unix);
}
END_TEST

START_TEST(each_call_of_a_pipes_protocol_may_fail)
{
	fail_each(run_pipe);
}
END_TEST

START_TEST(each_call_of_a_pipes_stream_may_fail)
{
	fail_each(run_streams);
}
END_TEST

START_TEST(each_call_of_a_fed_reader_may_fail)
{
	fail_each(run_fed);
}
END_TEST

START_TEST(each_call_of_sockets_that_are_taken_over_may_fail)
{
	fail_each(run_stream_socket);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_call_of_a_tcp_protocol_may_fail,
		each_call_of_a_unix_protocol_may_fail,
		each_call_of_a_pipes_protocol_may_fail,
		each_call_of_a_pipes_stream_may_fail,
		each_call_of_a_fed_reader_may_fail,
		each_call_of_sockets_that_are_taken_over_may_fail,
	};

	return NET_MAIN("fail_protocol", tests);
}
