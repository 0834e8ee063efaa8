/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Opening connections, and why that fails.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

/* The address of an attempt. */
struct attempt {
	const char *host;
	const char *path;
	uint16_t port;
	int result;
	char text[256];
	aw_reader *reader;
	aw_writer *writer;
};

static int
run(void *arg)
{
	struct attempt *attempt = arg;

	attempt->result = attempt->path != NULL ?
	    aw_open_unix_connection(attempt->path, NULL, &attempt->reader,
	    &attempt->writer) :
	    aw_open_connection(attempt->host, attempt->port, NULL,
	    &attempt->reader, &attempt->writer);
	snprintf(attempt->text, sizeof(attempt->text), "%s", aw_error_text());
	return attempt->result;
}

/* A port of 127.0.0.1 that nobody listens on and nobody else gets. */
static uint16_t
refusing_port(int *fd)
{
	struct sockaddr_in address = { .sin_family = AF_INET };

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_ge(*fd, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(*fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	return net_port(*fd);
}

/* A Unix socket that listens with the smallest backlog there is. */
static int
listen_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	    0);

	strcpy(address.sun_path, path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 0), 0);
	return fd;
}

NET_TEST(a_connection_is_opened_and_used)
{
	struct attempt attempt = { .host = "127.0.0.1" };
	char buffer[8];
	int listener, peer;

	listener = net_listen(5, &attempt.port);
	ck_assert_int_eq(run(&attempt), 0);
	ck_assert_str_eq(attempt.text, "");
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ge(peer, 0);
	aw_writer_write(attempt.writer, "ping", 4);
	ck_assert_int_eq(recv(peer, buffer, 8, 0), 4);
	ck_assert_int_eq(send(peer, "pong!", 5, 0), 5);
	ck_assert_int_eq(aw_reader_readexactly(attempt.reader, buffer, 5), 5);
	aw_writer_free(attempt.writer);
	close(peer);
	close(listener);
}

NET_TEST(a_connection_has_the_options_that_were_given)
{
	aw_connection_options options = { .limit = 3 };
	aw_reader *reader;
	aw_writer *writer;
	const char *line;
	uint16_t port;
	int listener = net_listen(5, &port), peer;

	ck_assert_int_eq(aw_open_connection("127.0.0.1", port, &options,
	    &reader, &writer), 0);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_eq(send(peer, "12345\n", 6, 0), 6);
	ck_assert_int_eq(aw_reader_readline(reader, &line), AW_ELIMIT);
	aw_writer_free(writer);
	close(peer);
	close(listener);
}

NET_TEST(a_refusal_names_the_address)
{
	struct attempt attempt = { .host = "127.0.0.1" };
	char expected[64];
	int fd;

	attempt.port = refusing_port(&fd);
	ck_assert_int_eq(run(&attempt), -ECONNREFUSED);
	snprintf(expected, sizeof(expected), "127.0.0.1:%u: %s", attempt.port,
	    aw_strerror(-ECONNREFUSED));
	ck_assert_str_eq(attempt.text, expected);
	close(fd);
}

/* A name of two addresses: ::1 and 127.0.0.1, both at the same port. */
static int
two_addresses(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **list)
{
	struct addrinfo numeric = *hints;
	int error;

	if (strcmp(host, "two.test") != 0 ||
	    (hints->ai_flags & AI_NUMERICHOST) != 0)
		return net_look_up(host, port, hints, list);
	numeric.ai_flags |= AI_NUMERICHOST;
	error = net_look_up("::1", port, &numeric, list);
	if (error == 0)
		error = net_look_up("127.0.0.1", port, &numeric,
		    &(*list)->ai_next);
	return error;
}

NET_TEST(a_name_is_resolved_and_its_addresses_tried)
{
	struct attempt attempt = { .host = "two.test" };
	int listener = net_listen(5, &attempt.port), peer;

	net_getaddrinfo = two_addresses;
	/* Nobody listens on ::1 at this port, so it is the second one. */
	ck_assert_int_eq(run(&attempt), 0);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ge(peer, 0);
	aw_writer_free(attempt.writer);
	close(peer);
	close(listener);
}

NET_TEST(a_failure_names_all_addresses)
{
	struct attempt attempt = { .host = "two.test" };
	char expected[128];
	int fd;

	if (!net_has_ipv6())
		return;
	net_getaddrinfo = two_addresses;
	attempt.port = refusing_port(&fd);
	ck_assert_int_eq(run(&attempt), -ECONNREFUSED);
	snprintf(expected, sizeof(expected), "[::1]:%u: %s; 127.0.0.1:%u: %s",
	    attempt.port, aw_strerror(-ECONNREFUSED),
	    attempt.port, aw_strerror(-ECONNREFUSED));
	ck_assert_str_eq(attempt.text, expected);
	close(fd);
}

