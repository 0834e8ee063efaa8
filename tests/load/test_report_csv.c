/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/report_csv.h"

#include <string.h>

#include "unit.h"

static char *text;
static size_t size;

static unsigned
count(const char *in, char what)
{
	unsigned found = 0;

	for (; *in != '\0'; in++)
		found += *in == what;
	return found;
}

START_TEST(there_is_a_name_for_each_value)
{
	const struct series_entry entry = { .start = 1.5, .seconds = 0.5,
	    .sent = 10, .received = 9, .errors = 1, .opened = 30,
	    .handshakes = 20, .p50 = 1234,
	    .most = INT64_C(3600000000001), .lag_p99 = 77 };
	FILE *file = open_memstream(&text, &size);
	char *line;

	report_csv_head(file);
	report_csv_line(file, 1, true, &entry);
	fclose(file);
	line = strstr(text, "\r\n");
	ck_assert_ptr_nonnull(line);
	*line = '\0';
	line += 2;
	ck_assert_uint_eq(count(text, ','), count(line, ','));
	ck_assert_msg(strncmp(text, "run,measured,start,seconds,sent,", 32)
	    == 0, "%s", text);
	ck_assert_str_eq(line, "2,1,1.500000,0.500000,10,9,1,0,30,20,0,1234,0,0,0,"
	    "3600000000001,77\r\n");
	free(text);
}
END_TEST

START_TEST(each_line_is_written_at_once)
{
	const struct series_entry entry = { .start = 0 };
	FILE *file = open_memstream(&text, &size);
	size_t head;

	report_csv_head(file);
	head = size;
	ck_assert_uint_gt(head, 0);
	report_csv_line(file, 0, false, &entry);
	ck_assert_uint_gt(size, head);
	fclose(file);
	free(text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		there_is_a_name_for_each_value,
		each_line_is_written_at_once,
	};

	return UNIT_RUN("report_csv", tests);
}
