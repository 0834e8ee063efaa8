/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "compare_runs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "format.h"

/* So many samples of each run have to lie above a percentile. */
#define SAMPLES_ABOVE 10

static double
rate(const struct load_result *result)
{
	return load_result_rate(result);
}

/* NAN if too few samples are there for it. */
static double
percentile(const struct load_result *result, double percent)
{
	const struct histogram *time =
	    &result->total->times[load_result_time(result)];
	double above = (double)histogram_total(time) *
	    (1 - percent / 100);

	return above < SAMPLES_ABOVE - 1e-6 ? NAN :
	    (double)histogram_percentile(time, percent);
}

static double
p50(const struct load_result *result)
{
	return percentile(result, 50);
}

static double
p99(const struct load_result *result)
{
	return percentile(result, 99);
}

static double
p999(const struct load_result *result)
{
	return percentile(result, 99.9);
}

/* Nanoseconds for each echo, or handshake. */
static double
cpu(const struct load_result *result)
{
	double count = load_result_rate(result) * result->measured;

	return count > 0 ? result->cpu / count * 1e9 : NAN;
}

static const struct figure {
	const char *name;
	const char *key;
	double (*value)(const struct load_result *result);
	const char *(*text)(double value, char *buffer);
	const char *more;   /* what it is, if b has more of it than a */
	const char *less;
	bool more_is_better;
} figures[COMPARE_FIGURES] = {
	{ "rate a second", "rate", rate, format_amount, "faster", "slower", true },
	{ "p50", "p50_ns", p50, format_time, "slower", "faster", false },
	{ "p99", "p99_ns", p99, format_time, "slower", "faster", false },
	{ "p99.9", "p999_ns", p999, format_time, "slower", "faster", false },
	{ "own CPU each", "cpu_ns", cpu, format_time, "more", "less", false },
};

/* The figures of a group, for the caller to free. */
static double *
figures_of(const struct compare_group *group, const struct figure *figure)
{
	double *values = calloc(group->count, sizeof(*values));

	for (size_t i = 0; values != NULL && i < group->count; i++)
		values[i] = figure->value(group->runs[i]->result);
	return values;
}

static void
find_word(const struct figure *figure, struct compare_row *row)
{
	const struct rank_difference *difference = &row->difference;
	bool more = difference->lowest > 1;

	if (!difference->is_enough) {
		row->word = COMPARE_FEW;
		row->text = "too few runs";
	} else if (!more && difference->highest >= 1) {
		row->word = COMPARE_SAME;
		row->text = "no difference shown";
	} else {
		row->word = more == figure->more_is_better ?
		    COMPARE_BETTER : COMPARE_WORSE;
		row->text = more ? figure->more : figure->less;
	}
}

static int
compare_figure(const struct figure *figure, const struct compare_group *a,
    const struct compare_group *b, double confidence, struct compare_row *row)
{
	double *of_a = figures_of(a, figure);
	double *of_b = figures_of(b, figure);
	int err = -ENOMEM;

	*row = (struct compare_row){
		.name = figure->name,
		.key = figure->key,
		.text = "too few samples in some runs",
	};
	if (of_a != NULL && of_b != NULL)
		err = rank_compare(of_a, a->count, of_b, b->count, confidence,
		    &row->difference);
	if (err == 0)
		find_word(figure, row);
	free(of_a);
	free(of_b);
	return err == -EDOM ? 0 : err;
}

int
compare_runs(const struct compare_group *a, const struct compare_group *b,
    double confidence, struct compare_row rows[COMPARE_FIGURES])
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < COMPARE_FIGURES; i++)
		err = compare_figure(&figures[i], a, b, confidence, &rows[i]);
	return err;
}

static double
per_cent(double ratio)
{
	return (ratio - 1) * 100;
}

static void
print_row(FILE *file, const struct figure *figure,
    const struct compare_row *row)
{
	const struct rank_difference *difference = &row->difference;
	char a[FORMAT_SIZE], b[FORMAT_SIZE], interval[64];

	if (row->word == COMPARE_NONE) {
		fprintf(file, "%-15s %s\n", row->name, row->text);
		return;
	}
	snprintf(interval, sizeof(interval), "%+.1f to %+.1f",
	    per_cent(difference->lowest), per_cent(difference->highest));
	fprintf(file, "%-15s %9s %9s %+7.1f  %-14s %s\n", row->name,
	    figure->text(difference->median_a, a),
	    figure->text(difference->median_b, b),
	    per_cent(difference->ratio), interval, row->text);
}

void
compare_print(FILE *file, const struct compare_row rows[COMPARE_FIGURES],
    double confidence)
{
	double real = confidence;

	for (size_t i = 0; i < COMPARE_FIGURES; i++)
		if (rows[i].word == COMPARE_FEW)
			real = rows[i].difference.confidence;
	fprintf(file, "%-15s %9s %9s %7s  in %.3g %% of cases\n", "", "A", "B",
	    "B to A", real * 100);
	fprintf(file, "%-15s %9s %9s %7s  %s\n", "", "(median)", "(median)",
	    "%", "between, %");
	for (size_t i = 0; i < COMPARE_FIGURES; i++)
		print_row(file, &figures[i], &rows[i]);
}
