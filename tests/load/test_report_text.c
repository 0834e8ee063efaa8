/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/report_text.h"

#include <string.h>

#include "sample.h"
#include "unit.h"

#define RUNS_MOST 3

static char *text;
static size_t size;

static void
write_runs(const char *name, size_t count)
{
	struct load_result *results[RUNS_MOST];
	FILE *file = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < count; i++) {
		results[i] = sample_new_run(name, (int64_t)i + 1,
		    1 + 0.5 * (double)i);
		ck_assert_ptr_nonnull(results[i]);
	}
	report_text_runs(file, (const struct load_result *const *)results,
	    count);
	fclose(file);
	for (size_t i = 0; i < count; i++)
		load_result_free(results[i]);
}

static void
must_have(const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part,
	    text);
}

static void
must_lack(const char *part)
{
	ck_assert_msg(strstr(text, part) == NULL, "\"%s\" in:\n%s", part,
	    text);
}

START_TEST(it_has_all_that_was_measured)
{
	write_runs("full", 1);
	must_have("echo.example:7007 ([2001:db8::7]:7007)\n");
	must_have("open, 2500 a second, poisson\n");
	must_have("seed          18446744073709551615\n");
	must_have("8.00 s measured, from 1.00 s on, of 10.0 s; "
	    "ended by: duration\n");
	must_have("2,500 echoes/s of 2,501 due\n");
	must_have("TLSv1.3 TLS_AES_256_GCM_SHA384 X25519");
	must_have(" 99.99 %  ");
	must_have("handshake resumed\n");
	must_have("20,005 sent, 20,000 echoed, 1 wrong, 4 unanswered\n");
	must_have("0.998 of 1 (Jain's index)");
	must_have("connections that were reset: 1\n");
	must_have("expected 0x41,\n  received nothing\n");
	must_have("p99<500ms: met, ");
	must_have("errors=0: MISSED, 6\n");
	free(text);
}
END_TEST

START_TEST(the_verdict_comes_last)
{
	write_runs("full", 1);
	must_have("\nSUSPECT\n  - 1 echo was wrong\n  - messages were sent "
	    "late");
	must_lack("VALID");
	ck_assert_str_eq(strstr(text, "    take more threads"),
	    "    take more threads, or a lower rate\n");
	free(text);
	write_runs("single", 1);
	ck_assert_str_eq(text + strlen(text) - 7, "\nVALID\n");
	free(text);
}
END_TEST

START_TEST(percentiles_say_what_they_rest_on)
{
	write_runs("single", 1);
	must_have("    50 %      100 us     0      100 us     0");
	must_have(" samples                 1                 1");
	must_lack("handshake");
	must_lack("1 hour");
	free(text);
	write_runs("hostile", 1);
	must_have("> 1 hour                 1                 0");
	free(text);
}
END_TEST

static void
check_lines(const char *name, size_t count)
{
	const char *line;
	size_t length;

	write_runs(name, count);
	for (line = text; *line != '\0'; line += length + 1) {
		size_t columns = 0;

		length = strcspn(line, "\n");
		for (size_t i = 0; i < length; i++) {
			/* Terminals obey these. */
			ck_assert_int_ge((unsigned char)line[i], ' ');
			columns += ((unsigned char)line[i] & 0xc0) != 0x80;
		}
		ck_assert_msg(columns <= 80, "%s: %zu columns: %.*s", name,
		    columns, (int)length, line);
		ck_assert_msg(length == 0 || line[length - 1] != ' ',
		    "%s: blank at the end: %.*s", name, (int)length, line);
		ck_assert_int_eq(line[length], '\n');
	}
	free(text);
}

START_TEST(it_is_plain_text_within_80_columns)
{
	check_lines("full", 1);
	check_lines("full", 3);
	check_lines("single", 1);
	check_lines("handshakes", 1);
	check_lines("empty", 1);
	check_lines("hostile", 1);
}
END_TEST

START_TEST(without_an_echo_there_are_no_tables)
{
	write_runs("empty", 1);
	must_lack("percentile");
	must_lack("buckets");
	must_have("0 s measured");
	must_have("ended by: failed\n");
	free(text);
	write_runs("empty", 0);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

START_TEST(of_several_runs_the_median_is_shown)
{
	write_runs("full", 3);
	must_have("by rate       best 3, median 2, worst 1\n");
	must_have("The median run by rate, number 2:\n");
	must_have("    2          3,750 ");
	must_have("5.33 s measured");
	free(text);
}
END_TEST

START_TEST(handshakes_are_what_is_counted_in_their_mode)
{
	write_runs("handshakes", 1);
	must_have("rate          500 handshakes/s\n");
	must_have("Times (handshake resumed), in buckets");
	must_have("1,000, 900 of them resumed\n");
	must_have("connections   10; threads: 1\n");
	/* There is no message to tell of. */
	ck_assert_ptr_null(strstr(text, "messages"));
	ck_assert_ptr_null(strstr(text, "bytes"));
	ck_assert_ptr_null(strstr(text, "echo "));
	ck_assert_ptr_null(strstr(text, "fairness"));
	free(text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		it_has_all_that_was_measured,
		the_verdict_comes_last,
		percentiles_say_what_they_rest_on,
		it_is_plain_text_within_80_columns,
		without_an_echo_there_are_no_tables,
		of_several_runs_the_median_is_shown,
		handshakes_are_what_is_counted_in_their_mode,
	};

	return UNIT_RUN("report_text", tests);
}
