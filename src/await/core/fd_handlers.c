/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/debug_mode.h"
#include "core/event_handler.h"
#include "core/fd_handlers.h"
#include "core/wait_fd.h"

enum direction { READING, WRITING };

/* Of one descriptor; either may be NULL. */
struct fd_handlers {
	struct aw_event_handler *handlers[2];
};

/* Makes room for a descriptor; those that are open are small numbers. */
static int
make_room(aw_loop *loop, int fd)
{
	size_t count = loop->fd_handler_count, needed = (size_t)fd + 1;
	struct fd_handlers *all;

	if (needed <= count)
		return 0;
	if (needed < 2 * count)
		needed = 2 * count;
	all = realloc(loop->fd_handlers, needed * sizeof(*all));
	if (all == NULL)
		return -ENOMEM;
	memset(all + count, 0, (needed - count) * sizeof(*all));
	loop->fd_handlers = all;
	loop->fd_handler_count = needed;
	return 0;
}

static bool
remove_handler(aw_loop *loop, int fd, enum direction direction)
{
	struct aw_event_handler **slot, *handler;

	if (fd < 0 || (size_t)fd >= loop->fd_handler_count)
		return false;
	slot = &loop->fd_handlers[fd].handlers[direction];
	handler = *slot;
	if (handler == NULL)
		return false;
	*slot = NULL;
	aw_event_handler_free(handler);
	return true;
}

static int
add_handler(aw_loop *loop, int fd, enum direction direction,
    aw_callback *callback, void *arg)
{
	struct aw_event_handler *handler;
	int can_be_polled = aw_can_be_polled(fd);

	if (can_be_polled < 0)
		return can_be_polled;
	if (!can_be_polled)
		return -EPERM;
	if (make_room(loop, fd) < 0)
		return -ENOMEM;
	handler = aw_event_handler_new(loop, fd,
	    direction == READING ? EV_READ : EV_WRITE, callback, arg);
	if (handler == NULL)
		return -ENOMEM;
	remove_handler(loop, fd, direction);
	loop->fd_handlers[fd].handlers[direction] = handler;
	return 0;
}

int
aw_loop_add_reader(aw_loop *loop, int fd, aw_callback *callback, void *arg)
{
	if (AW_WRONG_THREAD(loop))
		return AW_EWRONGTHREAD;
	return add_handler(loop, fd, READING, callback, arg);
}

int
aw_loop_add_writer(aw_loop *loop, int fd, aw_callback *callback, void *arg)
{
	if (AW_WRONG_THREAD(loop))
		return AW_EWRONGTHREAD;
	return add_handler(loop, fd, WRITING, callback, arg);
}

bool
aw_loop_remove_reader(aw_loop *loop, int fd)
{
	if (AW_WRONG_THREAD(loop))
		return false;
	return remove_handler(loop, fd, READING);
}

bool
aw_loop_remove_writer(aw_loop *loop, int fd)
{
	if (AW_WRONG_THREAD(loop))
		return false;
	return remove_handler(loop, fd, WRITING);
}

void
aw_fd_handlers_close(aw_loop *loop)
{
	size_t fd;

	for (fd = 0; fd < loop->fd_handler_count; fd++) {
		remove_handler(loop, (int)fd, READING);
		remove_handler(loop, (int)fd, WRITING);
	}
	free(loop->fd_handlers);
	loop->fd_handlers = NULL;
	loop->fd_handler_count = 0;
}
