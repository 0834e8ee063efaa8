/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Accepting: in batches, and when descriptors or memory run out.
 */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

/* Seconds that no test waits for. */
#define NEVER 1000

/* A server, and what it has said. */
struct site {
	aw_server *server;
	uint16_t port;
	unsigned begun;   /* handlers */
	unsigned errors;  /* calls of accept_error with an error */
	unsigned relieved; /* and without */
	int error;        /* the last error */
	enum { GO_ON, CLOSE, FREE } then; /* what accept_error does */
};

static void
on_accept_error(aw_server *server, int error, void *arg)
{
	struct site *site = arg;

	ck_assert_ptr_eq(server, site->server);
	if (error == 0) {
		site->relieved++;
		return;
	}
	site->errors++;
	site->error = error;
	if (site->then == CLOSE)
		aw_server_close(server);
	if (site->then == FREE) {
		aw_server_free(server);
		site->server = NULL;
	}
}

static void
open_site(struct site *site, double accept_pause)
{
	aw_server_options options = {
		.accept_pause = accept_pause,
		.accept_error = on_accept_error,
		.accept_error_arg = site,
	};

	memset(site, 0, sizeof(*site));
	ck_assert_int_eq(aw_start_server(net_echo, &site->begun, "127.0.0.1", 0,
	    &options, &site->server), 0);
	site->port = net_port(aw_server_socket(site->server, 0));
}

static void
close_site(struct site *site)
{
	net_stop_server(site->server);
}

/* A client whose connection is being handled. */
static int
enter(struct site *site)
{
	unsigned begun = site->begun;
	int fd = net_connect(site->port);

	while (site->begun == begun)
		net_turns(1);
	return fd;
}

static void
check_alive(int fd)
{
	net_check_echo(fd, "?");
}

static bool
has_failed(void *arg)
{
	struct site *site = arg;

	return site->errors > 0;
}

/* A client that finds no descriptor left for it. */
static int
enter_in_vain(struct site *site, unsigned times, int error)
{
	int fd;

	fail_call("accept4", 1, times, error);
	fd = net_connect(site->port);
	net_wait_until(has_failed, site);
	return fd;
}

NET_TEST(a_shortage_is_told_once_and_its_end_once)
{
	struct site site;
	int fd;

	open_site(&site, 0.005);
	/* It fails once more after each of the first pauses. */
	fd = enter_in_vain(&site, 3, EMFILE);
	check_alive(fd);
	ck_assert(fail_stop());
	ck_assert_uint_eq(site.errors, 1);
	ck_assert_int_eq(site.error, -EMFILE);
	ck_assert_uint_eq(site.relieved, 1);
	close(fd);
	close(enter(&site));
	ck_assert_uint_eq(site.relieved, 1);
	close_site(&site);
}

NET_TEST(each_shortage_is_told)
{
	static const int errors[] = { EMFILE, ENFILE, ENOBUFS, ENOMEM };
	struct site site;
	unsigned i;
	int fd;

	open_site(&site, 0.001);
	for (i = 0; i < 4; i++) {
		site.errors = 0;
		fd = enter_in_vain(&site, 1, errors[i]);
		ck_assert_int_eq(site.error, -errors[i]);
		check_alive(fd);
		ck_assert_uint_eq(site.errors, 1);
		ck_assert_uint_eq(site.relieved, i + 1);
		close(fd);
	}
	fail_stop();
	close_site(&site);
}

NET_TEST(a_pause_does_not_keep_the_loop_busy)
{
	struct site site;
	unsigned polls;
	int fd;

	open_site(&site, NEVER);
	fd = enter_in_vain(&site, 1, EMFILE);
	polls = net_polls;
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert_uint_le(net_polls - polls, 5);
	ck_assert_uint_eq(site.begun, 0);
	fail_stop();
	close_site(&site);
	close(fd);
}

NET_TEST(a_pause_lasts_as_long_as_it_is_given)
{
	struct site site;
	double before;
	int fd;

	open_site(&site, 0.05);
	before = aw_loop_time(aw_get_running_loop());
	fd = enter_in_vain(&site, 1, EMFILE);
	check_alive(fd);
	ck_assert_double_ge(aw_loop_time(aw_get_running_loop()) - before, 0.04);
	fail_stop();
	close(fd);
	close_site(&site);
}

NET_TEST(a_socket_that_can_not_be_watched_again_pauses_on)
{
	struct site site;
	int fd;

	open_site(&site, 0.005);
	net_refusal.fd = aw_server_socket(site.server, 0);
	net_refusal.times = 2;
	fd = enter_in_vain(&site, 1, EMFILE);
	check_alive(fd);
	close(fd);
	fd = enter(&site);
	check_alive(fd);
	ck_assert_uint_eq(net_refusal.times, 0);
	fail_stop();
	close(fd);
	close_site(&site);
}

