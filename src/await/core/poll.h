/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the loop watches by itself: an epoll of its own for the descriptors
 * that matter for speed, which are the sockets of streams and servers and those
 * that tasks wait for, and for its own wake-up.
 *
 * libevent tells of an event through three queues, which touches four lines of
 * the cache that nothing else needs.  Here it is one call, and what the next
 * ones will touch is fetched meanwhile.  The loop waits here as long as libevent
 * has nothing to wait for; otherwise libevent waits, and this epoll is one of
 * its descriptors.
 */
#ifndef AWAIT_CORE_POLL_H
#define AWAIT_CORE_POLL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "await.h"

/* Events told at a time: few enough for the cache to hold what they touch. */
#define AW_POLL_BATCH 64

/* Who wants to know of a descriptor's events; it lies in what that is for. */
struct aw_watch {
	/* Called in the loop's poll, with the events of epoll(7). */
	void (*ready)(struct aw_watch *watch, uint32_t events);
};

struct aw_poll {
	int fd;
	bool precise;   /* waits for nanoseconds, where the kernel can */
	int next;       /* of the events, the first that has not been told */
	int count;
	struct epoll_event events[AW_POLL_BATCH];
};

/* Returns 0 or -errno. */
AW_MUST_CHECK int aw_poll_init(struct aw_poll *poll, bool precise);
void aw_poll_close(struct aw_poll *poll);

/*
 * Watches a descriptor for events of epoll(7), EPOLLET or not.  Returns 0,
 * -EEXIST if it is watched already, or another error of epoll_ctl(2).
 */
AW_MUST_CHECK int aw_poll_add(struct aw_poll *poll, int fd,
    struct aw_watch *watch, uint32_t events);
/*
 * Has one that is watched already told to another, what has come and not been
 * told yet too.  Returns 0 or an error of epoll_ctl(2), and then it stays.
 */
AW_MUST_CHECK int aw_poll_change(struct aw_poll *poll, int fd,
    struct aw_watch *from, struct aw_watch *to, uint32_t events);
/* Not any more: nothing is told from here on. */
void aw_poll_remove(struct aw_poll *poll, int fd, struct aw_watch *watch);

/*
 * Waits so many nanoseconds, 0 for not at all and less than that for ever, and
 * tells what has come.
 */
void aw_poll_wait(struct aw_poll *poll, int64_t timeout);

#endif
