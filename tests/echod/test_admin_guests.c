/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* Guests that evhttp does not see; the others are in tests/programs. */
#include "echod/admin_guests.h"

#include "entries.h"
#include "unit.h"

#include <errno.h>
#include <event2/http.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static bool short_of_memory;

/* libevent's calls come here as well. */
int
epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	if (short_of_memory && operation == EPOLL_CTL_ADD) {
		errno = ENOMEM;
		return -1;
	}
	return (int)syscall(SYS_epoll_ctl, epoll, operation, fd, event);
}

static struct event_base *base;
static struct evhttp *evhttp;
static struct admin_guests guests;
static struct sockaddr_un address = { .sun_family = AF_UNIX };
static const socklen_t length = sizeof(address);

static void
set_up(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1,
	    "echod-test-guests-%ld", (long)getpid());
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, length), 0);
	ck_assert_int_eq(listen(fd, 100), 0);
	base = event_base_new();
	evhttp = evhttp_new(base);
	ck_assert_ptr_nonnull(evhttp);
	ck_assert_int_eq(admin_guests_init(&guests, base), 0);
	evhttp_set_bevcb(evhttp, admin_guests_new, &guests);
	ck_assert_int_eq(evhttp_accept_socket(evhttp, fd), 0);
}

static void
tear_down(void)
{
	evhttp_free(evhttp);
	admin_guests_clear(&guests);
	event_base_loop(base, EVLOOP_NONBLOCK);
	event_base_free(base);
}

/* A client whose answer is due while the kernel is short of memory. */
static int
come_unseen(void)
{
	static const char request[] = "GET / HTTP/1.0\r\n\r\n";
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, length), 0);
	ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
	ck_assert_int_eq(send(fd, request, strlen(request), 0),
	    (ssize_t)strlen(request));
	short_of_memory = true;
	ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
	ck_assert_int_eq(event_base_loop(base, EVLOOP_NONBLOCK), 0);
	short_of_memory = false;
	return fd;
}

/* How many places are taken. */
static size_t
count_guests(void)
{
	size_t count = 0;

	for (size_t i = 0; i < ADMIN_GUESTS; i++)
		count += guests.places[i].stream != NULL;
	return count;
}

/* Lets it work until the client sees the end. */
static void
await_end(int fd)
{
	char byte;

	while (recv(fd, &byte, 1, MSG_DONTWAIT) != 0) {
		ck_assert_int_eq(errno, EAGAIN);
		ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
	}
	close(fd);
}

static void
await_no_guests(unsigned descriptors)
{
	while (count_guests() > 0)
		ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
	event_base_loop(base, EVLOOP_NONBLOCK);
	ck_assert_uint_eq(count_descriptors(), descriptors);
}

START_TEST(one_that_is_not_seen_goes_when_its_time_is_up)
{
	unsigned before;
	int fd;

	set_up();
	before = count_descriptors();
	fd = come_unseen();
	ck_assert_uint_eq(count_guests(), 1);
	guests.places[0].deadline = 0;
	await_end(fd);
	await_no_guests(before);
	tear_down();
}
END_TEST

START_TEST(one_that_is_not_seen_makes_room)
{
	int fds[ADMIN_GUESTS + 1];
	unsigned before;

	set_up();
	before = count_descriptors();
	for (size_t i = 0; i <= ADMIN_GUESTS; i++)
		fds[i] = come_unseen();
	ck_assert_uint_eq(count_guests(), ADMIN_GUESTS);
	await_end(fds[0]);
	for (size_t i = 0; i < ADMIN_GUESTS; i++)
		guests.places[i].deadline = 0;
	for (size_t i = 1; i <= ADMIN_GUESTS; i++)
		await_end(fds[i]);
	await_no_guests(before);
	tear_down();
}
END_TEST

static void
say_nothing(int severity, const char *message)
{
	(void)severity;
	(void)message;
}

int
main(void)
{
	const TTest *const tests[] = {
		one_that_is_not_seen_goes_when_its_time_is_up,
		one_that_is_not_seen_makes_room,
	};

	event_set_log_callback(say_nothing);
	return UNIT_RUN("admin_guests", tests);
}
