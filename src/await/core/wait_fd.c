/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/wait_fd.h"

/* A task that waits for a descriptor; on its stack. */
struct fd_wait {
	struct aw_watch watch;
	struct task *task;
};

static void
on_ready(struct aw_watch *watch, uint32_t events)
{
	struct fd_wait *wait = (struct fd_wait *)watch;

	(void)events;
	aw_task_wake(wait->task, 0);
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	aw_task_wake(arg, 0);
}

/* Whether epoll would take the descriptor, or -errno. */
static int
ask_epoll(int fd)
{
	struct epoll_event event = { .events = EPOLLIN };
	int epoll, answer = 1;

	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return -errno;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		answer = errno == EPERM ? 0 : -errno;
	close(epoll);
	return answer;
}

/* Found out beforehand, as libevent warns of each one that can't. */
int
aw_can_be_polled(int fd)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))
		return 0;
	/* A terminal can, /dev/null can't. */
	return S_ISCHR(status.st_mode) ? ask_epoll(fd) : 1;
}

/* A descriptor can be in an epoll once; the others that wait are libevent's. */
static int
wait_by_libevent(struct task *task, int fd, short events, const char *what)
{
	struct event event;
	int err;

	event_assign(&event, task->future.loop->base, fd, events, on_event,
	    task);
	if (event_add(&event, NULL) < 0)
		return -ENOMEM;
	err = aw_task_park(task, what);
	event_del(&event);
	return err;
}

static int
wait_by_poll(struct task *task, int fd, short events, const char *what)
{
	struct aw_poll *poll = &task->future.loop->poll;
	struct fd_wait wait = { .watch.ready = on_ready, .task = task };
	int err;

	err = aw_poll_add(poll, fd, &wait.watch, EPOLLONESHOT |
	    (events & EV_READ ? EPOLLIN | EPOLLRDHUP : EPOLLOUT));
	if (err < 0)
		return err;
	err = aw_task_park(task, what);
	aw_poll_remove(poll, fd, &wait.watch);
	return err;
}

int
aw_wait_fd(int fd, short events, const char *what)
{
	struct task *task = aw_task_current();
	int err;

	if (task == NULL)
		return AW_ENOTASK;
	/* It may be left for good there, with the watch on its stack. */
	if (task->future.loop->closing)
		return aw_task_park(task, what);
	err = wait_by_poll(task, fd, events, what);
	if (err == -EEXIST)
		err = wait_by_libevent(task, fd, events, what);
	/* A file, which is always ready. */
	return err == -EPERM ? 0 : err;
}

int
aw_wait_readable(int fd)
{
	return aw_wait_fd(fd, EV_READ, "a descriptor to be readable");
}

int
aw_wait_writable(int fd)
{
	return aw_wait_fd(fd, EV_WRITE, "a descriptor to be writable");
}