NET_TEST(the_text_of_a_failure_goes_with_the_next_attempt)
{
	struct attempt attempt = { .host = "127.0.0.1" };
	int listener, fd;

	attempt.port = refusing_port(&fd);
	ck_assert_int_eq(run(&attempt), -ECONNREFUSED);
	ck_assert_str_ne(attempt.text, "");
	close(fd);
	listener = net_listen(5, &attempt.port);
	ck_assert_int_eq(run(&attempt), 0);
	ck_assert_str_eq(attempt.text, "");
	aw_writer_free(attempt.writer);
	close(listener);
}

NET_TEST(a_name_that_is_unknown_is_an_error_of_its_own)
{
	struct attempt attempt = { .host = "nowhere.test", .port = 7 };

	net_getaddrinfo = net_know_nothing;
	ck_assert_int_eq(run(&attempt), AW_EDNS);
	ck_assert_str_eq(attempt.text,
	    "nowhere.test: Name or service not known");
}

/* Fills a listener's queue, so that the next connect gets no answer. */
static unsigned
fill_backlog(uint16_t port, int *fds, unsigned most)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	unsigned i;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	for (i = 0; i < most; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK |
		    SOCK_CLOEXEC, 0);
		ck_assert_int_ge(fds[i], 0);
		ck_assert_int_eq(connect(fds[i], (struct sockaddr *)&address,
		    sizeof(address)), -1);
		ck_assert_int_eq(errno, EINPROGRESS);
	}
	return i;
}

NET_TEST(an_attempt_that_gets_no_answer_can_be_cancelled)
{
	struct attempt attempt = { .host = "127.0.0.1" };
	int listener = net_listen(0, &attempt.port), fds[3], i;
	unsigned descriptors;
	aw_task *task;

	fill_backlog(attempt.port, fds, 3);
	descriptors = net_open_descriptors();
	task = net_spawn(run, &attempt);
	net_turns(5);
	ck_assert(!aw_future_done(task));
	ck_assert_uint_gt(net_open_descriptors(), descriptors);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	ck_assert_uint_eq(net_open_descriptors(), descriptors);
	for (i = 0; i < 3; i++)
		close(fds[i]);
	close(listener);
}

NET_TEST(a_timeout_ends_an_attempt)
{
	struct attempt attempt = { .host = "127.0.0.1" };
	int listener = net_listen(0, &attempt.port), fds[3], i, err;
	aw_timeout *timeout;

	fill_backlog(attempt.port, fds, 3);
	ck_assert_int_eq(aw_timeout_enter(0.001, &timeout), 0);
	err = run(&attempt);
	ck_assert_int_eq(aw_timeout_exit(timeout, err), -ETIMEDOUT);
	for (i = 0; i < 3; i++)
		close(fds[i]);
	close(listener);
}

/* A name of two addresses that are the same. */
static int
twice_the_same(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list)
{
	int error;

	if ((hints->ai_flags & AI_NUMERICHOST) != 0)
		return net_look_up(host, port, hints, list);
	error = net_look_up("127.0.0.1", port, hints, list);
	if (error == 0)
		error = net_look_up("127.0.0.1", port, hints,
		    &(*list)->ai_next);
	return error;
}

NET_TEST(a_cancelled_attempt_tries_no_further_address)
{
	struct attempt attempt = { .host = "twice.test" };
	int listener = net_listen(0, &attempt.port), fds[3], i;
	unsigned descriptors;
	aw_task *task;

	net_getaddrinfo = twice_the_same;
	fill_backlog(attempt.port, fds, 3);
	descriptors = net_open_descriptors();
	task = net_spawn(run, &attempt);
	/* It has a socket as soon as the name is resolved. */
	while (net_open_descriptors() == descriptors)
		net_turns(1);
	aw_cancel(task);
	/* The second address would keep it waiting just as the first. */
	ck_assert_int_eq(net_join(task), -ECANCELED);
	ck_assert_str_eq(attempt.text, "");
	for (i = 0; i < 3; i++)
		close(fds[i]);
	close(listener);
}

NET_TEST(a_unix_connection_is_opened_and_used)
{
	struct attempt attempt = { .path = "connect.sock" };
	int listener = listen_unix(attempt.path), peer;
	char buffer[8];

	ck_assert_int_eq(run(&attempt), 0);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ge(peer, 0);
	aw_writer_write(attempt.writer, "ping", 4);
	ck_assert_int_eq(recv(peer, buffer, 8, 0), 4);
	aw_writer_free(attempt.writer);
	close(peer);
	close(listener);
	unlink(attempt.path);
}

