/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/core.h"

/* Two ends of a connection, by which a loop is told of something. */
static int ends[2];

static void
open_ends(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends), 0);
}

static void
close_ends(void)
{
	close(ends[0]);
	close(ends[1]);
}

static void
send_byte(const char *byte)
{
	ck_assert_int_eq(write(ends[1], byte, 1), 1);
}

static void
note_byte(void *arg)
{
	char byte[2] = "";

	(void)arg;
	ck_assert_int_eq(read(ends[0], byte, 1), 1);
	note(byte);
}

static void
add_reader(aw_loop *loop, aw_callback *callback, void *arg)
{
	ck_assert_int_eq(aw_loop_add_reader(loop, ends[0], callback, arg), 0);
}

LOOP_TEST(a_reader_is_called_when_there_is_something_to_read)
{
	open_ends();
	add_reader(loop, note_byte, NULL);
	run_iterations(loop, 3);
	ck_assert_notes("");
	send_byte("a");
	run_iterations(loop, 2);
	send_byte("b");
	run_iterations(loop, 2);
	ck_assert_notes("a b");
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	close_ends();
}

LOOP_TEST(it_is_called_again_while_there_is_more)
{
	open_ends();
	add_reader(loop, note_byte, NULL);
	send_byte("a");
	send_byte("b");
	send_byte("c");
	/* One of them an iteration. */
	run_iterations(loop, 2);
	ck_assert_notes("a b");
	run_iterations(loop, 1);
	ck_assert_notes("c");
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	close_ends();
}

LOOP_TEST(the_end_of_the_stream_is_something_to_read)
{
	open_ends();
	close(ends[1]);
	add_reader(loop, note_callback, "eof");
	run_iterations(loop, 1);
	ck_assert_notes("eof");
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	close(ends[0]);
}

LOOP_TEST(a_writer_is_called_while_there_is_room)
{
	open_ends();
	ck_assert_int_eq(aw_loop_add_writer(loop, ends[0], note_callback,
	    "room"), 0);
	run_iterations(loop, 2);
	ck_assert_notes("room room");
	while (write(ends[0], ends, sizeof(ends)) > 0)
		;
	run_iterations(loop, 2);
	ck_assert_notes("");
	ck_assert(aw_loop_remove_writer(loop, ends[0]));
	close_ends();
}

static void
run_from_plain_event(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	note("plain");
}

LOOP_TEST(the_callback_runs_after_the_poll_not_inside_of_it)
{
	struct event *event;

	open_ends();
	send_byte("a");
	add_reader(loop, note_byte, NULL);
	/* What libevent calls itself comes first, though it was added last. */
	event = event_new(aw_loop_get_event_base(loop), ends[0], EV_READ,
	    run_from_plain_event, NULL);
	ck_assert_int_eq(event_add(event, NULL), 0);
	aw_loop_call_soon(loop, note_callback, "soon");
	run_iterations(loop, 1);
	ck_assert_notes("plain soon a");
	event_free(event);
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	close_ends();
}

LOOP_TEST(a_second_reader_replaces_the_first)
{
	open_ends();
	send_byte("a");
	add_reader(loop, note_callback, "first");
	add_reader(loop, note_callback, "second");
	run_iterations(loop, 1);
	ck_assert_notes("second");
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	ck_assert(!aw_loop_remove_reader(loop, ends[0]));
	close_ends();
}

LOOP_TEST(a_second_writer_replaces_the_first)
{
	open_ends();
	ck_assert_int_eq(aw_loop_add_writer(loop, ends[0], note_callback,
	    "first"), 0);
	ck_assert_int_eq(aw_loop_add_writer(loop, ends[0], note_callback,
	    "second"), 0);
	run_iterations(loop, 1);
	ck_assert_notes("second");
	ck_assert(aw_loop_remove_writer(loop, ends[0]));
	ck_assert(!aw_loop_remove_writer(loop, ends[0]));
	run_iterations(loop, 1);
	ck_assert_notes("");
	close_ends();
}