NET_TEST(a_pause_lasts_a_second_by_default)
{
	struct site site;
	double before;
	int fd;

	open_site(&site, 0);
	before = aw_loop_time(aw_get_running_loop());
	fd = enter_in_vain(&site, 1, EMFILE);
	check_alive(fd);
	ck_assert_double_ge(aw_loop_time(aw_get_running_loop()) - before, 1);
	fail_stop();
	close(fd);
	close_site(&site);
}

NET_TEST(accepting_goes_on_at_once_when_a_connection_ends)
{
	struct site site;
	int first, second;

	open_site(&site, NEVER);
	first = enter(&site);
	second = enter_in_vain(&site, 1, EMFILE);
	close(first);
	check_alive(second);
	ck_assert_uint_eq(site.relieved, 1);
	fail_stop();
	close(second);
	close_site(&site);
}

NET_TEST(the_real_limit_of_descriptors_is_met_and_left)
{
	struct rlimit before, tight;
	struct site site;
	int first, second, third;

	open_site(&site, NEVER);
	first = enter(&site);
	second = net_connect(site.port);
	while (site.begun < 2)
		net_turns(1);
	/* Room for the client's end alone. */
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	third = dup(0);
	close(third);
	tight = before;
	tight.rlim_cur = (rlim_t)third + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
	third = net_connect(site.port);
	net_wait_until(has_failed, &site);
	ck_assert_int_eq(site.error, -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	close(first);
	/* Not the third one, which valgrind's kernel loses. */
	first = enter(&site);
	check_alive(first);
	ck_assert_uint_eq(site.errors, 1);
	ck_assert_uint_eq(site.relieved, 1);
	close(first);
	close(second);
	close(third);
	close_site(&site);
}

NET_TEST(without_a_callback_a_shortage_is_reported_once)
{
	aw_server_options options = { .accept_pause = 0.001 };
	struct site site = { .begun = 0 };
	const char *message;
	int error, fd;

	ck_assert_int_eq(aw_start_server(net_echo, &site.begun, "127.0.0.1", 0,
	    &options, &site.server), 0);
	fail_call("accept4", 1, 3, ENFILE);
	fd = net_connect(net_port(aw_server_socket(site.server, 0)));
	check_alive(fd);
	ck_assert(fail_stop());
	ck_assert_uint_eq(net_take_report(&error, &message), 1);
	ck_assert_int_eq(error, -ENFILE);
	ck_assert_ptr_nonnull(strstr(message, "can't be accepted"));
	close(fd);
	close_site(&site);
}

NET_TEST(a_connection_that_failed_before_its_turn_is_passed_over)
{
	static const int errors[] = { ECONNABORTED, EPROTO, EINTR, EPERM };
	struct site site;
	unsigned i;

	open_site(&site, NEVER);
	for (i = 0; i < 4; i++) {
		fail_call("accept4", 1, 1, errors[i]);
		close(enter(&site));
		ck_assert(fail_stop());
	}
	ck_assert_uint_eq(site.errors, 0);
	ck_assert_uint_eq(site.relieved, 0);
	close_site(&site);
}

NET_TEST(a_socket_that_only_fails_does_not_keep_the_loop_busy)
{
	struct site site;
	unsigned polls;

	open_site(&site, NEVER);
	ck_assert_int_eq(shutdown(aw_server_socket(site.server, 0),
	    SHUT_RDWR), 0);
	net_wait_until(has_failed, &site);
	ck_assert_int_eq(site.error, -EINVAL);
	polls = net_polls;
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert_uint_le(net_polls - polls, 5);
	ck_assert_uint_eq(site.errors, 1);
	close_site(&site);
}

NET_TEST(connections_that_failed_in_between_make_no_row)
{
	struct site site;
	unsigned i;

	open_site(&site, NEVER);
	for (i = 0; i < 3; i++) {
		fail_call("accept4", 1, 40, ECONNABORTED);
		close(enter(&site));
		ck_assert(fail_stop());
	}
	ck_assert_uint_eq(site.errors, 0);
	close_site(&site);
}

NET_TEST(a_connection_that_another_process_took_is_no_error)
{
	struct site site;

	open_site(&site, NEVER);
	fail_call("accept4", 1, 2, EAGAIN);
	close(enter(&site));
	ck_assert(fail_stop());
	ck_assert_uint_eq(site.errors, 0);
	close_site(&site);
}

static bool
is_relieved(void *arg)
{
	struct site *site = arg;

	return site->relieved > 0;
}

/* As where several servers have the socket, of which one accepts. */
NET_TEST(the_end_of_a_shortage_is_told_though_nobody_comes)
{
	struct site site;
	int fd, taken;

	open_site(&site, 0.005);
	fd = enter_in_vain(&site, 1, EMFILE);
	ck_assert(fail_stop());
	taken = accept(aw_server_socket(site.server, 0), NULL, NULL);
	ck_assert_int_ge(taken, 0);
	net_wait_until(is_relieved, &site);
	ck_assert_uint_eq(site.begun, 0);
	ck_assert_uint_eq(site.errors, 1);
	close(taken);
	close(fd);
	fd = enter(&site);
	check_alive(fd);
	close(fd);
	ck_assert_uint_eq(site.relieved, 1);
	close_site(&site);
}

NET_TEST(a_connection_after_another_needs_no_memory)
{
	struct site site;
	int fd;

	open_site(&site, NEVER);
	close(enter(&site));
	while (aw_server_connection_count(site.server) > 0)
		net_turns(1);
	fd = net_connect(site.port);
	/* The stack is there already, and nothing is queued. */
	fail_call("malloc", 1, 1, ENOMEM);
	while (site.begun == 1)
		net_turns(1);
	ck_assert(!fail_stop());
	check_alive(fd);
	close(fd);
	ck_assert_uint_eq(site.errors, 0);
	close_site(&site);
}

/* Stacks so large that only a few are mapped at once. */
#define LARGE_STACK (512 * 1024)
#define MANY 50

static int
run_out_of_stacks(void *arg)
{
	struct site site;
	int fds[MANY], n = 0;

	(void)arg;
	open_site(&site, 0.001);
	fail_call("mmap", 1, 1, ENOMEM);
	while (site.errors == 0) {
		ck_assert_int_lt(n, MANY);
		fds[n++] = net_connect(site.port);
		net_turns(2);
	}
	ck_assert(fail_stop());
	ck_assert_int_eq(site.error, -ENOMEM);
	ck_assert_uint_eq(site.begun, n - 1);
	while (n > 0)
		close(fds[--n]);
	fds[0] = enter(&site);
	check_alive(fds[0]);
	close(fds[0]);
	close_site(&site);
	return 0;
}

START_TEST(without_memory_for_a_stack_a_connection_is_closed)
{
	aw_loop_options options = { .stack_size = LARGE_STACK };

	ck_assert_int_eq(aw_run_with(run_out_of_stacks, NULL, &options), 0);
}
END_TEST

NET_TEST(a_server_may_be_closed_during_a_pause)
{
	struct site site;
	int fd;

	open_site(&site, NEVER);
	fd = enter_in_vain(&site, 1, EMFILE);
	close_site(&site);
	fail_stop();
	ck_assert_uint_eq(site.relieved, 0);
	close(fd);
}

NET_TEST(a_server_may_be_closed_by_accept_error)
{
	struct site site;
	int fd;

	open_site(&site, NEVER);
	site.then = CLOSE;
	fd = enter_in_vain(&site, 1, EMFILE);
	ck_assert_int_eq(aw_server_socket(site.server, 0), -1);
	close_site(&site);
	fail_stop();
	close(fd);
}

NET_TEST(a_server_may_be_freed_by_accept_error)
{
	struct site site;
	int fd;

	open_site(&site, NEVER);
	site.then = FREE;
	fd = enter_in_vain(&site, 1, EMFILE);
	ck_assert_ptr_null(site.server);
	net_turns(2);
	fail_stop();
	close(fd);
}

NET_TEST(connections_are_accepted_in_batches)
{
	struct site site;
	int fds[80], i;

	open_site(&site, NEVER);
	for (i = 0; i < 80; i++)
		fds[i] = net_connect(site.port);
	while (aw_server_connection_count(site.server) == 0)
		net_turns(1);
	/* The others have their turn before the rest is accepted. */
	ck_assert_uint_eq(aw_server_connection_count(site.server), 64);
	net_turns(1);
	ck_assert_uint_eq(aw_server_connection_count(site.server), 80);
	for (i = 0; i < 80; i++)
		close(fds[i]);
	close_site(&site);
}

int
main(void)
{
	const TTest *const tests[] = {
		a_shortage_is_told_once_and_its_end_once,
		each_shortage_is_told,
		a_pause_does_not_keep_the_loop_busy,
		a_pause_lasts_as_long_as_it_is_given,
		a_socket_that_can_not_be_watched_again_pauses_on,
		a_pause_lasts_a_second_by_default,
		accepting_goes_on_at_once_when_a_connection_ends,
		the_real_limit_of_descriptors_is_met_and_left,
		without_a_callback_a_shortage_is_reported_once,
		a_connection_that_failed_before_its_turn_is_passed_over,
		a_socket_that_only_fails_does_not_keep_the_loop_busy,
		connections_that_failed_in_between_make_no_row,
		a_connection_that_another_process_took_is_no_error,
		the_end_of_a_shortage_is_told_though_nobody_comes,
		a_connection_after_another_needs_no_memory,
		without_memory_for_a_stack_a_connection_is_closed,
		a_server_may_be_closed_during_a_pause,
		a_server_may_be_closed_by_accept_error,
		a_server_may_be_freed_by_accept_error,
		connections_are_accepted_in_batches,
	};

	return NET_MAIN("server_accept", tests);
}
