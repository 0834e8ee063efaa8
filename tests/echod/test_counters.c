/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/counters.h"

#include "unit.h"

#include <stdbool.h>
#include <string.h>

/* A counter without a row would be seen by nobody. */
START_TEST(every_counter_has_one_row)
{
	size_t places = sizeof(struct counters) / sizeof(uint64_t);

	ck_assert_uint_eq(counter_row_count, places);
	for (size_t i = 0; i < places; i++) {
		size_t rows = 0;

		for (size_t j = 0; j < counter_row_count; j++)
			rows += counter_rows[j].offset == i * sizeof(uint64_t);
		ck_assert_msg(rows == 1, "place %zu has %zu rows", i, rows);
	}
}
END_TEST

/* Each row of a name has a word of its own, and they stand together. */
START_TEST(words_tell_rows_apart)
{
	for (size_t i = 0; i < counter_row_count; i++)
		for (size_t j = 0; j < i; j++) {
			bool same = strcmp(counter_rows[i].name,
			    counter_rows[j].name) == 0;

			if (!same)
				continue;
			ck_assert_str_eq(counter_rows[i - 1].name,
			    counter_rows[i].name);
			ck_assert_str_ne(counter_rows[i].value,
			    counter_rows[j].value);
			ck_assert_str_eq(counter_rows[i].help,
			    counter_rows[j].help);
		}
}
END_TEST

START_TEST(reads_what_was_counted)
{
	struct counters counters = { .ended = { 0 } };

	counter_add(&counters.ended[END_IDLE]);
	counter_add(&counters.ended[END_IDLE]);
	counter_add(&counters.refused[REFUSED_ADDRESS]);
	for (size_t i = 0; i < counter_row_count; i++) {
		const struct counter_row *row = &counter_rows[i];
		uint64_t expected = 0;

		if (strcmp(row->value, "idle") == 0)
			expected = 2;
		else if (strcmp(row->value, "address") == 0)
			expected = 1;
		ck_assert_uint_eq(counter_get(&counters, row), expected);
	}
}
END_TEST

START_TEST(reasons_have_names)
{
	ck_assert_str_eq(end_reason_name(END_CLIENT_CLOSED), "client_closed");
	ck_assert_str_eq(end_reason_name(END_ERROR), "error");
	ck_assert_str_eq(refusal_name(REFUSED_FULL), "full");
	ck_assert_str_eq(refusal_name(REFUSED_MEMORY), "memory");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { every_counter_has_one_row,
	    words_tell_rows_apart, reads_what_was_counted,
	    reasons_have_names };

	return UNIT_RUN("counters", tests);
}