LOOP_TEST(a_reader_and_a_writer_of_one_descriptor_are_two)
{
	open_ends();
	send_byte("a");
	add_reader(loop, note_callback, "read");
	ck_assert_int_eq(aw_loop_add_writer(loop, ends[0], note_callback,
	    "write"), 0);
	run_iterations(loop, 1);
	ck_assert_uint_eq(count_notes(), 2);
	take_notes();
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	run_iterations(loop, 1);
	ck_assert_notes("write");
	add_reader(loop, note_callback, "read");
	ck_assert(aw_loop_remove_writer(loop, ends[0]));
	run_iterations(loop, 1);
	ck_assert_notes("read");
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	close_ends();
}

LOOP_TEST(remove_says_whether_there_was_one)
{
	open_ends();
	ck_assert(!aw_loop_remove_reader(loop, ends[0]));
	ck_assert(!aw_loop_remove_writer(loop, ends[0]));
	ck_assert(!aw_loop_remove_reader(loop, -1));
	ck_assert(!aw_loop_remove_reader(loop, 1000000));
	add_reader(loop, note_byte, NULL);
	ck_assert(!aw_loop_remove_writer(loop, ends[0]));
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	ck_assert(!aw_loop_remove_reader(loop, ends[0]));
	send_byte("a");
	run_iterations(loop, 2);
	ck_assert_notes("");
	close_ends();
}

static void
note_and_remove(void *loop)
{
	note("once");
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
}

LOOP_TEST(a_callback_can_remove_itself)
{
	open_ends();
	send_byte("a");
	add_reader(loop, note_and_remove, loop);
	run_iterations(loop, 3);
	ck_assert_notes("once");
	close_ends();
}

static void
remove_both(void *loop)
{
	note("removed");
	aw_loop_remove_reader(loop, ends[0]);
	aw_loop_remove_writer(loop, ends[0]);
}

LOOP_TEST(one_that_was_removed_before_its_turn_is_not_called)
{
	open_ends();
	send_byte("a");
	add_reader(loop, remove_both, loop);
	ck_assert_int_eq(aw_loop_add_writer(loop, ends[0], remove_both, loop),
	    0);
	run_iterations(loop, 2);
	/* The other one is in the ring by then. */
	ck_assert_notes("removed");
	close_ends();
}

static void
replace_reader(void *loop)
{
	note("replaced");
	add_reader(loop, note_byte, NULL);
}

LOOP_TEST(one_that_was_replaced_in_its_turn_is_called_after_the_next_poll)
{
	open_ends();
	send_byte("a");
	add_reader(loop, replace_reader, loop);
	run_iterations(loop, 1);
	ck_assert_notes("replaced");
	run_iterations(loop, 1);
	ck_assert_notes("a");
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	close_ends();
}

static void
note_and_stop(void *loop)
{
	note("stop");
	aw_loop_stop(loop);
}

static void
stop_loop(void *loop)
{
	aw_loop_stop(loop);
}

static void
send_later(void *arg)
{
	(void)arg;
	send_byte("a");
}

LOOP_TEST(a_reader_wakes_a_loop_that_waits)
{
	open_ends();
	add_reader(loop, stop_loop, loop);
	aw_loop_call_later(loop, 0.005, send_later, NULL);
	ck_assert_int_eq(aw_loop_run_forever(loop), 0);
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	close_ends();
}

LOOP_TEST(a_reader_that_stops_the_loop_is_called_once_a_run)
{
	int i;

	open_ends();
	send_byte("a");
	add_reader(loop, note_and_stop, loop);
	for (i = 0; i < 2; i++) {
		ck_assert_int_eq(aw_loop_run_forever(loop), 0);
		ck_assert_notes("stop");
	}
	ck_assert(aw_loop_remove_reader(loop, ends[0]));
	close_ends();
}

