/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* Headline figures, pictures, and the tables with the same figures. */
#include "report_html_parts.h"

#include <stdbool.h>

#include "buckets.h"
#include "format.h"
#include "html.h"
#include "percentiles.h"
#include "pictures.h"

#define BUCKETS_LISTED 30

static void
write_card(FILE *file, const char *name, const char *value, const char *note)
{
	fputs("<div><dt>", file);
	html_text(file, name);
	fputs("</dt><dd>", file);
	html_text(file, value);
	fputs("<small>", file);
	html_text(file, note);
	fputs("</small></dd></div>\n", file);
}

static void
write_time_card(FILE *file, const char *name, const struct load_result *result,
    double percent)
{
	const struct histogram *response =
	    &result->total->times[load_result_time(result)];
	char note[64];

	if (histogram_is_empty(response)) {
		write_card(file, name, "none", "nothing was measured");
		return;
	}
	snprintf(note, sizeof(note), "%s samples above",
	    AMOUNT_TEXT((double)histogram_samples_above(response, percent)));
	write_card(file, name, TIME_TEXT((double)histogram_percentile(response,
	    percent)), percent < 100 ? note : "the greatest");
}

static void
write_rate_cards(FILE *file, const struct load_result *result)
{
	double offered = result->measured > 0 ?
	    result->offered / result->measured : 0;
	char note[64];

	snprintf(note, sizeof(note), "of %s due",
	    COUNT_TEXT((uint64_t)(offered + 0.5)));
	write_card(file, result->options->mode == MODE_HANDSHAKES ?
	    "Handshakes a second" : "Echoes a second",
	    COUNT_TEXT((uint64_t)(load_result_rate(result) + 0.5)),
	    offered > 0 ? note : "as fast as they come back");
	if (result->options->mode == MODE_HANDSHAKES)
		return;
	snprintf(note, sizeof(note), "%s/s",
	    BYTES_TEXT(load_result_throughput(result)));
	write_card(file, "Throughput", note, "of echo");
}

void
report_html_cards(FILE *file, const struct load_result *result)
{
	bool has_echoes = result->options->mode != MODE_HANDSHAKES;
	char note[64];

	fputs("<dl class=\"cards\">\n", file);
	write_rate_cards(file, result);
	write_time_card(file, has_echoes ? "Median response" :
	    "Median handshake", result, 50);
	write_time_card(file, "99 % within", result, 99);
	write_time_card(file, "99.9 % within", result, 99.9);
	write_time_card(file, "Slowest", result, 100);
	snprintf(note, sizeof(note), "of %s %s", COUNT_TEXT(
	    result->total->counters[has_echoes ? COUNT_SENT : COUNT_OPENED]),
	    has_echoes ? "messages" : "connections");
	write_card(file, "Errors", COUNT_TEXT(statistics_errors(
	    result->total)), note);
	snprintf(note, sizeof(note), "%s to %s open",
	    COUNT_TEXT(result->connections_least),
	    COUNT_TEXT(result->connections_most));
	write_card(file, "Connections",
	    COUNT_TEXT((uint64_t)result->options->connections), note);
	fputs("</dl>\n", file);
}

static void
write_series(FILE *file, const struct load_result *result)
{
	const struct series *series = &result->series;

	if (series->count == 0)
		return;
	fprintf(file, "<details><summary>The same as a table</summary>\n"
	    "<div class=\"table\"><table class=\"figures\">\n<thead><tr>"
	    "<th>from</th><th>%s/s</th><th>errors</th><th>p50</th>"
	    "<th>p99</th><th>max</th></tr></thead>\n<tbody>\n",
	    load_result_unit(result));
	for (size_t i = 0; i < series->count; i++) {
		const struct series_entry *entry = &series->entries[i];
		uint64_t done = load_result_done(result->options, entry);

		fprintf(file, "<tr><th scope=\"row\">%.6g s</th><td>%s</td>"
		    "<td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
		    entry->start, COUNT_TEXT((uint64_t)(entry->seconds > 0 ?
		    (double)done / entry->seconds + 0.5 : 0)),
		    COUNT_TEXT(entry->errors), TIME_TEXT((double)entry->p50),
		    TIME_TEXT((double)entry->p99),
		    TIME_TEXT((double)entry->most));
	}
	fputs("</tbody></table></div></details>\n", file);
}

static void
write_buckets(FILE *file, const struct load_result *result)
{
	const struct histogram *response =
	    &result->total->times[load_result_time(result)];
	struct bucket buckets[BUCKETS_LEAST];
	size_t count = buckets_fill(response, buckets, BUCKETS_LISTED);

	if (count == 0)
		return;
	fputs("<details><summary>The same as a table</summary>\n"
	    "<div class=\"table\"><table class=\"figures\">\n<thead><tr>"
	    "<th>from</th><th>to</th><th>count</th><th>share</th></tr>"
	    "</thead>\n<tbody>\n", file);
	for (size_t i = 0; i < count; i++)
		fprintf(file, "<tr><th scope=\"row\">%s</th><td>%s</td>"
		    "<td>%s</td><td>%s</td></tr>\n",
		    TIME_TEXT((double)buckets[i].from),
		    TIME_TEXT((double)buckets[i].to),
		    COUNT_TEXT(buckets[i].count),
		    SHARE_TEXT((double)buckets[i].count /
		    (double)histogram_total(response)));
	fputs("</tbody></table></div></details>\n", file);
}

static void
write_figure(FILE *file, const struct load_result *result,
    picture_function *picture, const char *heading, const char *caption)
{
	fputs("<section>\n<h2>", file);
	html_text(file, heading);
	fputs("</h2>\n<figure>\n<figcaption>", file);
	html_text(file, caption);
	fputs("</figcaption>\n", file);
	picture(file, result, false);
	picture(file, result, true);
	fputs("</figure>\n", file);
}

