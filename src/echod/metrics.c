/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "metrics.h"

#include "tally.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

struct metrics_output {
	FILE *file;
};

/* Line ends, quotes and backslashes can't stand for themselves. */
static void
print_escaped(FILE *file, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\n') {
			fputs("\\n", file);
			continue;
		}
		if (*text == '"' || *text == '\\')
			fputc('\\', file);
		fputc(*text, file);
	}
}

/* Whole numbers as such, whatever their size. */
static void
print_value(FILE *file, double value)
{
	if (value >= 0 && value < 0x1p53 && !(value > floor(value)))
		fprintf(file, " %" PRIu64 "\n", (uint64_t)value);
	else if (isinf(value))
		fputs(" +Inf\n", file);
	else
		fprintf(file, " %.15g\n", value);
}

static void
print_labels(FILE *file, const struct metric_label *labels)
{
	if (labels == NULL || labels[0].name == NULL)
		return;
	for (size_t i = 0; i < METRIC_LABELS && labels[i].name != NULL; i++) {
		fprintf(file, "%c%s=\"", i == 0 ? '{' : ',', labels[i].name);
		print_escaped(file, labels[i].value);
		fputc('"', file);
	}
	fputc('}', file);
}

void
metrics_sample(struct metrics_output *output, const struct metric *metric,
    const struct metric_label *labels, double value)
{
	fputs(metric->name, output->file);
	print_labels(output->file, labels);
	print_value(output->file, value);
}

static void
print_bucket(FILE *file, const char *name, const struct metric_label *label,
    double bound, uint64_t count)
{
	fprintf(file, "%s_bucket{%s=\"", name, label->name);
	print_escaped(file, label->value);
	if (isinf(bound))
		fprintf(file, "\",le=\"+Inf\"} %" PRIu64 "\n", count);
	else
		fprintf(file, "\",le=\"%.9g\"} %" PRIu64 "\n", bound, count);
}

void
metrics_histogram(struct metrics_output *output, const struct metric *metric,
    const struct metric_label *label, const struct latency *latency)
{
	const struct metric_label labels[METRIC_LABELS] = { *label };
	FILE *file = output->file;
	uint64_t count = 0;

	for (size_t i = 0; i <= LATENCY_BOUNDS; i++) {
		count += tally_get(&latency->buckets[i]);
		print_bucket(file, metric->name, label, i < LATENCY_BOUNDS ?
		    (double)latency_bounds[i] / 1e9 : (double)INFINITY, count);
	}
	fprintf(file, "%s_sum", metric->name);
	print_labels(file, labels);
	print_value(file, (double)tally_get(&latency->sum) / 1e9);
	fprintf(file, "%s_count", metric->name);
	print_labels(file, labels);
	print_value(file, (double)count);
}

static void
print_listeners(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	for (size_t i = 0; i < look->listeners->count; i++) {
		const struct observed_listener *listener =
		    &look->listeners->items[i];
		const struct metric_label labels[METRIC_LABELS] = {
			{ "listener", listener->traffic->name },
		};
		double value = metric->of_listener(listener);

		if (!isnan(value))
			metrics_sample(output, metric, labels, value);
	}
}

static void
print_metric(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	static const char *const kinds[] = {
		[METRIC_GAUGE] = "gauge",
		[METRIC_COUNTER] = "counter",
		[METRIC_HISTOGRAM] = "histogram",
	};
	double value;

	fprintf(output->file, "# HELP %s %s.\n# TYPE %s %s\n", metric->name,
	    metric->help, metric->name, kinds[metric->kind]);
	if (metric->number != NULL) {
		value = metric->number(look);
		if (!isnan(value))
			metrics_sample(output, metric, NULL, value);
	} else if (metric->of_listener != NULL) {
		print_listeners(output, metric, look);
	} else {
		metric->samples(output, metric, look);
	}
}

char *
metrics_text(const struct look *look, size_t *length)
{
	struct metrics_output output;
	char *text = NULL;
	int failed;

	output.file = open_memstream(&text, length);
	if (output.file == NULL)
		return NULL;
	for (size_t i = 0; i < metrics_count; i++)
		print_metric(&output, &metrics[i], look);
	failed = ferror(output.file);
	if (fclose(output.file) == 0 && !failed)
		return text;
	free(text);
	return NULL;
}
