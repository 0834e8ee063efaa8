/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/hdr_log.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "await/fail.h"
#include "hdr_vectors.h"
#include "load/base64.h"
#include "load/hdr_encoding.h"
#include "unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define STARTED 1700000000.25

static struct histogram histogram, expected;
static struct hdr_log_entry entry;
static char error[256];

HDR_TEST(we_read_what_hdrhistogram_wrote)
{
	const struct hdr_vector *vector;
	int err;

	for (vector = hdr_vectors; vector->name != NULL; vector++) {
		err = hdr_log_decode(vector->compressed,
		    strlen(vector->compressed), &histogram, error,
		    sizeof(error));
		ck_assert_msg(err == 0, "%s: %s", vector->name, error);
		hdr_vector_fill(vector, &expected);
		ck_assert_msg(memcmp(&histogram, &expected,
		    sizeof(histogram)) == 0, "%s", vector->name);
	}
}

HDR_TEST(what_is_encoded_comes_back)
{
	char *text;

	for (int64_t value = 1; value < 2 * HISTOGRAM_HIGHEST;
	    value += 1 + value / 3)
		histogram_add(&histogram, value);
	text = hdr_log_encode(&histogram);
	ck_assert_ptr_nonnull(text);
	ck_assert_int_eq(hdr_log_decode(text, strlen(text), &expected, error,
	    sizeof(error)), 0);
	ck_assert_uint_gt(expected.beyond, 0);
	ck_assert_uint_eq(expected.count, histogram.count);
	ck_assert_uint_eq(expected.beyond, histogram.beyond);
	ck_assert_mem_eq(expected.buckets, histogram.buckets,
	    sizeof(histogram.buckets));
	ck_assert_int_eq(expected.least, 1);
	ck_assert_double_eq_tol(expected.sum / histogram.sum, 1, 1e-3);
	free(text);
}

/* The text of what is compressed, by a head of that size. */
static char *
make_text(const unsigned char *plain, size_t size)
{
	static unsigned char data[1024 * 1024];
	uLongf compressed = sizeof(data) - 8;
	char *text;

	ck_assert_int_eq(compress(data + 8, &compressed, plain, size), Z_OK);
	memcpy(data, "\x1c\x84\x93\x14", 4);
	for (int i = 0; i < 4; i++)
		data[4 + i] = (unsigned char)(compressed >> (24 - 8 * i));
	text = malloc(BASE64_LENGTH(compressed + 8) + 1);
	ck_assert_ptr_nonnull(text);
	base64_encode(data, compressed + 8, text);
	return text;
}

static void
check_refused(const char *text, size_t length, const char *expected_error)
{
	ck_assert_int_eq(hdr_log_decode(text, length, &histogram, error,
	    sizeof(error)), -EINVAL);
	ck_assert_str_eq(error, expected_error);
}

HDR_TEST(what_grows_too_large_is_refused)
{
	size_t size = (size_t)8 * 1024 * 1024;
	unsigned char *plain = calloc(1, size);
	char *text;

	ck_assert_ptr_nonnull(plain);
	hdr_encoding_write(&histogram, plain);
	text = make_text(plain, size);
	check_refused(text, strlen(text),
	    "the histogram cannot be decompressed");
	free(text);
	text = make_text(plain, 40);
	check_refused(text, strlen(text),
	    "the histogram has 0 bytes of counts; expected 1");
	free(text);
	free(plain);
}

HDR_TEST(texts_that_are_none_are_refused)
{
	static const char none[] = "this is no histogram of HdrHistogram's "
	    "version 2, compressed and in base64";
	char *text = malloc(HDR_LOG_TEXT_MOST + 1), *good;
	size_t length;

	ck_assert_ptr_nonnull(text);
	memset(text, 'A', HDR_LOG_TEXT_MOST + 1);
	check_refused(text, HDR_LOG_TEXT_MOST + 1,
	    "the histogram is too long");
	check_refused(text, 400, none);
	check_refused("", 0, none);
	check_refused("HIST", 4, none);
	check_refused("HISTFAAAAA=", 11, none);
	check_refused("HISTFAAAAAA=", 12,
	    "the histogram cannot be decompressed");
	good = hdr_log_encode(&histogram);
	ck_assert_ptr_nonnull(good);
	length = strlen(good);
	/* A group less, and a group of other bytes before the last one. */
	ck_assert_int_eq(hdr_log_decode(good, length - 4, &histogram, error,
	    sizeof(error)), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "compressed bytes; expected"));
	memcpy(good + length - 8, "AAAA", 4);
	check_refused(good, length, "the histogram cannot be decompressed");
	free(good);
	free(text);
}

/* Returns a file with the text, to be read. */
static FILE *
open_text(const char *text)
{
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	rewind(file);
	return file;
}

