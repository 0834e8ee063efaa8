/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "loops.h"

static int
await_future(void *future)
{
	told("await", aw_await(future));
	return 0;
}

static void
a_future_of_another_loop(void)
{
	aw_loop *loop = new_loop(), *other = new_loop();
	aw_future *future = aw_loop_create_future(other);
	aw_task *a;

	told("run", aw_loop_run_until_complete(loop, future));
	a = aw_loop_create_task(loop, await_future, future, "a");
	(void)!aw_loop_run_until_complete(loop, a);
	aw_future_unref(a);
	aw_future_unref(future);
	aw_loop_close(loop);
	aw_loop_close(other);
}

static void
two_loops_by_turns(void)
{
	struct play two = { .turns = 2 };
	aw_loop *loops[] = { new_loop(), new_loop() };
	aw_task *tasks[] = {
		aw_loop_create_task(loops[0], play, &two, "a"),
		aw_loop_create_task(loops[1], play, &two, "b"),
	};
	int i;

	for (i = 0; i < 8; i++)
		run_once(loops[i % 2]);
	for (i = 0; i < 2; i++) {
		say("done %s", yes(aw_future_done(tasks[i])));
		aw_future_unref(tasks[i]);
		aw_loop_close(loops[i]);
	}
}

static void
set_four(void *future)
{
	aw_future_set_result(future, 4);
}

static aw_future *awaited;

static void *
call_loop(void *loop)
{
	static char first[] = "first", second[] = "second";

	(void)!aw_loop_call_soon_threadsafe(loop, say_word, first);
	(void)!aw_loop_call_soon_threadsafe(loop, say_word, second);
	(void)!aw_loop_call_soon_threadsafe(loop, set_four, awaited);
	return NULL;
}

static pthread_t thread;

static void
start_thread(void *loop)
{
	if (pthread_create(&thread, NULL, call_loop, loop) != 0)
		abort();
}

static void
from_another_thread(void)
{
	aw_loop *loop = new_loop();

	awaited = aw_loop_create_future(loop);
	aw_loop_call_soon(loop, start_thread, loop);
	told("run", aw_loop_run_until_complete(loop, awaited));
	pthread_join(thread, NULL);
	aw_future_unref(awaited);
	aw_loop_close(loop);
}

static void *
set_and_get(void *arg)
{
	aw_loop *loop;

	say("has one %s", yes(aw_get_event_loop() != NULL));
	loop = new_loop();
	aw_set_event_loop(loop);
	say("is it %s", yes(aw_get_event_loop() == loop));
	aw_set_event_loop(NULL);
	say("has one %s", yes(aw_get_event_loop() != NULL));
	aw_loop_close(loop);
	return arg;
}

static void
the_loop_of_a_thread(void)
{
	if (pthread_create(&thread, NULL, set_and_get, NULL) != 0)
		abort();
	pthread_join(thread, NULL);
}

static void
say_running(void *loop)
{
	say("it is %s", yes(aw_get_running_loop() == loop));
}

static void
the_running_loop(void)
{
	aw_loop *loop = new_loop();

	say_running(loop);
	aw_loop_call_soon(loop, say_running, loop);
	run_once(loop);
	say_running(loop);
	aw_loop_close(loop);
}

static void
a_report_of_the_programs_own(void)
{
	aw_loop *loop = new_loop();
	aw_exception_context context = {
		.message = "the kettle is dry",
		.error = FAILURE(4),
	};

	aw_loop_call_exception_handler(loop, &context);
	aw_loop_close(loop);
}

static int
wait_for_ever(void *arg)
{
	(void)arg;
	return join(new_future());
}

static void
a_task_that_is_dropped(void)
{
	aw_loop *loop = new_loop();
	aw_task *task = aw_loop_create_task(loop, wait_for_ever, NULL, "a");

	run_once(loop);
	say("done %s", yes(aw_future_done(task)));
	aw_future_unref(task);
	aw_loop_close(loop);
}

static int ends[2];

static void
read_byte(void *arg)
{
	char byte = '?';

	(void)arg;
	(void)!read(ends[0], &byte, 1);
	say("reads %c", byte);
}

static void
write_bytes(const char *bytes, size_t size)
{
	(void)!write(ends[1], bytes, size);
}

static void
open_pipe(void)
{
	if (pipe(ends) < 0)
		abort();
}

static void
close_pipe(void)
{
	close(ends[0]);
	close(ends[1]);
}

static void
a_descriptor_to_read_from(void)
{
	aw_loop *loop = new_loop();

	open_pipe();
	(void)!aw_loop_add_reader(loop, ends[0], read_byte, NULL);
	write_bytes("a", 1);
	run_once(loop);
	write_bytes("bc", 2);
	run_once(loop);
	run_once(loop);
	run_once(loop);
	say("removed %s", yes(aw_loop_remove_reader(loop, ends[0])));
	say("removed %s", yes(aw_loop_remove_reader(loop, ends[0])));
	write_bytes("d", 1);
	run_once(loop);
	close_pipe();
	aw_loop_close(loop);
}

static void
a_descriptor_to_write_to(void)
{
	aw_loop *loop = new_loop();
	static char first[] = "first", second[] = "second";

	open_pipe();
	(void)!aw_loop_add_writer(loop, ends[1], say_word, first);
	(void)!aw_loop_add_writer(loop, ends[1], say_word, second);
	run_once(loop);
	run_once(loop);
	say("removed %s", yes(aw_loop_remove_writer(loop, ends[1])));
	run_once(loop);
	close_pipe();
	aw_loop_close(loop);
}

static void
caught(void *future)
{
	say("caught");
	aw_future_set_result(future, 1);
}

static void
send_signal(void *arg)
{
	(void)arg;
	kill(getpid(), SIGUSR1);
}

static void
a_signal(void)
{
	aw_loop *loop = new_loop();
	aw_future *future = aw_loop_create_future(loop);

	(void)!aw_loop_add_signal_handler(loop, SIGUSR1, caught, future);
	aw_loop_call_soon(loop, send_signal, NULL);
	soon(loop, "sent");
	(void)!aw_loop_run_until_complete(loop, future);
	say("removed %s", yes(aw_loop_remove_signal_handler(loop, SIGUSR1)));
	say("removed %s", yes(aw_loop_remove_signal_handler(loop, SIGUSR1)));
	aw_future_unref(future);
	aw_loop_close(loop);
}

static void
a_signal_that_can_not_be_caught(void)
{
	aw_loop *loop = new_loop();

	told("add", aw_loop_add_signal_handler(loop, SIGKILL, caught, NULL));
	aw_loop_close(loop);
}

static const struct trace_case cases[] = {
	PLAIN_CASE(a_future_of_another_loop),
	PLAIN_CASE(two_loops_by_turns),
	PLAIN_CASE(from_another_thread),
	PLAIN_CASE(the_loop_of_a_thread),
	PLAIN_CASE(the_running_loop),
	PLAIN_CASE(a_report_of_the_programs_own),
	PLAIN_CASE(a_task_that_is_dropped),
	PLAIN_CASE(a_descriptor_to_read_from),
	PLAIN_CASE(a_descriptor_to_write_to),
	PLAIN_CASE(a_signal),
	PLAIN_CASE(a_signal_that_can_not_be_caught),
};
TRACE_MAIN(cases)
