/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A loop for each thread, and a call from one to the other.
 */
#include <pthread.h>
#include <stdio.h>

#include <await.h>

#include "seconds.h"

static void
greet(void *who)
{
	printf("main: greetings from the %s\n", (const char *)who);
}

/* Greets the loop of the other thread. */
static int
greeter(void *arg)
{
	aw_loop *other = arg;
	int err;

	err = aw_sleep(seconds(1));
	if (err < 0)
		return err;
	return aw_loop_call_soon_threadsafe(other, greet, "thread");
}

static int
run(aw_loop *loop, aw_coroutine *coroutine, void *arg)
{
	aw_task *task = aw_loop_create_task(loop, coroutine, arg, NULL);
	int err = aw_loop_run_until_complete(loop, task);

	aw_future_unref(task);
	return err;
}

static void *
thread_main(void *main_loop)
{
	aw_loop *loop;
	int err;

	if (aw_get_event_loop() == NULL)
		puts("thread: there is no event loop");
	loop = aw_loop_new(NULL);
	if (loop == NULL)
		return "no loop for the thread";
	aw_set_event_loop(loop);
	if (aw_get_event_loop() == loop)
		puts("thread: now there is one");
	err = run(loop, greeter, main_loop);
	aw_loop_close(loop);
	return err < 0 ? "no greetings" : NULL;
}

static int
sleeper(void *arg)
{
	int err;

	(void)arg;
	err = aw_sleep(seconds(2));
	puts("main: slept for 2 s");
	return err;
}

int
main(void)
{
	aw_loop *loop = aw_get_event_loop();
	void *failure = "no thread";
	pthread_t thread;
	int err = -1;

	if (loop == NULL)
		return 1;
	puts("main: got a loop by asking for it");
	if (pthread_create(&thread, NULL, thread_main, loop) == 0) {
		err = run(loop, sleeper, NULL);
		pthread_join(thread, &failure);
	}
	aw_loop_close(loop);
	return err < 0 || failure != NULL;
}