HDR_TEST(a_log_is_read_back)
{
	struct hdr_log_reader reader;
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(hdr_log_begin(file, "echo-load", STARTED), 0);
	histogram_add(&histogram, 1234567);
	ck_assert_int_eq(hdr_log_add(file, "response", 0, 1.5, &histogram), 0);
	histogram_add(&histogram, 7654321);
	ck_assert_int_eq(hdr_log_add(file, "", 1.5, 0.125, &histogram), 0);
	rewind(file);
	ck_assert_int_eq(hdr_log_read_begin(&reader, file), 0);
	ck_assert_int_eq(hdr_log_read(&reader, &entry, &expected, error,
	    sizeof(error)), 1);
	ck_assert_str_eq(entry.tag, "response");
	ck_assert_double_eq(entry.start, STARTED);
	ck_assert_double_eq(entry.seconds, 1.5);
	ck_assert_double_eq(entry.most, 1.235);
	ck_assert_uint_eq(expected.count, 1);
	ck_assert_double_eq(reader.started, STARTED);
	ck_assert_int_eq(hdr_log_read(&reader, &entry, &expected, error,
	    sizeof(error)), 1);
	ck_assert_str_eq(entry.tag, "");
	ck_assert_double_eq(entry.start, STARTED + 1.5);
	ck_assert_double_eq(entry.seconds, 0.125);
	ck_assert_mem_eq(expected.buckets, histogram.buckets,
	    sizeof(histogram.buckets));
	ck_assert_int_eq(hdr_log_read(&reader, &entry, &expected, error,
	    sizeof(error)), 0);
	hdr_log_read_end(&reader);
	fclose(file);
}

HDR_TEST(the_head_is_as_hdrhistogram_writes_it)
{
	char text[1024] = "";
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(hdr_log_begin(file, "by echo-load", STARTED), 0);
	rewind(file);
	ck_assert_uint_gt(fread(text, 1, sizeof(text) - 1, file), 0);
	ck_assert_str_eq(text, "#[by echo-load]\n"
	    "#[Histogram log format version 1.3]\n"
	    "#[StartTime: 1700000000.250 (seconds since epoch), "
	    "Tue Nov 14 22:13:20 UTC 2023]\n"
	    "#[BaseTime: 1700000000.250 (seconds since epoch)]\n"
	    "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
	    "\"Interval_Compressed_Histogram\"\n");
	fclose(file);
}

HDR_TEST(tags_are_checked)
{
	static const char *const tags[] = { "a,b", "a b", "a\n",
	    "0123456789012345678901234567890123456789012345678901234567890123"
	};
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	for (size_t i = 0; i < LENGTH(tags); i++)
		ck_assert_int_eq(hdr_log_add(file, tags[i], 0, 1, &histogram),
		    -EINVAL);
	ck_assert_int_eq(ftell(file), 0);
	fclose(file);
}

