/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/system_call.h"
#include "unit.h"

/* A pair of connected sockets that don't block. */
static int ends[2];

static void
set_up(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
}

static void
tear_down(void)
{
	close(ends[0]);
	close(ends[1]);
}

START_TEST(bytes_go_through)
{
	char buffer[16] = "";

	set_up();
	ck_assert_int_eq(aw_send(ends[0], "seven +", 7), 7);
	ck_assert_int_eq(aw_recv(ends[1], buffer, 5), 5);
	ck_assert_str_eq(buffer, "seven");
	ck_assert_int_eq(aw_recv(ends[1], buffer, sizeof(buffer)), 2);
	ck_assert_int_eq(memcmp(buffer, " +ven", 5), 0);
	tear_down();
}
END_TEST

START_TEST(the_end_is_nothing)
{
	char byte;

	set_up();
	ck_assert_int_eq(shutdown(ends[0], SHUT_WR), 0);
	ck_assert_int_eq(aw_recv(ends[1], &byte, 1), 0);
	tear_down();
}
END_TEST

START_TEST(more_than_fits_is_sent_in_part)
{
	size_t size = 64 << 20;
	char *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
	    -1, 0);
	ssize_t n;

	ck_assert_ptr_ne(data, MAP_FAILED);
	set_up();
	n = aw_send(ends[0], data, size);
	ck_assert_int_gt(n, 0);
	ck_assert_int_lt(n, (ssize_t)size);
	ck_assert_int_eq(aw_send(ends[0], data, size), -EAGAIN);
	tear_down();
	munmap(data, size);
}
END_TEST

/* A send without a peer would raise SIGPIPE, which ends a test. */
START_TEST(an_error_is_the_result)
{
	struct epoll_event event;
	char byte = 'x';

	set_up();
	ck_assert_int_eq(aw_recv(ends[0], &byte, 1), -EAGAIN);
	close(ends[1]);
	ck_assert_int_eq(aw_send(ends[0], &byte, 1), -EPIPE);
	ck_assert_int_eq(aw_send(-1, &byte, 1), -EBADF);
	ck_assert_int_eq(aw_recv(-1, &byte, 1), -EBADF);
	ck_assert_int_eq(aw_epoll_wait(-1, &event, 1, 0), -EBADF);
	close(ends[0]);
}
END_TEST

START_TEST(events_are_waited_for)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 1ULL << 60 };
	struct epoll_event told[4];
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	set_up();
	ck_assert_int_ge(epoll, 0);
	ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], &event), 0);
	ck_assert_int_eq(aw_epoll_wait(epoll, told, 4, 0), 0);
	ck_assert_int_eq(aw_epoll_wait(epoll, told, 4, 1), 0);
	ck_assert_int_eq(aw_send(ends[0], "x", 1), 1);
	ck_assert_int_eq(aw_epoll_wait(epoll, told, 4, -1), 1);
	ck_assert_uint_eq(told[0].events, EPOLLIN);
	ck_assert_uint_eq(told[0].data.u64, 1ULL << 60);
	close(epoll);
	tear_down();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		bytes_go_through,
		the_end_is_nothing,
		more_than_fits_is_sent_in_part,
		an_error_is_the_result,
		events_are_waited_for,
	};

	return UNIT_RUN("system_call", tests);
}
