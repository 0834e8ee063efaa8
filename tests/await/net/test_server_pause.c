/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The pause after accepting has failed, and what may end it.
 */
#include <errno.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"
#include "net/site.h"

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

/* Accepting fails once; how long it takes then until there is an echo. */
static double
time_to_recover(double pause)
{
	struct site site;
	double start, end;
	int fd;

	open_site(&site, pause);
	start = aw_loop_time(aw_get_running_loop());
	fd = enter_in_vain(&site, 1, EMFILE);
	net_check_echo(fd, "?");
	end = aw_loop_time(aw_get_running_loop());
	fail_stop();
	close(fd);
	close_site(&site);
	return end - start;
}

NET_TEST(a_pause_lasts_as_long_as_it_is_given)
{
	ck_assert_double_ge(time_to_recover(0.05), 0.04);
}

NET_TEST(a_socket_that_can_not_be_watched_again_pauses_on)
{
	struct site site;
	int fd;

	open_site(&site, 0.005);
	net_refusal.fd = aw_server_socket(site.server, 0);
	net_refusal.times = 2;
	fd = enter_in_vain(&site, 1, EMFILE);
	net_check_echo(fd, "?");
	close(fd);
	fd = enter(&site);
	net_check_echo(fd, "?");
	ck_assert_uint_eq(net_refusal.times, 0);
	fail_stop();
	close(fd);
	close_site(&site);
}

NET_TEST(a_pause_lasts_a_second_by_default)
{
	ck_assert_double_ge(time_to_recover(0), 1);
}

NET_TEST(accepting_goes_on_at_once_when_a_connection_ends)
{
	struct site site;
	int first, second;

	open_site(&site, NEVER);
	first = enter(&site);
	second = enter_in_vain(&site, 1, EMFILE);
	close(first);
	net_check_echo(second, "?");
	ck_assert_uint_eq(site.relieved, 1);
	fail_stop();
	close(second);
	close_site(&site);
}

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

int
main(void)
{
	const TTest *const tests[] = {
		a_pause_does_not_keep_the_loop_busy,
		a_pause_lasts_as_long_as_it_is_given,
		a_socket_that_can_not_be_watched_again_pauses_on,
		a_pause_lasts_a_second_by_default,
		accepting_goes_on_at_once_when_a_connection_ends,
		a_server_may_be_closed_during_a_pause,
		a_server_may_be_closed_by_accept_error,
		a_server_may_be_freed_by_accept_error,
	};

	return NET_MAIN("server_pause", tests);
}