HDR_TEST(a_full_disk_is_told)
{
	FILE *file = fopen("/dev/full", "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(hdr_log_add(file, "a", 0, 1, &histogram), -ENOSPC);
	fclose(file);
}

/* Reads a log with one line of an interval, which is an empty histogram's. */
static double
read_start(const char *head, const char *numbers)
{
	struct hdr_log_reader reader;
	char *text = hdr_log_encode(&histogram), *log;
	FILE *file;

	ck_assert_ptr_nonnull(text);
	ck_assert_int_gt(asprintf(&log, "%s%s,%s\r\n\n", head, numbers, text),
	    0);
	file = open_text(log);
	ck_assert_int_eq(hdr_log_read_begin(&reader, file), 0);
	ck_assert_msg(hdr_log_read(&reader, &entry, &expected, error,
	    sizeof(error)) == 1, "%s", error);
	ck_assert_int_eq(hdr_log_read(&reader, &entry, &expected, error,
	    sizeof(error)), 0);
	hdr_log_read_end(&reader);
	fclose(file);
	free(log);
	free(text);
	return entry.start;
}

HDR_TEST(times_may_be_absolute_or_relative)
{
	ck_assert_double_eq(read_start("", "5.5,1,0"), 5.5);
	ck_assert_double_eq(read_start("#[StartTime: 1700000000.250 (seconds "
	    "since epoch), whenever]\n", "7,1,0"), STARTED + 7);
	ck_assert_double_eq(read_start("#[StartTime: 1700000000.250 (seconds "
	    "since epoch), whenever]\n", "1700000003.000,1,0"), 1700000003);
	ck_assert_double_eq(read_start("#[StartTime: 1700000000 (seconds "
	    "since epoch), whenever]\n#[BaseTime: 1600000000 (seconds since "
	    "epoch)]\n\"StartTimestamp\",\"Interval_Length\"\n", "7,1,0"),
	    1600000007);
}

HDR_TEST(errors_name_the_line)
{
	static const struct {
		const char *text;
		const char *error;
	} bad[] = {
		{ "x", "line 1: expected when the interval began, a number "
		    "and a comma" },
		{ "#\n\n1,x", "line 3: expected how long it was, a number and "
		    "a comma" },
		{ "1,2,3", "line 1: expected its greatest value, a number and "
		    "a comma" },
		{ "1,2,3,", "line 1: this is no histogram of HdrHistogram's "
		    "version 2, compressed and in base64" },
		{ "Tag=a", "line 1: expected a tag of at most 63 characters, "
		    "and a comma after it" },
		{ "Tag=a\033b,1", "line 1: expected a tag of at most 63 "
		    "characters, and a comma after it" },
		{ "Tag=0123456789012345678901234567890123456789012345678901234"
		    "567890123,", "line 1: expected a tag of at most 63 "
		    "characters, and a comma after it" },
		{ "Tag=a,inf,", "line 1: expected when the interval began, a "
		    "number and a comma" },
		{ "99999999999999999,", "line 1: expected when the interval "
		    "began, a number and a comma" },
		{ "-1,2,3,", "line 1: expected when the interval began, a "
		    "number and a comma" },
		{ "#[StartTime: x", "line 1: expected #[StartTime: SECONDS "
		    "(seconds since epoch)...]" },
		{ "\n#[BaseTime: 12", "line 2: expected #[BaseTime: SECONDS "
		    "(seconds since epoch)...]" },
	};
	struct hdr_log_reader reader;
	FILE *file;

	for (size_t i = 0; i < LENGTH(bad); i++) {
		file = open_text(bad[i].text);
		ck_assert_int_eq(hdr_log_read_begin(&reader, file), 0);
		ck_assert_int_eq(hdr_log_read(&reader, &entry, &histogram,
		    error, sizeof(error)), -EINVAL);
		ck_assert_str_eq(error, bad[i].error);
		hdr_log_read_end(&reader);
		fclose(file);
	}
}

HDR_TEST(lines_are_bounded_and_text)
{
	struct hdr_log_reader reader;
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(hdr_log_read_begin(&reader, file), 0);
	ck_assert_uint_eq(fwrite("#\0#\n", 1, 4, file), 4);
	rewind(file);
	ck_assert_int_eq(hdr_log_read(&reader, &entry, &histogram, error,
	    sizeof(error)), -EINVAL);
	ck_assert_str_eq(error,
	    "line 1: there is a byte of 0; expected text");
	rewind(file);
	for (int i = 0; i < 2 * HDR_LOG_TEXT_MOST; i++)
		putc('#', file);
	rewind(file);
	ck_assert_int_eq(hdr_log_read(&reader, &entry, &histogram, error,
	    sizeof(error)), -EINVAL);
	ck_assert_str_eq(error, "line 2: it is too long for a histogram");
	hdr_log_read_end(&reader);
	fclose(file);
}

HDR_TEST(a_folder_is_no_log)
{
	struct hdr_log_reader reader;
	FILE *file = fopen("/", "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(hdr_log_read_begin(&reader, file), 0);
	ck_assert_int_eq(hdr_log_read(&reader, &entry, &histogram, error,
	    sizeof(error)), -EISDIR);
	ck_assert_str_eq(error, "line 1: Is a directory");
	hdr_log_read_end(&reader);
	fclose(file);
}

/* Writes and reads; 0 or the error. */
static int
write_and_read(FILE *file)
{
	struct hdr_log_reader reader = { .text = NULL };
	int err;

	rewind(file);
	err = hdr_log_add(file, "a", 0, 1, &histogram);
	rewind(file);
	if (err == 0)
		err = hdr_log_read_begin(&reader, file);
	if (err == 0)
		err = hdr_log_read(&reader, &entry, &expected, error,
		    sizeof(error));
	hdr_log_read_end(&reader);
	return err;
}

/* Memory for the writer's three buffers and the reader's three. */
HDR_TEST(memory_that_is_short_is_told)
{
	FILE *file = tmpfile();
	bool failed = true;
	unsigned n;
	int err;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(write_and_read(file), 1);
	for (n = 1; failed; n++) {
		fail_at(n, false);
		err = write_and_read(file);
		failed = fail_stop();
		ck_assert_int_eq(err, failed ? -ENOMEM : 1);
	}
	ck_assert_uint_eq(n, 8);
	fclose(file);
}

int
main(void)
{
	const TTest *const tests[] = {
		we_read_what_hdrhistogram_wrote,
		what_is_encoded_comes_back,
		what_grows_too_large_is_refused,
		texts_that_are_none_are_refused,
		a_log_is_read_back,
		the_head_is_as_hdrhistogram_writes_it,
		tags_are_checked,
		a_full_disk_is_told,
		times_may_be_absolute_or_relative,
		errors_name_the_line,
		lines_are_bounded_and_text,
		a_folder_is_no_log,
		memory_that_is_short_is_told,
	};

	return UNIT_RUN("hdr_log", tests);
}
