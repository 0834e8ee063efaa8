/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * For test_hdr_log_reference.py: writes a log of what standard input has, or reads one.
 *
 *	hdr_log_tool write: lines of TAG START SECONDS [VALUE...]; - is no tag
 *	hdr_log_tool read: prints TAG START SECONDS MOST BEYOND [VALUE:COUNT...],
 *	    the values being the least of their buckets
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load/hdr_log.h"

#define STARTED 1700000000.25

static struct histogram histogram;

static int
fail(const char *text)
{
	fprintf(stderr, "%s\n", text);
	return EXIT_FAILURE;
}

static int
write_line(char *line)
{
	const char *tag = strsep(&line, " "), *value;
	double start, seconds;

	if (line == NULL)
		return -EINVAL;
	start = strtod(strsep(&line, " "), NULL);
	if (line == NULL)
		return -EINVAL;
	seconds = strtod(strsep(&line, " "), NULL);
	histogram_clear(&histogram);
	while ((value = strsep(&line, " ")) != NULL)
		histogram_add(&histogram, strtoll(value, NULL, 10));
	return hdr_log_add(stdout, strcmp(tag, "-") == 0 ? "" : tag, start,
	    seconds, &histogram);
}

static int
write_log(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int err;

	err = hdr_log_begin(stdout, "hdr_log_tool", STARTED);
	while (err == 0 && (length = getline(&line, &size, stdin)) > 0) {
		if (line[length - 1] == '\n')
			line[length - 1] = '\0';
		err = write_line(line);
	}
	free(line);
	return err < 0 ? fail(strerror(-err)) : EXIT_SUCCESS;
}

static void
print_entry(const struct hdr_log_entry *entry)
{
	printf("%s %.3f %.3f %.3f %" PRIu64, entry->tag[0] == '\0' ? "-" :
	    entry->tag, entry->start, entry->seconds, entry->most,
	    histogram.beyond);
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		if (histogram.buckets[i] > 0)
			printf(" %" PRId64 ":%" PRIu64,
			    histogram_bucket_least(i), histogram.buckets[i]);
	putchar('\n');
}

static int
read_log(void)
{
	struct hdr_log_reader reader;
	struct hdr_log_entry entry;
	char error[256];
	int result;

	if (hdr_log_read_begin(&reader, stdin) < 0)
		return fail("no memory");
	while ((result = hdr_log_read(&reader, &entry, &histogram, error,
	    sizeof(error))) > 0)
		print_entry(&entry);
	hdr_log_read_end(&reader);
	return result < 0 ? fail(error) : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "write") == 0)
		return write_log();
	if (argc == 2 && strcmp(argv[1], "read") == 0)
		return read_log();
	return fail("usage: hdr_log_tool write|read");
}