/* What the pictures show, in the words of a mode. */
struct captions {
	const char *percentiles;
	const char *latency;
	const char *rate;
	const char *histogram; /* its heading */
};

static const struct captions *
captions_of(enum load_mode mode)
{
	static const char times[] =
	    "Response times of each interval; shaded is what was not measured.";
	static const char rate[] = "Echoes that came back whole and right.";
	static const struct captions of_echoes = {
		"Response: from when a message was due until its echo was "
		"back. Service: from when it was sent. Lag: how late it was "
		"sent.", times, rate, "Response times",
	};
	static const struct captions of_churn = {
		"Response: from when a connection was due until its echo was "
		"back. Connect: until it was there. Service: from when its "
		"message was sent.", times, rate, "Response times",
	};
	static const struct captions of_handshakes = {
		"Connect: until the connection was there. Full and resumed: "
		"the handshake of TLS after that.",
		"Handshakes of each interval, full or resumed, of whichever "
		"there were more; shaded is what was not measured.",
		"Handshakes that were done.", "Handshakes",
	};

	switch (mode) {
	case MODE_CHURN:
		return &of_churn;
	case MODE_HANDSHAKES:
		return &of_handshakes;
	default:
		return &of_echoes;
	}
}

void
report_html_pictures(FILE *file, const struct load_result *result)
{
	const struct captions *captions = captions_of(result->options->mode);

	write_figure(file, result, picture_percentiles,
	    "Latency by percentile", captions->percentiles);
	fputs("</section>\n", file);
	write_figure(file, result, picture_latency, "Latency over time",
	    captions->latency);
	fputs("</section>\n", file);
	write_figure(file, result, picture_rate, "Rate over time",
	    captions->rate);
	write_series(file, result);
	fputs("</section>\n", file);
	write_figure(file, result, picture_histogram, captions->histogram,
	    "How many took how long; the axis is logarithmic.");
	write_buckets(file, result);
	fputs("</section>\n", file);
}

static void
write_percentile(FILE *file, const struct statistics *statistics,
    double percent)
{
	fprintf(file, "<tr><th scope=\"row\">%g&#8239;%%</th>", percent);
	for (size_t i = 0; i < TIME_KINDS; i++) {
		const struct histogram *times = &statistics->times[i];

		if (histogram_is_empty(times))
			continue;
		fprintf(file, "<td>%s<small>%s"
		    "<span> above</span></small></td>", TIME_TEXT(
		    (double)histogram_percentile(times, percent)), AMOUNT_TEXT(
		    (double)histogram_samples_above(times, percent)));
	}
	fputs("</tr>\n", file);
}

typedef const char *figure_text(const struct histogram *histogram,
    char *buffer);

static const char *
mean_text(const struct histogram *histogram, char *buffer)
{
	return format_time(histogram_mean(histogram), buffer);
}

static const char *
deviation_text(const struct histogram *histogram, char *buffer)
{
	return format_time(histogram_deviation(histogram), buffer);
}

static const char *
count_text(const struct histogram *histogram, char *buffer)
{
	return format_amount((double)histogram_total(histogram),
	    buffer);
}

static const char *
beyond_text(const struct histogram *histogram, char *buffer)
{
	return format_count(histogram->beyond, buffer);
}

static void
write_row(FILE *file, const struct statistics *statistics, const char *name,
    figure_text *text)
{
	fprintf(file, "<tr><th scope=\"row\">%s</th>", name);
	for (size_t i = 0; i < TIME_KINDS; i++)
		if (!histogram_is_empty(&statistics->times[i]))
			fprintf(file, "<td>%s</td>",
			    text(&statistics->times[i], FORMAT_BUFFER));
	fputs("</tr>\n", file);
}

/* The names of times that have samples; returns how many those are. */
static size_t
write_heads(FILE *file, const struct statistics *statistics)
{
	size_t count = 0;

	fputs("<thead><tr><th></th>", file);
	for (size_t i = 0; i < TIME_KINDS; i++) {
		if (histogram_is_empty(&statistics->times[i]))
			continue;
		fputs("<th scope=\"col\">", file);
		for (const char *c = statistics_times[i].name; *c != '\0'; c++)
			fputs(*c == '_' ? "<br>" : (char[]){ *c, '\0' }, file);
		fputs("</th>", file);
		count++;
	}
	fputs("</tr></thead>\n", file);
	return count;
}

void
report_html_percentiles(FILE *file, const struct load_result *result)
{
	const struct statistics *total = result->total;
	uint64_t beyond = 0;

	fputs("<section>\n<h2>Percentiles</h2>\n<p class=\"soft\">Each with "
	    "the number of samples above it, on which it rests.</p>\n"
	    "<div class=\"table\"><table class=\"figures\">\n", file);
	if (write_heads(file, total) == 0)
		fputs("<tbody><tr><td>No time was measured.</td></tr>\n", file);
	else {
		fputs("<tbody>\n", file);
		for (size_t i = 0; i < LOAD_PERCENTILES; i++)
			write_percentile(file, total, load_percentiles[i]);
		write_row(file, total, "mean", mean_text);
		write_row(file, total, "deviation", deviation_text);
		write_row(file, total, "samples", count_text);
	}
	for (size_t i = 0; i < TIME_KINDS; i++)
		beyond += total->times[i].beyond;
	if (beyond > 0)
		write_row(file, total, "above an hour", beyond_text);
	fputs("</tbody></table></div>\n</section>\n", file);
}
