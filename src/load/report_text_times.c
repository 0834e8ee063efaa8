/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* The table of percentiles, and the histogram. */
#include "report_text_parts.h"

#include <stdbool.h>
#include <string.h>

#include "buckets.h"
#include "format.h"
#include "percentiles.h"

/* Times side by side; each column has a value and what that rests on. */
#define TIMES_ABREAST 4
#define TIME_COLUMN "  %10s %5s"

#define BUCKETS_SHOWN 20
#define BAR_WIDTH 32

/* A name of a time without its underscores. */
static const char *
plain_name(size_t time, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s", statistics_times[time].name);
	for (char *c = buffer; *c != '\0'; c++)
		if (*c == '_')
			*c = ' ';
	return buffer;
}

static void
print_heads(FILE *file, const size_t *times, size_t count)
{
	char name[FORMAT_SIZE];

	fprintf(file, "%8s", "");
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%18s",
		    plain_name(times[i], name, sizeof(name)));
	fprintf(file, "\n%8s", "");
	for (size_t i = 0; i < count; i++)
		fprintf(file, TIME_COLUMN, "time", "above");
	fputc('\n', file);
}

static void
print_percentile(FILE *file, double percent,
    const struct histogram *histograms, const size_t *times, size_t count)
{
	fprintf(file, "%6g %%", percent);
	for (size_t i = 0; i < count; i++) {
		const struct histogram *histogram = &histograms[times[i]];

		fprintf(file, TIME_COLUMN, TIME_TEXT(
		    (double)histogram_percentile(histogram, percent)),
		    AMOUNT_TEXT((double)histogram_samples_above(histogram,
		    percent)));
	}
	fputc('\n', file);
}

/* A figure of each time, whose column of samples stays empty. */
static void
print_moment(FILE *file, const char *name,
    double (*moment)(const struct histogram *histogram),
    const struct histogram *histograms, const size_t *times, size_t count)
{
	fprintf(file, "%8s", name);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%*s%12s", i > 0 ? 6 : 0, "",
		    TIME_TEXT(moment(&histograms[times[i]])));
	fputc('\n', file);
}

static void
print_samples(FILE *file, const struct histogram *histograms,
    const size_t *times, size_t count)
{
	fprintf(file, "%8s", "samples");
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%18s", COUNT_TEXT(histograms[times[i]].count +
		    histograms[times[i]].beyond));
	fputc('\n', file);
}

/* What lies outside of the buckets is counted, and has to be told. */
static void
print_beyond(FILE *file, const struct histogram *histograms,
    const size_t *times, size_t count)
{
	uint64_t beyond = 0;

	for (size_t i = 0; i < count; i++)
		beyond += histograms[times[i]].beyond;
	if (beyond == 0)
		return;
	fprintf(file, "%8s", "> 1 hour");
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%18s",
		    COUNT_TEXT(histograms[times[i]].beyond));
	fputc('\n', file);
}

static void
print_block(FILE *file, const struct histogram *histograms,
    const size_t *times, size_t count)
{
	fputc('\n', file);
	print_heads(file, times, count);
	for (size_t i = 0; i < LOAD_PERCENTILES; i++)
		print_percentile(file, load_percentiles[i], histograms, times,
		    count);
	print_moment(file, "mean", histogram_mean, histograms, times, count);
	print_moment(file, "std dev", histogram_deviation, histograms, times,
	    count);
	print_samples(file, histograms, times, count);
	print_beyond(file, histograms, times, count);
}

void
report_text_percentiles(FILE *file, const struct statistics *statistics)
{
	size_t times[TIME_KINDS];
	size_t count = 0;

	for (size_t i = 0; i < TIME_KINDS; i++)
		if (!histogram_is_empty(&statistics->times[i]))
			times[count++] = i;
	if (count == 0)
		return;
	fputs("\nTimes by percentile, and how many samples lie above\n", file);
	for (size_t i = 0; i < count; i += TIMES_ABREAST)
		print_block(file, statistics->times, times + i,
		    count - i < TIMES_ABREAST ? count - i : TIMES_ABREAST);
}

/* A bar in half columns; what is there at all is seen. */
static const char *
bar(uint64_t count, uint64_t highest, char *buffer)
{
	size_t halves = (size_t)((double)count / (double)highest *
	    2 * BAR_WIDTH + 0.5);
	size_t length = halves / 2;

	memset(buffer, '#', length);
	if (halves % 2 != 0)
		buffer[length++] = '=';
	if (length == 0 && count > 0)
		buffer[length++] = '.';
	buffer[length] = '\0';
	return buffer;
}

void
report_text_histogram(FILE *file, const struct load_result *result)
{
	enum statistics_time time = load_result_time(result);
	const struct histogram *response = &result->total->times[time];
	char name[FORMAT_SIZE];
	struct bucket buckets[BUCKETS_LEAST];
	size_t count = buckets_fill(response, buckets, BUCKETS_SHOWN);
	uint64_t highest = buckets_highest(buckets, count);
	char line[BAR_WIDTH + 2];

	if (count == 0)
		return;
	fprintf(file, "\nTimes (%s), in buckets that widen with the time\n\n",
	    plain_name(time, name, sizeof(name)));
	for (size_t i = 0; i < count; i++)
		fprintf(file, "%8s ..%8s %13s  %7s%s%s\n",
		    TIME_TEXT((double)buckets[i].from),
		    TIME_TEXT((double)buckets[i].to),
		    COUNT_TEXT(buckets[i].count),
		    SHARE_TEXT((double)buckets[i].count /
		    (double)histogram_total(response)),
		    buckets[i].count > 0 ? "  " : "",
		    bar(buckets[i].count, highest, line));
	if (response->beyond > 0)
		fprintf(file, "%8s %24s  %7s\n", "> 1 hour",
		    COUNT_TEXT(response->beyond),
		    SHARE_TEXT((double)response->beyond /
		    (double)histogram_total(response)));
}
