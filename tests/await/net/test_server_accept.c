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
#include "net/site.h"

NET_TEST(a_shortage_is_told_once_and_its_end_once)
{
	struct site site;
	int fd;

	open_site(&site, 0.005);
	/* It fails once more after each of the first pauses. */
	fd = enter_in_vain(&site, 3, EMFILE);
	net_check_echo(fd, "?");
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
		net_check_echo(fd, "?");
		ck_assert_uint_eq(site.errors, 1);
		ck_assert_uint_eq(site.relieved, i + 1);
		close(fd);
	}
	fail_stop();
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
	net_check_echo(first, "?");
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
	net_check_echo(fd, "?");
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
	net_check_echo(fd, "?");
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
	net_check_echo(fd, "?");
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
	net_check_echo(fds[0], "?");
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
		the_real_limit_of_descriptors_is_met_and_left,
		without_a_callback_a_shortage_is_reported_once,
		a_connection_that_failed_before_its_turn_is_passed_over,
		a_socket_that_only_fails_does_not_keep_the_loop_busy,
		connections_that_failed_in_between_make_no_row,
		a_connection_that_another_process_took_is_no_error,
		the_end_of_a_shortage_is_told_though_nobody_comes,
		a_connection_after_another_needs_no_memory,
		without_memory_for_a_stack_a_connection_is_closed,
		connections_are_accepted_in_batches,
	};

	return NET_MAIN("server_accept", tests);
}