LOOP_TEST(what_can_not_be_polled_is_refused)
{
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(aw_loop_add_reader(loop, file, note_byte, NULL),
	    -EPERM);
	ck_assert_int_eq(aw_loop_add_writer(loop, file, note_byte, NULL),
	    -EPERM);
	close(file);
	ck_assert_int_eq(aw_loop_add_reader(loop, file, note_byte, NULL),
	    -EBADF);
	ck_assert_int_eq(aw_loop_add_reader(loop, -1, note_byte, NULL),
	    -EBADF);
	ck_assert(!aw_loop_remove_reader(loop, file));
}

LOOP_TEST(descriptors_of_any_size_have_their_own)
{
	int i, high[3];

	open_ends();
	send_byte("a");
	for (i = 0; i < 3; i++) {
		high[i] = fcntl(ends[0], F_DUPFD_CLOEXEC, 20 + 200 * i);
		ck_assert_int_ge(high[i], 20 + 200 * i);
		ck_assert_int_eq(aw_loop_add_reader(loop, high[i],
		    note_callback, "high"), 0);
	}
	run_iterations(loop, 1);
	ck_assert_notes("high high high");
	for (i = 0; i < 3; i++) {
		ck_assert(aw_loop_remove_reader(loop, high[i]));
		close(high[i]);
	}
	close_ends();
}

LOOP_TEST(closing_the_loop_removes_them)
{
	struct event_base *base = event_base_new();
	aw_loop_options options = { .base = base };
	aw_loop *other = aw_loop_new(&options);

	(void)loop;
	open_ends();
	send_byte("a");
	add_reader(other, note_callback, "read");
	ck_assert_int_eq(aw_loop_add_writer(other, ends[0], note_callback,
	    "write"), 0);
	ck_assert_int_eq(aw_loop_close(other), 0);
	ck_assert_int_eq(event_base_get_num_events(base,
	    EVENT_BASE_COUNT_ADDED), 0);
	ck_assert_int_eq(event_base_loop(base, EVLOOP_NONBLOCK), 1);
	ck_assert_notes("");
	event_base_free(base);
	close_ends();
}

static void
break_dispatch(void *base)
{
	note_byte(NULL);
	event_base_loopbreak(base);
}

LOOP_TEST(they_are_called_while_the_caller_dispatches)
{
	struct event_base *base = event_base_new();
	aw_loop_options options = { .base = base };
	aw_loop *other = aw_loop_new(&options);

	(void)loop;
	open_ends();
	send_byte("a");
	add_reader(other, break_dispatch, base);
	ck_assert_int_eq(event_base_dispatch(base), 0);
	ck_assert_notes("a");
	ck_assert_int_eq(aw_loop_close(other), 0);
	event_base_free(base);
	close_ends();
}

int
main(void)
{
	const TTest *const tests[] = {
		a_reader_is_called_when_there_is_something_to_read,
		it_is_called_again_while_there_is_more,
		the_end_of_the_stream_is_something_to_read,
		a_writer_is_called_while_there_is_room,
		the_callback_runs_after_the_poll_not_inside_of_it,
		a_second_reader_replaces_the_first,
		a_second_writer_replaces_the_first,
		a_reader_and_a_writer_of_one_descriptor_are_two,
		remove_says_whether_there_was_one,
		a_callback_can_remove_itself,
		one_that_was_removed_before_its_turn_is_not_called,
		one_that_was_replaced_in_its_turn_is_called_after_the_next_poll,
		a_reader_wakes_a_loop_that_waits,
		a_reader_that_stops_the_loop_is_called_once_a_run,
		what_can_not_be_polled_is_refused,
		descriptors_of_any_size_have_their_own,
		closing_the_loop_removes_them,
		they_are_called_while_the_caller_dispatches,
	};

	return UNIT_RUN("fd_handlers", tests);
}
