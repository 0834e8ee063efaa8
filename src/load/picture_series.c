/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* The course of a run: its rate, and its times. */
#include "pictures.h"

#include <math.h>

#include "picture.h"

/* How much of an interval is enough to tell a rate. */
#define LEAST_SHARE 0.2

/* A figure of an interval; NAN where it has none. */
typedef double figure(const struct load_result *result,
    const struct series_entry *entry);

struct curve {
	const char *text;
	const char *name; /* the class */
	figure *figure;
};

/* What is left of an interval at the end of a run. */
static bool
is_rest(const struct load_result *result, const struct series_entry *entry)
{
	return entry->seconds <= 0 ||
	    entry->seconds < result->options->interval * LEAST_SHARE;
}

/* Of a rest there is none. */
static double
per_second(const struct load_result *result, const struct series_entry *entry,
    uint64_t count)
{
	return is_rest(result, entry) ? NAN : (double)count / entry->seconds;
}

static uint64_t
done(const struct load_result *result, const struct series_entry *entry)
{
	return load_result_done(result->options, entry);
}

static double
done_of(const struct load_result *result, const struct series_entry *entry)
{
	return per_second(result, entry, done(result, entry));
}

static double
errors_of(const struct load_result *result, const struct series_entry *entry)
{
	return per_second(result, entry, entry->errors);
}

static double
middle(const struct series_entry *entry)
{
	return entry->start + entry->seconds / 2;
}

static double
due_of(const struct load_result *result, const struct series_entry *entry)
{
	return rate_plan_at(&result->options->rate, middle(entry));
}

/* In the rest come the slowest; they are no fall of all, unless it is all. */
static double
percentile_of(const struct load_result *result,
    const struct series_entry *entry, int64_t value)
{
	if (done(result, entry) == 0 ||
	    (is_rest(result, entry) && result->series.count > 1))
		return NAN;
	return (double)value;
}

static double
p50_of(const struct load_result *result, const struct series_entry *entry)
{
	return percentile_of(result, entry, entry->p50);
}

static double
p99_of(const struct load_result *result, const struct series_entry *entry)
{
	return percentile_of(result, entry, entry->p99);
}

static double
most_of(const struct load_result *result, const struct series_entry *entry)
{
	return done(result, entry) > 0 ? (double)entry->most : NAN;
}

static void
find_range(const struct load_result *result, const struct curve *curve,
    double *least, double *most)
{
	const struct series *series = &result->series;

	for (size_t i = 0; i < series->count; i++) {
		double value = curve->figure(result, &series->entries[i]);

		if (isnan(value))
			continue;
		*least = fmin(*least, value);
		*most = fmax(*most, value);
	}
}

static struct picture_label
draw_curve(struct picture *picture, const struct load_result *result,
    const struct curve *curve)
{
	const struct series *series = &result->series;
	struct svg_path path;

	svg_path_begin(&path, picture->file, curve->name);
	for (size_t i = 0; i < series->count; i++) {
		const struct series_entry *entry = &series->entries[i];
		double value = curve->figure(result, entry);

		if (isnan(value))
			svg_path_gap(&path);
		else
			svg_path_point(&path, svg_axis_at(&picture->x,
			    middle(entry)), svg_axis_at(&picture->y, value));
	}
	svg_path_end(&path);
	return (struct picture_label){ curve->text, curve->name, path.y };
}

/* Shades what is no part of the figures: warm-up and cool-down. */
static void
shade(struct picture *picture, double from, double to)
{
	double left = svg_axis_at(&picture->x, from);
	double right = svg_axis_at(&picture->x, to);

	if (right - left >= 1)
		svg_rectangle(picture->file, left, picture->top, right - left,
		    picture->bottom - picture->top, "outside");
}

static const char *
seconds_text(double value, char *buffer)
{
	snprintf(buffer, 16, "%.6g s", value);
	return buffer;
}

static void
draw_time(struct picture *picture, const struct load_result *result)
{
	const struct series *series = &result->series;
	const struct series_entry *last = &series->entries[series->count - 1];
	struct svg_ticks ticks;

	picture->x.high = fmax(last->start + last->seconds, 1e-3);
	svg_ticks_linear(0, picture->x.high, picture->narrow ? 6 : 11, &ticks);
	picture_x_axis(picture, &ticks, seconds_text);
	picture_x_title(picture, "since the start");
	shade(picture, 0, result->measured_from);
	shade(picture, result->measured_from + result->measured,
	    picture->x.high);
}

static void
draw_curves(struct picture *picture, const struct load_result *result,
    const struct curve *curves, size_t count)
{
	struct picture_label labels[PICTURE_LABELS];

	for (size_t i = 0; i < count; i++)
		labels[i] = draw_curve(picture, result, &curves[i]);
	picture_labels(picture, labels, count);
}

void
picture_rate(FILE *file, const struct load_result *result, bool narrow)
{
	struct curve curves[3];
	double least = 0, most = 0;
	struct picture picture;
	struct svg_ticks ticks;
	size_t count = 0;

	picture_begin(&picture, file, narrow, "rate", "Rate over time",
	    "What was done a second in the course of the run; with a rate "
	    "that was asked for, that too, and errors if there were any.");
	if (result->series.count == 0) {
		picture_nothing(&picture, "No interval was over.");
		picture_end(&picture);
		return;
	}
	if (result->options->rate.count > 0)
		curves[count++] = (struct curve){ "due", "three", due_of };
	curves[count++] = (struct curve){
	    load_result_unit(result), "one", done_of };
	if (statistics_errors(result->total) > 0)
		curves[count++] = (struct curve){ "errors", "two", errors_of };
	for (size_t i = 0; i < count; i++)
		find_range(result, &curves[i], &least, &most);
	draw_time(&picture, result);
	/* A curve along the edge of the plot is hard to see. */
	svg_axis_fit(&picture.y, least, most * 1.05, 7, &ticks);
	picture_y_axis(&picture, &ticks, picture_amount, "a second");
	draw_curves(&picture, result, curves, count);
	picture_end(&picture);
}

void
picture_latency(FILE *file, const struct load_result *result, bool narrow)
{
	static const struct curve curves[] = {
		{ "max", "three", most_of },
		{ "p99", "two", p99_of },
		{ "p50", "one", p50_of },
	};
	double least = INFINITY, most = -INFINITY;
	struct picture picture;

	picture_begin(&picture, file, narrow, "latency", "Latency over time",
	    "The median, the 99th percentile and the greatest time of each "
	    "interval of the run.");
	for (size_t i = 0; i < 3; i++)
		find_range(result, &curves[i], &least, &most);
	if (isinf(most)) {
		picture_nothing(&picture, "Nothing was measured.");
		picture_end(&picture);
		return;
	}
	draw_time(&picture, result);
	picture_time_axis(&picture, least, most,
	    result->options->mode == MODE_HANDSHAKES ? "handshake" :
	    "response time");
	draw_curves(&picture, result, curves, 3);
	picture_end(&picture);
}
