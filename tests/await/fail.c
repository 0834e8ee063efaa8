/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/system_call.h"
#include "fail.h"

static atomic_uint calls;
static atomic_uint failing_call; /* 0: none */
static atomic_bool failing_for_good;
static _Atomic(const char *) failed;
/* Of fail_call: whose calls count, and how they fail. */
static const char *only;
static unsigned last_failing_call;
static int only_error;

static bool
must_fail(const char *name)
{
	unsigned failing = atomic_load(&failing_call), call;
	const char *nothing = NULL;

	if (failing == 0 || (only != NULL && strcmp(name, only) != 0))
		return false;
	call = atomic_fetch_add(&calls, 1) + 1;
	if (call < failing || (call > last_failing_call && !failing_for_good))
		return false;
	atomic_compare_exchange_strong(&failed, &nothing, name);
	return true;
}

/* The linker's names: __wrap_f is called for f, and __real_f is the real f. */
#define WRAP(type, name, parameters, arguments, failure, error) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type \
	__wrap_##name parameters \
	{ \
		if (must_fail(#name)) { \
			errno = only != NULL ? only_error : (error); \
			return failure; \
		} \
		return __real_##name arguments; \
	}

WRAP(void *, malloc, (size_t size), (size), NULL, ENOMEM)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), NULL, ENOMEM)
WRAP(void *, realloc, (void *memory, size_t size), (memory, size), NULL,
    ENOMEM)
WRAP(char *, strdup, (const char *text), (text), NULL, ENOMEM)
WRAP(int, vasprintf, (char **text, const char *format, va_list arguments),
    (text, format, arguments), -1, ENOMEM)
WRAP(void *, mmap, (void *address, size_t size, int protection, int flags,
    int fd, off_t offset), (address, size, protection, flags, fd, offset),
    MAP_FAILED, ENOMEM)
WRAP(int, mprotect, (void *address, size_t size, int protection),
    (address, size, protection), -1, ENOMEM)
WRAP(int, eventfd, (unsigned count, int flags), (count, flags), -1, EMFILE)
WRAP(int, timerfd_create, (int clock, int flags), (clock, flags), -1, EMFILE)
WRAP(int, epoll_create1, (int flags), (flags), -1, EMFILE)

int __real_epoll_ctl(int epoll, int operation, int fd,
    struct epoll_event *event);
int __wrap_epoll_ctl(int epoll, int operation, int fd,
    struct epoll_event *event);

__attribute__((weak)) bool
fail_to_watch(int fd)
{
	(void)fd;
	return false;
}

/* Only adding takes memory. */
int
__wrap_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	if (operation == EPOLL_CTL_ADD &&
	    (fail_to_watch(fd) || must_fail("epoll_ctl"))) {
		errno = ENOMEM;
		return -1;
	}
	return __real_epoll_ctl(epoll, operation, fd, event);
}

WRAP(int, pthread_create, (pthread_t *thread, const pthread_attr_t *attributes,
    void *(*start)(void *), void *argument),
    (thread, attributes, start, argument), EAGAIN, EAGAIN)
WRAP(int, socket, (int domain, int type, int protocol),
    (domain, type, protocol), -1, EMFILE)
WRAP(int, bind, (int fd, const struct sockaddr *address, socklen_t size),
    (fd, address, size), -1, EADDRINUSE)
WRAP(int, listen, (int fd, int backlog), (fd, backlog), -1, EADDRINUSE)
WRAP(int, accept4, (int fd, struct sockaddr *address, socklen_t *size,
    int flags), (fd, address, size, flags), -1, EMFILE)
WRAP(int, setsockopt, (int fd, int level, int option, const void *value,
    socklen_t size), (fd, level, option, value, size), -1, ENOBUFS)
WRAP(int, connect, (int fd, const struct sockaddr *address, socklen_t size),
    (fd, address, size), -1, EADDRNOTAVAIL)
WRAP(ssize_t, send, (int fd, const void *data, size_t size, int flags),
    (fd, data, size, flags), -1, ECONNRESET)
WRAP(ssize_t, recv, (int fd, void *data, size_t size, int flags),
    (fd, data, size, flags), -1, ECONNRESET)

#ifdef AW_RAW_SYSTEM_CALLS
/* What the library calls instead; the test names what it stands for. */
#define WRAP_RAW(name, parameters, arguments, error) \
	ssize_t __real_aw_##name parameters; \
	ssize_t __wrap_aw_##name parameters; \
	ssize_t \
	__wrap_aw_##name parameters \
	{ \
		if (must_fail(#name)) \
			return -(only != NULL ? only_error : (error)); \
		return __real_aw_##name arguments; \
	}

WRAP_RAW(send, (int fd, const void *data, size_t size), (fd, data, size),
    ECONNRESET)
WRAP_RAW(recv, (int fd, void *data, size_t size), (fd, data, size),
    ECONNRESET)
#endif

WRAP(int, getsockopt, (int fd, int level, int option, void *value,
    socklen_t *size), (fd, level, option, value, size), -1, ENOBUFS)
WRAP(int, getsockname, (int fd, struct sockaddr *address, socklen_t *size),
    (fd, address, size), -1, ENOBUFS)
WRAP(int, pipe2, (int ends[2], int flags), (ends, flags), -1, EMFILE)
WRAP(int, pidfd_open, (pid_t pid, unsigned flags), (pid, flags), -1, EMFILE)

static void
ignore_log(int severity, const char *text)
{
	(void)severity, (void)text;
}

void
fail_init(void)
{
	/* These names are the wrappers' here. */
	event_set_mem_functions(malloc, realloc, free);
	event_set_log_callback(ignore_log);
}

static void
start(unsigned n, unsigned last, bool for_good)
{
	atomic_store(&failing_call, 0);
	last_failing_call = last;
	atomic_store(&calls, 0);
	atomic_store(&failed, NULL);
	atomic_store(&failing_for_good, for_good);
	atomic_store(&failing_call, n);
}

void
fail_at(unsigned n, bool for_good)
{
	only = NULL;
	start(n, n, for_good);
}

void
fail_call(const char *name, unsigned n, unsigned times, int error)
{
	atomic_store(&failing_call, 0);
	only = name;
	only_error = error;
	start(n, n + times - 1, false);
}

bool
fail_stop(void)
{
	atomic_store(&failing_call, 0);
	return atomic_load(&failed) != NULL;
}

const char *
fail_name(void)
{
	const char *name = atomic_load(&failed);

	return name != NULL ? name : "nothing";
}
