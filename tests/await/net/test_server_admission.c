/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers that ask before they accept, and of whom they have accepted.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "net/net.h"

/* A server with so many places. */
struct house {
	aw_server *server;
	uint16_t port;
	unsigned places;  /* that are free */
	unsigned entered;
	unsigned left;
	unsigned asked;   /* calls of admit */
	unsigned begun;   /* handlers */
	unsigned seats;   /* that leave got back */
	bool refuses;
	bool silent;      /* does not resume by itself */
	enum { GO_ON, CLOSE, FREE } then; /* when there is no place */
};

static bool
enter(aw_server *server, void *arg)
{
	struct house *house = arg;

	if (house->places > 0) {
		house->places--;
		house->entered++;
		return true;
	}
	if (house->then == CLOSE)
		aw_server_close(server);
	if (house->then == FREE) {
		aw_server_free(server);
		house->server = NULL;
	}
	return false;
}

static bool
admit(aw_server *server, const struct sockaddr *peer, void **seat, void *arg)
{
	const struct sockaddr_in *address = (const void *)peer;
	struct house *house = arg;

	(void)server;
	house->asked++;
	ck_assert_int_eq(peer->sa_family, AF_INET);
	ck_assert_uint_eq(ntohl(address->sin_addr.s_addr), INADDR_LOOPBACK);
	ck_assert_ptr_null(*seat);
	*seat = &house->seats;
	return !house->refuses;
}

static void
leave(aw_server *server, void *seat, void *arg)
{
	struct house *house = arg;

	house->left++;
	house->places++;
	if (seat != NULL)
		++*(unsigned *)seat;
	if (!house->silent)
		aw_server_resume(server);
}

static const aw_protocol echo_nothing;

static void
open_house(struct house *house, unsigned places, bool by_protocol)
{
	const aw_server_options options = {
		.accept_pause = NEVER,
		.admission = { enter, admit, leave, house },
	};

	memset(house, 0, sizeof(*house));
	house->places = places;
	if (by_protocol)
		ck_assert_int_eq(aw_create_server(&echo_nothing, house,
		    "127.0.0.1", 0, &options, &house->server), 0);
	else
		ck_assert_int_eq(aw_start_server(net_echo, &house->begun,
		    "127.0.0.1", 0, &options, &house->server), 0);
	house->port = net_port(aw_server_socket(house->server, 0));
}

/* Each place has been given back in the end. */
static void
close_house(struct house *house)
{
	net_stop_server(house->server);
	ck_assert_uint_eq(house->entered, house->left);
	ck_assert_uint_eq(house->seats, house->asked);
}

static bool
is_empty(void *arg)
{
	struct house *house = arg;

	return aw_server_connection_count(house->server) == 0;
}

static bool
was_asked(void *arg)
{
	struct house *house = arg;

	return house->asked > 0;
}

NET_TEST(who_finds_no_place_waits_until_one_leaves)
{
	struct house house;
	int first, second, third;

	open_house(&house, 2, false);
	first = net_connect(house.port);
	second = net_connect(house.port);
	third = net_connect(house.port);
	net_check_echo(first, "?");
	net_check_echo(second, "?");
	net_turns(10);
	ck_assert_uint_eq(house.begun, 2);
	close(first);
	net_check_echo(third, "?");
	net_check_echo(second, "?");
	ck_assert_uint_eq(house.begun, 3);
	close(second);
	close(third);
	close_house(&house);
}

NET_TEST(a_full_server_does_not_keep_the_loop_busy)
{
	struct house house;
	unsigned polls;
	int first, second;

	open_house(&house, 1, false);
	first = net_connect(house.port);
	second = net_connect(house.port);
	net_check_echo(first, "?");
	net_turns(2);
	polls = net_polls;
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert_uint_le(net_polls - polls, 5);
	close(first);
	close(second);
	close_house(&house);
}

NET_TEST(a_place_for_which_nobody_waits_is_given_back)
{
	struct house house;
	int fd;

	open_house(&house, 1, false);
	fd = net_connect(house.port);
	net_check_echo(fd, "?");
	close(fd);
	net_wait_until(is_empty, &house);
	net_turns(3);
	ck_assert_uint_eq(house.places, 1);
	/* And who comes then is served. */
	fd = net_connect(house.port);
	net_check_echo(fd, "?");
	close(fd);
	close_house(&house);
}

NET_TEST(places_that_come_from_elsewhere_are_taken)
{
	struct house house;
	int fds[3];

	open_house(&house, 0, false);
	for (int i = 0; i < 3; i++)
		fds[i] = net_connect(house.port);
	net_turns(5);
	ck_assert_uint_eq(house.begun, 0);
	house.places = 3;
	aw_server_resume(house.server);
	aw_server_resume(house.server);
	for (int i = 0; i < 3; i++) {
		net_check_echo(fds[i], "?");
		close(fds[i]);
	}
	close_house(&house);
}

