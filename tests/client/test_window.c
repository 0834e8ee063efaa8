/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <stdio.h>
#include <string.h>

#include "client/compare.h"
#include "client/window.h"
#include "unit.h"

/* Sends a text, in as many parts as the ring makes of it; returns how much. */
static size_t
send_text(struct window *window, const char *text)
{
	size_t size = strlen(text);
	size_t sent = 0;
	unsigned char *where;
	size_t part;

	while (sent < size && (part = window_reserve(window, &where)) > 0) {
		if (part > size - sent)
			part = size - sent;
		memcpy(where, text + sent, part);
		window_commit(window, part);
		sent += part;
	}
	return sent;
}

START_TEST(an_empty_window_expects_nothing)
{
	struct window window;

	ck_assert_int_eq(window_init(&window, 8), 0);
	ck_assert_uint_eq(window_outstanding(&window), 0);
	ck_assert_uint_eq(window_room(&window), 8);
	ck_assert_int_eq(window_next(&window), COMPARE_NO_BYTE);
	ck_assert_uint_eq(window_match(&window, "x", 1), 0);
	window_free(&window);
}
END_TEST

START_TEST(what_was_sent_matches_in_pieces)
{
	struct window window;

	ck_assert_int_eq(window_init(&window, 8), 0);
	ck_assert_uint_eq(send_text(&window, "abcdef"), 6);
	ck_assert_uint_eq(window_match(&window, "ab", 2), 2);
	ck_assert_int_eq(window_next(&window), 'c');
	ck_assert_uint_eq(window_match(&window, "cdef", 4), 4);
	ck_assert_int_eq(window_next(&window), COMPARE_NO_BYTE);
	ck_assert_uint_eq(window.sent, 6);
	ck_assert_uint_eq(window.echoed, 6);
	window_free(&window);
}
END_TEST

START_TEST(a_full_window_lends_no_room)
{
	struct window window;
	unsigned char *where;

	ck_assert_int_eq(window_init(&window, 4), 0);
	ck_assert_uint_eq(send_text(&window, "abcdef"), 4);
	ck_assert_uint_eq(window_room(&window), 0);
	ck_assert_uint_eq(window_reserve(&window, &where), 0);
	ck_assert_uint_eq(window_match(&window, "ab", 2), 2);
	ck_assert_uint_eq(window_reserve(&window, &where), 2);
	window_free(&window);
}
END_TEST

START_TEST(matching_goes_on_across_the_rings_end)
{
	struct window window;

	ck_assert_int_eq(window_init(&window, 8), 0);
	ck_assert_uint_eq(send_text(&window, "abcdef"), 6);
	ck_assert_uint_eq(window_match(&window, "abcde", 5), 5);
	ck_assert_uint_eq(send_text(&window, "ghijklm"), 7);
	ck_assert_uint_eq(window_room(&window), 0);
	ck_assert_uint_eq(window_match(&window, "fghijklm", 8), 8);
	ck_assert_uint_eq(window.echoed, 13);
	window_free(&window);
}
END_TEST

START_TEST(a_difference_stops_at_its_byte)
{
	struct window window;

	ck_assert_int_eq(window_init(&window, 8), 0);
	ck_assert_uint_eq(send_text(&window, "abcdef"), 6);
	ck_assert_uint_eq(window_match(&window, "abXdef", 6), 2);
	ck_assert_uint_eq(window.echoed, 2);
	ck_assert_int_eq(window_next(&window), 'c');
	window_free(&window);
}
END_TEST

START_TEST(surplus_bytes_do_not_match)
{
	struct window window;

	ck_assert_int_eq(window_init(&window, 8), 0);
	ck_assert_uint_eq(send_text(&window, "abc"), 3);
	ck_assert_uint_eq(window_match(&window, "abcd", 4), 3);
	ck_assert_int_eq(window_next(&window), COMPARE_NO_BYTE);
	window_free(&window);
}
END_TEST

/* Every way to cut a stream into sends and echoes, for a ring of 4. */
START_TEST(any_sequence_of_sends_and_echoes_matches)
{
	static const char stream[] = "the quick brown fox jumps over it";
	const size_t size = sizeof(stream) - 1;

	for (unsigned cut = 0; cut < 4096; cut++) {
		struct window window;
		size_t sent = 0, echoed = 0;
		unsigned bits = cut;

		ck_assert_int_eq(window_init(&window, 4), 0);
		while (echoed < size) {
			char piece[8];

			snprintf(piece, sizeof(piece), "%.*s",
			    1 + (int)(bits % 4), stream + sent);
			sent += send_text(&window, piece);
			bits = bits >> 2 | cut << 10;
			for (unsigned i = bits % 2; i < 2 && echoed < sent;
			    i++)
				echoed += window_match(&window,
				    stream + echoed, sent - echoed);
			ck_assert_uint_eq(window_outstanding(&window),
			    sent - echoed);
		}
		window_free(&window);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_empty_window_expects_nothing,
		what_was_sent_matches_in_pieces,
		a_full_window_lends_no_room,
		matching_goes_on_across_the_rings_end,
		a_difference_stops_at_its_byte,
		surplus_bytes_do_not_match,
		any_sequence_of_sends_and_echoes_matches,
	};

	return UNIT_RUN("window", tests);
}
