/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "coro/sanitizer.h"
#include "core/poll.h"
#include "core/system_call.h"

#define NANOSECONDS 1000000000
#define NANOSECONDS_PER_MS 1000000
/* How many events ahead what they touch is fetched. */
#define AHEAD 4
#define CACHE_LINE 64

int
aw_poll_init(struct aw_poll *poll, bool precise)
{
	/* Valgrind 3.19 does not know epoll_pwait2, and says so each time. */
	poll->precise = precise && !aw_sanitizer_counts_errors();
	poll->fd = epoll_create1(EPOLL_CLOEXEC);
	return poll->fd >= 0 ? 0 : -errno;
}

void
aw_poll_close(struct aw_poll *poll)
{
	close(poll->fd);
}

int
aw_poll_add(struct aw_poll *poll, int fd, struct aw_watch *watch,
    uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	return epoll_ctl(poll->fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

/* Some of it may be about to be told. */
static void
redirect(struct aw_poll *poll, const struct aw_watch *from,
    struct aw_watch *to)
{
	int i;

	for (i = poll->next; i < poll->count; i++)
		if (poll->events[i].data.ptr == from)
			poll->events[i].data.ptr = to;
}

int
aw_poll_change(struct aw_poll *poll, int fd, struct aw_watch *from,
    struct aw_watch *to, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = to };

	if (epoll_ctl(poll->fd, EPOLL_CTL_MOD, fd, &event) < 0)
		return -errno;
	redirect(poll, from, to);
	return 0;
}

void
aw_poll_remove(struct aw_poll *poll, int fd, struct aw_watch *watch)
{
	(void)epoll_ctl(poll->fd, EPOLL_CTL_DEL, fd, NULL);
	redirect(poll, watch, NULL);
}

/* Rounded up: who waits a little too short waits again. */
static int
milliseconds(int64_t timeout)
{
	if (timeout < 0)
		return -1;
	timeout = (timeout + NANOSECONDS_PER_MS - 1) / NANOSECONDS_PER_MS;
	return timeout < INT_MAX ? (int)timeout : INT_MAX;
}

static int
wait_precisely(struct aw_poll *poll, int64_t timeout)
{
	struct timespec left = {
		.tv_sec = timeout / NANOSECONDS,
		.tv_nsec = timeout % NANOSECONDS,
	};
	int count;

	count = epoll_pwait2(poll->fd, poll->events, AW_POLL_BATCH, &left,
	    NULL);
	if (count < 0 && errno == ENOSYS) {
		poll->precise = false;
		count = 0;
	}
	return count;
}

/* Has the processor fetch it while others are told. */
static inline void
prefetch(const struct aw_watch *watch)
{
	__builtin_prefetch(watch, 1);
	__builtin_prefetch((const char *)watch - CACHE_LINE, 1);
}

static void
tell(struct aw_poll *poll)
{
	struct aw_watch *watch;
	struct epoll_event *event;

	while (poll->next < poll->count) {
		event = &poll->events[poll->next++];
		if (poll->next + AHEAD < poll->count)
			prefetch(event[1 + AHEAD].data.ptr);
		watch = event->data.ptr;
		if (watch != NULL)
			watch->ready(watch, event->events);
	}
}

void
aw_poll_wait(struct aw_poll *poll, int64_t timeout)
{
	int count;

	if (poll->precise && timeout > 0)
		count = wait_precisely(poll, timeout);
	else
		count = aw_epoll_wait(poll->fd, poll->events, AW_POLL_BATCH,
		    milliseconds(timeout));
	/* A signal has interrupted it. */
	if (count < 0)
		count = 0;
	poll->next = 0;
	poll->count = count;
	tell(poll);
}
