/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Making and closing loops.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "coro/overflow.h"
#include "core/debug_mode.h"
#include "core/event_loop.h"
#include "core/executor.h"
#include "core/fd_handlers.h"
#include "core/handle.h"
#include "core/hibernate.h"
#include "core/loop.h"
#include "core/loops.h"
#include "core/remnant.h"
#include "core/signals.h"
#include "core/task.h"

static struct event_base *
new_base(bool precise_timers)
{
	struct event_config *config;
	struct event_base *base = NULL;
	int flags = EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV;

	config = event_config_new();
	if (config == NULL)
		return NULL;
	if (precise_timers)
		flags |= EVENT_BASE_FLAG_PRECISE_TIMER;
	if (event_config_set_flag(config, flags) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

/*
 * A peer that is gone shall be an error, not the end of the process.  libevent
 * flushes by writev(2), which has no flag for that.
 */
static void
ignore_broken_pipe(void)
{
	struct sigaction action;

	if (sigaction(SIGPIPE, NULL, &action) == 0 &&
	    (action.sa_flags & SA_SIGINFO) == 0 &&
	    action.sa_handler == SIG_DFL)
		signal(SIGPIPE, SIG_IGN);
}

/* errno stays as it is. */
static void
free_base(aw_loop *loop)
{
	int err = errno;

	if (loop->owns_base)
		event_base_free(loop->base);
	errno = err;
}

/* The caller's or one of the loop's own, with the loop's events. */
static int
init_base(aw_loop *loop, const aw_loop_options *options)
{
	loop->owns_base = options->base == NULL;
	loop->base = options->base;
	if (loop->base == NULL)
		loop->base = new_base(options->precise_timers);
	if (loop->base == NULL)
		return -1;
	if (aw_loop_add_events(loop) == 0)
		return 0;
	free_base(loop);
	return -1;
}

aw_loop *
aw_loop_new(const aw_loop_options *options)
{
	static const aw_loop_options defaults;
	aw_loop *loop;

	if (options == NULL)
		options = &defaults;
	errno = 0;
	loop = calloc(1, sizeof(*loop));
	if (loop == NULL)
		goto no_loop;
	loop->now = aw_loop_coarse_now();
	TAILQ_INIT(&loop->tasks);
	ignore_broken_pipe();
	aw_context_init();
	loop->receive_buffer = malloc(AW_RECEIVE_BUFFER_SIZE);
	if (loop->receive_buffer == NULL)
		goto no_buffer;
	loop->stacks = aw_stack_pool_new(options->stack_size);
	if (loop->stacks == NULL)
		goto no_stacks;
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->wake_fd < 0)
		goto no_wake_fd;
	if (aw_poll_init(&loop->poll, options->precise_timers) < 0)
		goto no_poll;
	if (init_base(loop, options) < 0)
		goto no_base;
	if (aw_trim_init(loop, options->trim_after) < 0)
		goto no_trim;
	pthread_mutex_init(&loop->lock, NULL);
	aw_loops_add(loop);
	aw_debug_init(loop, options->debug);
	/* Its owner may run it at any time, but from this thread. */
	if (!loop->owns_base)
		loop->thread = aw_this_thread();
	aw_loop_watch_overflows();
	return loop;

no_trim:
	event_del(&loop->polled);
	free_base(loop);
no_base:
	aw_poll_close(&loop->poll);
no_poll:
	close(loop->wake_fd);
no_wake_fd:
	aw_stack_pool_free(loop->stacks);
no_stacks:
	free(loop->receive_buffer);
no_buffer:
	free(loop);
no_loop:
	if (errno == 0)
		errno = ENOMEM;
	return NULL;
}

/* Gives up what is still pending, in an order in which none needs the other. */
static void
drop_pending(aw_loop *loop)
{
	aw_loop_enter(loop);
	loop->closing = true;
	aw_tasks_close(loop);
	aw_remnants_close(loop);
	aw_executors_close(loop);
	/* What is freed may be reported, and the report add something. */
	aw_loop_run_rest(loop);
	aw_handles_close(loop);
	aw_fd_handlers_close(loop);
	aw_signals_close(loop);
	aw_loop_leave();
}

int
aw_loop_close(aw_loop *loop)
{
	if (loop == NULL)
		return 0;
	if (aw_get_running_loop() != NULL || aw_is_other_threads(loop))
		return -EBUSY;
	aw_event_loop_forget(loop);
	drop_pending(loop);
	event_del(&loop->alarm);
	event_del(&loop->tick);
	event_del(&loop->polled);
	aw_trim_close(loop);
	aw_loops_remove(loop);
	if (loop->owns_base) {
		/* Bufferevents that were freed go in one more turn. */
		event_base_loop(loop->base, EVLOOP_NONBLOCK);
		event_base_free(loop->base);
	}
	aw_poll_close(&loop->poll);
	close(loop->wake_fd);
	aw_timer_heap_free(&loop->timers);
	aw_hibernate_close(loop);
	aw_stack_pool_free(loop->stacks);
	pthread_mutex_destroy(&loop->lock);
	free(loop->receive_buffer);
	if (loop->tls_bio != NULL)
		loop->free_tls_bio(loop->tls_bio);
	aw_overflow_unwatch();
	free(loop);
	return 0;
}
