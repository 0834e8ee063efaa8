/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include "core/core.h"
#include "core/loop.h"

#define MANY (3 * AW_POLL_BATCH)

/* An eventfd that is watched, and how often it was told of. */
struct watched {
	struct aw_watch watch;
	struct aw_poll *poll;
	struct watched *removes;
	int fd;
	unsigned told;
	uint32_t events;
};

/* The linker has the library call this (--wrap). */
int __real_epoll_pwait2(int epoll, struct epoll_event *events, int count,
    const struct timespec *timeout, const sigset_t *mask);
int __wrap_epoll_pwait2(int epoll, struct epoll_event *events, int count,
    const struct timespec *timeout, const sigset_t *mask);

static unsigned precise_waits;
static bool kernel_is_old;

int
__wrap_epoll_pwait2(int epoll, struct epoll_event *events, int count,
    const struct timespec *timeout, const sigset_t *mask)
{
	precise_waits++;
	if (kernel_is_old) {
		errno = ENOSYS;
		return -1;
	}
	return __real_epoll_pwait2(epoll, events, count, timeout, mask);
}

static void
on_ready(struct aw_watch *watch, uint32_t events)
{
	struct watched *watched = aw_container_of(watch, struct watched,
	    watch);

	watched->told++;
	watched->events = events;
	if (watched->removes != NULL)
		aw_poll_remove(watched->poll, watched->removes->fd,
		    &watched->removes->watch);
}

static void
add(struct aw_poll *poll, struct watched *watched, uint32_t events)
{
	memset(watched, 0, sizeof(*watched));
	watched->watch.ready = on_ready;
	watched->poll = poll;
	watched->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	ck_assert_int_ge(watched->fd, 0);
	ck_assert_int_eq(aw_poll_add(poll, watched->fd, &watched->watch,
	    events), 0);
}

static void
ring(struct watched *watched)
{
	ck_assert_int_eq(eventfd_write(watched->fd, 1), 0);
}

START_TEST(what_is_ready_is_told_and_nothing_else)
{
	struct watched one, two;
	struct aw_poll poll = { .fd = -1 };

	ck_assert_int_eq(aw_poll_init(&poll, false), 0);
	add(&poll, &one, EPOLLIN);
	add(&poll, &two, EPOLLIN);
	aw_poll_wait(&poll, 0);
	ck_assert_uint_eq(one.told + two.told, 0);
	ring(&two);
	aw_poll_wait(&poll, -1);
	ck_assert_uint_eq(one.told, 0);
	ck_assert_uint_eq(two.told, 1);
	ck_assert_uint_eq(two.events, EPOLLIN);
	/* It is there still. */
	aw_poll_wait(&poll, -1);
	ck_assert_uint_eq(two.told, 2);
	close(one.fd);
	close(two.fd);
	aw_poll_close(&poll);
}
END_TEST

START_TEST(an_edge_is_told_once)
{
	struct watched one;
	struct aw_poll poll = { .fd = -1 };

	ck_assert_int_eq(aw_poll_init(&poll, false), 0);
	add(&poll, &one, EPOLLIN | EPOLLET);
	ring(&one);
	aw_poll_wait(&poll, -1);
	aw_poll_wait(&poll, 0);
	ck_assert_uint_eq(one.told, 1);
	ring(&one);
	aw_poll_wait(&poll, 0);
	ck_assert_uint_eq(one.told, 2);
	close(one.fd);
	aw_poll_close(&poll);
}
END_TEST

START_TEST(what_is_removed_while_others_are_told_is_not)
{
	struct watched one, two;
	struct aw_poll poll = { .fd = -1 };

	ck_assert_int_eq(aw_poll_init(&poll, false), 0);
	add(&poll, &one, EPOLLIN);
	add(&poll, &two, EPOLLIN);
	one.removes = &two;
	two.removes = &one;
	ring(&one);
	ring(&two);
	aw_poll_wait(&poll, -1);
	ck_assert_uint_eq(one.told + two.told, 1);
	close(one.fd);
	close(two.fd);
	aw_poll_close(&poll);
}
END_TEST

/* Both have come; who is told first has the other one told to a third. */
static struct watched *changes[2], third;

static void
change_other(struct aw_watch *watch, uint32_t events)
{
	struct watched *other = &changes[0]->watch == watch ? changes[1] :
	    changes[0];

	(void)events;
	aw_container_of(watch, struct watched, watch)->told++;
	ck_assert_int_eq(aw_poll_change(other->poll, other->fd, &other->watch,
	    &third.watch, EPOLLIN | EPOLLET), 0);
}

START_TEST(what_is_changed_while_others_are_told_is_told_to_the_new_one)
{
	struct aw_poll poll = { .fd = -1 };
	struct watched one, two;

	ck_assert_int_eq(aw_poll_init(&poll, false), 0);
	memset(&third, 0, sizeof(third));
	third.watch.ready = on_ready;
	changes[0] = &one;
	changes[1] = &two;
	add(&poll, &one, EPOLLIN | EPOLLET);
	add(&poll, &two, EPOLLIN | EPOLLET);
	one.watch.ready = two.watch.ready = change_other;
	ring(&one);
	ring(&two);
	aw_poll_wait(&poll, -1);
	ck_assert_uint_eq(one.told + two.told, 1);
	ck_assert_uint_eq(third.told, 1);
	ck_assert_int_eq(aw_poll_change(&poll, -1, &one.watch, &two.watch,
	    EPOLLIN), -EBADF);
	close(one.fd);
	close(two.fd);
	aw_poll_close(&poll);
}
END_TEST