/* Backlog 0 is room for one; a second one has to wait for an accept. */
NET_TEST(a_unix_socket_with_a_full_backlog_is_waited_for)
{
	struct attempt first = { .path = "full.sock" };
	struct attempt second = { .path = "full.sock" };
	int listener = listen_unix(first.path), peers[2];
	aw_task *task;

	ck_assert_int_eq(run(&first), 0);
	task = net_spawn(run, &second);
	net_turns(5);
	ck_assert(!aw_future_done(task));
	peers[0] = accept(listener, NULL, NULL);
	ck_assert_int_eq(net_join(task), 0);
	peers[1] = accept(listener, NULL, NULL);
	ck_assert_int_ge(peers[1], 0);
	aw_writer_free(first.writer);
	aw_writer_free(second.writer);
	close(peers[0]);
	close(peers[1]);
	close(listener);
	unlink(first.path);
}

NET_TEST(waiting_for_a_full_backlog_can_be_cancelled)
{
	struct attempt first = { .path = "full.sock" };
	struct attempt second = { .path = "full.sock" };
	int listener = listen_unix(first.path);
	aw_task *task;

	ck_assert_int_eq(run(&first), 0);
	task = net_spawn(run, &second);
	net_turns(5);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
	aw_writer_free(first.writer);
	close(listener);
	unlink(first.path);
}

NET_TEST(a_unix_socket_that_is_not_there)
{
	struct attempt attempt = { .path = "missing.sock" };

	ck_assert_int_eq(run(&attempt), -ENOENT);
	ck_assert_str_eq(attempt.text,
	    "unix:missing.sock: No such file or directory");
}

NET_TEST(a_unix_socket_that_nobody_listens_on)
{
	struct attempt attempt = { .path = "stale.sock" };

	close(listen_unix(attempt.path));
	ck_assert_int_eq(run(&attempt), -ECONNREFUSED);
	ck_assert_str_eq(attempt.text, "unix:stale.sock: Connection refused");
	unlink(attempt.path);
}

NET_TEST(a_unix_path_that_is_too_long)
{
	char path[200];
	struct attempt attempt = { .path = path };

	memset(path, 'p', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(run(&attempt), -ENAMETOOLONG);
	path[0] = '\0';
	ck_assert_int_eq(run(&attempt), -EINVAL);
}

NET_TEST(without_a_descriptor_the_error_says_so)
{
	struct attempt attempt = { .host = "127.0.0.1", .port = 7 };

	fail_call("socket", 1, 1, EMFILE);
	ck_assert_int_eq(run(&attempt), -EMFILE);
	ck_assert(fail_stop());
	ck_assert_str_eq(attempt.text, "127.0.0.1:7: Too many open files");
}

NET_TEST(the_outcome_of_an_attempt_may_be_unknowable)
{
	struct attempt attempt = { .host = "127.0.0.1" };
	int listener = net_listen(5, &attempt.port);

	fail_call("getsockopt", 1, 1, ENOBUFS);
	ck_assert_int_eq(run(&attempt), -ENOBUFS);
	ck_assert(fail_stop());
	close(listener);
}

START_TEST(outside_of_a_task_nothing_is_opened)
{
	struct attempt attempt = { .host = "127.0.0.1", .port = 7 };

	ck_assert_int_eq(run(&attempt), AW_ENOTASK);
	attempt.path = "connect.sock";
	ck_assert_int_eq(run(&attempt), AW_ENOTASK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_connection_is_opened_and_used,
		a_connection_has_the_options_that_were_given,
		a_refusal_names_the_address,
		a_name_is_resolved_and_its_addresses_tried,
		a_failure_names_all_addresses,
		the_text_of_a_failure_goes_with_the_next_attempt,
		a_name_that_is_unknown_is_an_error_of_its_own,
		an_attempt_that_gets_no_answer_can_be_cancelled,
		a_timeout_ends_an_attempt,
		a_cancelled_attempt_tries_no_further_address,
		a_unix_connection_is_opened_and_used,
		a_unix_socket_with_a_full_backlog_is_waited_for,
		waiting_for_a_full_backlog_can_be_cancelled,
		a_unix_socket_that_is_not_there,
		a_unix_socket_that_nobody_listens_on,
		a_unix_path_that_is_too_long,
		without_a_descriptor_the_error_says_so,
		the_outcome_of_an_attempt_may_be_unknowable,
		outside_of_a_task_nothing_is_opened,
	};

	return NET_MAIN_FORKED("connect", tests);
}