NET_TEST(who_is_refused_is_closed_at_once)
{
	struct house house;
	char byte;
	int fd;

	open_house(&house, 1, false);
	house.refuses = true;
	for (int i = 0; i < 3; i++) {
		fd = net_connect(house.port);
		ck_assert_int_eq(net_receive_once(fd, &byte, 1), 0);
		close(fd);
	}
	ck_assert_uint_eq(house.asked, 3);
	ck_assert_uint_eq(house.begun, 0);
	house.refuses = false;
	fd = net_connect(house.port);
	net_check_echo(fd, "?");
	close(fd);
	close_house(&house);
}

NET_TEST(protocols_have_places_too)
{
	struct house house;
	int first, second;

	open_house(&house, 1, true);
	first = net_connect(house.port);
	second = net_connect(house.port);
	net_wait_until(was_asked, &house);
	net_turns(5);
	ck_assert_uint_eq(house.asked, 1);
	house.asked = house.seats = 0;
	close(first);
	net_wait_until(was_asked, &house);
	close(second);
	net_wait_until(is_empty, &house);
	house.asked = house.seats;
	close_house(&house);
}

NET_TEST(a_shortage_keeps_no_place)
{
	struct house house;
	int first, second;

	open_house(&house, 1, false);
	first = net_connect(house.port);
	net_check_echo(first, "?");
	second = net_connect(house.port);
	net_turns(2);
	fail_call("accept4", 1, 1, EMFILE);
	close(first);
	net_wait_until(is_empty, &house);
	net_turns(2);
	ck_assert(fail_stop());
	(void)net_take_report(NULL, NULL);
	ck_assert_uint_eq(house.places, 1);
	/* Only the end of a connection, or of the pause, brings it back. */
	ck_assert_uint_eq(house.begun, 1);
	close_house(&house);
	close(second);
}

NET_TEST(a_place_that_comes_during_a_pause_is_taken_after_it)
{
	struct house house;
	int fds[3];

	open_house(&house, 2, false);
	house.silent = true;
	for (int i = 0; i < 2; i++) {
		fds[i] = net_connect(house.port);
		net_check_echo(fds[i], "?");
	}
	/* It learns that it is full. */
	fds[2] = net_connect(house.port);
	net_turns(3);
	fail_call("accept4", 1, 1, EMFILE);
	close(fds[0]);
	while (aw_server_connection_count(house.server) > 1)
		net_turns(1);
	aw_server_resume(house.server);
	net_turns(2);
	ck_assert(fail_stop());
	(void)net_take_report(NULL, NULL);
	aw_server_resume(house.server);
	close(fds[1]);
	net_check_echo(fds[2], "?");
	close(fds[2]);
	close_house(&house);
}

NET_TEST(a_connection_without_memory_leaves_its_place)
{
	struct house house;
	int fd;

	open_house(&house, 3, true);
	fail_call("calloc", 1, 1, ENOMEM);
	fd = net_connect(house.port);
	net_wait_until(was_asked, &house);
	ck_assert(fail_stop());
	(void)net_take_report(NULL, NULL);
	ck_assert_uint_eq(house.places, 3);
	ck_assert_uint_eq(house.seats, 1);
	close_house(&house);
	close(fd);
}

NET_TEST(a_full_server_may_be_closed)
{
	struct house house;
	int first, second;

	open_house(&house, 1, false);
	first = net_connect(house.port);
	second = net_connect(house.port);
	net_check_echo(first, "?");
	net_turns(2);
	aw_server_close(house.server);
	aw_server_resume(house.server);
	net_turns(2);
	ck_assert_uint_eq(house.begun, 1);
	close(first);
	close_house(&house);
	close(second);
}

NET_TEST(one_that_is_about_to_go_on_may_be_freed)
{
	struct house house;
	int fd;

	open_house(&house, 0, false);
	fd = net_connect(house.port);
	net_turns(5);
	aw_server_resume(house.server);
	aw_server_free(house.server);
	net_turns(2);
	ck_assert_uint_eq(house.begun, 0);
	close(fd);
}

NET_TEST(a_server_may_be_closed_when_it_asks)
{
	struct house house;
	int fd;

	open_house(&house, 0, false);
	house.then = CLOSE;
	fd = net_connect(house.port);
	while (aw_server_is_serving(house.server))
		net_turns(1);
	close_house(&house);
	close(fd);
}

NET_TEST(a_server_may_be_freed_when_it_asks)
{
	struct house house;
	int fd;

	open_house(&house, 0, false);
	house.then = FREE;
	fd = net_connect(house.port);
	while (house.server != NULL)
		net_turns(1);
	net_turns(2);
	close(fd);
}

int
main(void)
{
	const TTest *const tests[] = {
		who_finds_no_place_waits_until_one_leaves,
		a_full_server_does_not_keep_the_loop_busy,
		a_place_for_which_nobody_waits_is_given_back,
		places_that_come_from_elsewhere_are_taken,
		who_is_refused_is_closed_at_once,
		protocols_have_places_too,
		a_shortage_keeps_no_place,
		a_place_that_comes_during_a_pause_is_taken_after_it,
		a_connection_without_memory_leaves_its_place,
		a_full_server_may_be_closed,
		one_that_is_about_to_go_on_may_be_freed,
		a_server_may_be_closed_when_it_asks,
		a_server_may_be_freed_when_it_asks,
	};

	return NET_MAIN("server_admission", tests);
}
