/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/live.h"

#include <string.h>

#include "unit.h"

static struct load_options options = { .duration = 60 };
static const struct series_entry entry = { .start = 11.5, .seconds = 0.5,
	.sent = 51000, .received = 51000, .connections = 50, .p50 = 1204000,
	.p99 = 1720000 };
static struct live live;
static char line[256];

static const char *
text(bool measured, size_t width)
{
	return live_text(&live, &entry, measured, width, line, sizeof(line));
}

START_TEST(it_shows_where_the_run_is)
{
	live_begin(&live, 0, 1, &options);
	live.errors = 3;
	ck_assert_str_eq(text(true, 100), "12.0 s  20 %  102k/s  "
	    "p50 1.20 ms  p99 1.72 ms  errors 3  open 50");
	ck_assert_ptr_nonnull(strstr(text(false, 100), "(not measured)"));
}
END_TEST

START_TEST(it_says_which_run_of_several)
{
	live_begin(&live, 1, 5, &options);
	ck_assert_int_eq(strncmp(text(true, 100), "run 2 of 5  12.0 s", 18),
	    0);
	live_begin(&live, 6, 0, &options);
	ck_assert_int_eq(strncmp(text(true, 100), "run 7  12.0 s", 13), 0);
}
END_TEST

START_TEST(progress_is_by_what_ends_the_run)
{
	struct load_options by_count = { .count = 200000 };
	struct load_options by_bytes = { .bytes = 1000 };
	struct load_options endless = { .duration = 0 };

	live_begin(&live, 0, 1, &by_count);
	live.sent = 50000;
	ck_assert_ptr_nonnull(strstr(text(true, 100), "  25 %  "));
	live_begin(&live, 0, 1, &by_bytes);
	live.bytes = 2000;
	ck_assert_ptr_nonnull(strstr(text(true, 100), "  100 %  "));
	live_begin(&live, 0, 1, &endless);
	ck_assert_ptr_null(strchr(text(true, 100), '%'));
}
END_TEST

START_TEST(it_never_outgrows_its_width)
{
	live_begin(&live, 0, 1, &options);
	for (size_t width = 0; width < 120; width++)
		ck_assert_uint_le(strlen(text(false, width)), width);
	ck_assert_str_eq(text(true, 20), "12.0 s  20 %  102k/s");
	ck_assert_str_eq(text(true, 5), "20 %");
}
END_TEST

START_TEST(without_an_echo_there_are_no_times)
{
	const struct series_entry empty = { .seconds = 1 };

	live_begin(&live, 0, 1, &options);
	live_text(&live, &empty, true, 80, line, sizeof(line));
	ck_assert_str_eq(line, "1.0 s  2 %  0/s  errors 0  open 0");
}
END_TEST

START_TEST(of_handshakes_it_shows_how_many_were_done)
{
	const struct load_options handshakes = { .mode = MODE_HANDSHAKES,
	    .count = 1000 };
	const struct series_entry done = { .seconds = 1, .opened = 260,
	    .handshakes = 250, .p50 = 1000000, .p99 = 2000000 };

	live_begin(&live, 0, 1, &handshakes);
	live_text(&live, &done, true, 80, line, sizeof(line));
	ck_assert_str_eq(line, "1.0 s  0 %  250/s  p50 1.00 ms  p99 2.00 ms  "
	    "errors 0  open 0");
}
END_TEST

START_TEST(nothing_is_drawn_where_there_is_no_terminal)
{
	char *written;
	size_t size;
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	live_init(&live, file, true);
	live_begin(&live, 0, 1, &options);
	live_show(&live, &entry, true);
	live_clear(&live);
	ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
	ck_assert_int_eq(ftell(file), 0);
	fclose(file);
	/* Of a file that has no descriptor either. */
	file = open_memstream(&written, &size);
	live_init(&live, file, true);
	ck_assert_ptr_null(live.file);
	fclose(file);
	free(written);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_shows_where_the_run_is,
		it_says_which_run_of_several,
		progress_is_by_what_ends_the_run,
		it_never_outgrows_its_width,
		without_an_echo_there_are_no_times,
		of_handshakes_it_shows_how_many_were_done,
		nothing_is_drawn_where_there_is_no_terminal,
	};

	return UNIT_RUN("live", tests);
}