START_TEST(what_had_come_before_a_change_is_told_again)
{
	struct aw_poll poll = { .fd = -1 };
	struct watched one, two = { .watch.ready = on_ready };

	ck_assert_int_eq(aw_poll_init(&poll, false), 0);
	add(&poll, &one, EPOLLIN | EPOLLET);
	ring(&one);
	aw_poll_wait(&poll, -1);
	ck_assert_int_eq(aw_poll_change(&poll, one.fd, &one.watch, &two.watch,
	    EPOLLIN | EPOLLET), 0);
	aw_poll_wait(&poll, -1);
	aw_poll_wait(&poll, 0);
	ck_assert_uint_eq(one.told, 1);
	ck_assert_uint_eq(two.told, 1);
	close(one.fd);
	aw_poll_close(&poll);
}
END_TEST

START_TEST(more_than_a_batch_is_told_in_turn)
{
	struct watched *all = calloc(MANY, sizeof(*all));
	struct aw_poll poll = { .fd = -1 };
	unsigned told = 0;
	size_t i;

	ck_assert_int_eq(aw_poll_init(&poll, false), 0);
	for (i = 0; i < MANY; i++) {
		add(&poll, &all[i], EPOLLIN | EPOLLET);
		ring(&all[i]);
	}
	for (i = 0; i < 3; i++)
		aw_poll_wait(&poll, 0);
	for (i = 0; i < MANY; i++) {
		told += all[i].told == 1;
		close(all[i].fd);
	}
	ck_assert_uint_eq(told, MANY);
	aw_poll_close(&poll);
	free(all);
}
END_TEST

START_TEST(a_descriptor_is_watched_once)
{
	struct watched one;
	struct aw_poll poll = { .fd = -1 };

	ck_assert_int_eq(aw_poll_init(&poll, false), 0);
	add(&poll, &one, EPOLLIN);
	ck_assert_int_eq(aw_poll_add(&poll, one.fd, &one.watch, EPOLLIN),
	    -EEXIST);
	ck_assert_int_eq(aw_poll_add(&poll, -1, &one.watch, EPOLLIN), -EBADF);
	close(one.fd);
	aw_poll_close(&poll);
}
END_TEST

static void
ignore(int signal)
{
	(void)signal;
}

START_TEST(a_signal_ends_the_wait)
{
	struct sigaction action = { .sa_handler = ignore };
	/* Again and again: the first may come before the wait has begun. */
	struct itimerval soon = { { .tv_usec = 20000 }, { .tv_usec = 20000 } };
	struct itimerval never = { .it_value = { .tv_usec = 0 } };
	struct watched one;
	struct aw_poll poll = { .fd = -1 };

	ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
	ck_assert_int_eq(aw_poll_init(&poll, false), 0);
	add(&poll, &one, EPOLLIN);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	aw_poll_wait(&poll, -1);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	ck_assert_uint_eq(one.told, 0);
	close(one.fd);
	aw_poll_close(&poll);
}
END_TEST

/* A wait is over when its time is, and not before. */
static void
check_wait(struct aw_poll *poll, int64_t timeout)
{
	int64_t before = aw_loop_now();

	aw_poll_wait(poll, timeout);
	ck_assert_int_ge(aw_loop_now() - before, timeout);
}

START_TEST(a_wait_is_never_too_short)
{
	struct aw_poll poll = { .fd = -1 };

	ck_assert_int_eq(aw_poll_init(&poll, _i == 1), 0);
	check_wait(&poll, 1);
	check_wait(&poll, 300000);
	check_wait(&poll, 2000001);
	ck_assert(poll.precise == (_i == 1 && !aw_sanitizer_counts_errors()));
	ck_assert_uint_eq(precise_waits, poll.precise ? 3 : 0);
	aw_poll_close(&poll);
}
END_TEST

START_TEST(on_an_old_kernel_waits_are_as_precise_as_it_can)
{
	struct aw_poll poll = { .fd = -1 };

	kernel_is_old = true;
	ck_assert_int_eq(aw_poll_init(&poll, true), 0);
	poll.precise = true;
	/* This one only finds out, and ends at once, as for a signal. */
	aw_poll_wait(&poll, 1000000);
	ck_assert_uint_eq(precise_waits, 1);
	check_wait(&poll, 1000000);
	ck_assert_uint_eq(precise_waits, 1);
	aw_poll_close(&poll);
}
END_TEST

static void
on_timeout(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	note("event");
	aw_loop_stop(arg);
}

/* The loop waits alone, until the program adds an event, and again after it. */
LOOP_TEST(events_of_the_programs_are_seen_to_by_libevent)
{
	static const struct timeval soon = { .tv_usec = 1000 };
	struct event *timer;
	int i;

	timer = evtimer_new(aw_loop_get_event_base(loop), on_timeout, loop);
	for (i = 0; i < 2; i++) {
		stop_after(loop, 2);
		ck_assert_int_eq(aw_loop_run_forever(loop), 0);
		event_add(timer, &soon);
		ck_assert_int_eq(aw_loop_run_forever(loop), 0);
		ck_assert_notes("event");
	}
	event_free(timer);
}

int
main(void)
{
	const TTest *const tests[] = {
		what_is_ready_is_told_and_nothing_else,
		an_edge_is_told_once,
		what_is_removed_while_others_are_told_is_not,
		what_is_changed_while_others_are_told_is_told_to_the_new_one,
		what_had_come_before_a_change_is_told_again,
		more_than_a_batch_is_told_in_turn,
		a_descriptor_is_watched_once,
		a_signal_ends_the_wait,
		a_wait_is_never_too_short,
		on_an_old_kernel_waits_are_as_precise_as_it_can,
		events_of_the_programs_are_seen_to_by_libevent,
	};

	return UNIT_RUN_EACH_FORKED("poll", tests, 2);
}
