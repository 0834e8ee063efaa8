/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "pictures.h"

#include <math.h>

#include "buckets.h"
#include "format.h"
#include "html.h"
#include "picture.h"

/* Bars, as many as can be told apart. */
#define BARS_WIDE 48
#define BARS_NARROW 28
/* What is there at all is seen. */
#define BAR_LEAST 1.5
/* What the axis reaches over: its ends are at least so many times apart. */
#define SPAN_LEAST 4
/* "500 us" and a gap. */
#define TICK_WIDTH 51

static void
draw_bar(struct picture *picture, const struct bucket *bucket, double share)
{
	double left = svg_axis_at(&picture->x, (double)bucket->from);
	double right = svg_axis_at(&picture->x, (double)bucket->to);
	double height = picture->bottom - svg_axis_at(&picture->y, share);

	if (bucket->count == 0)
		return;
	fputs("<g><title>", picture->file);
	html_print(picture->file, "%s to %s: %s (%s)",
	    TIME_TEXT((double)bucket->from), TIME_TEXT((double)bucket->to),
	    COUNT_TEXT(bucket->count), SHARE_TEXT(share));
	fputs("</title>", picture->file);
	height = fmax(height, BAR_LEAST);
	svg_rectangle(picture->file, left + 0.5, picture->bottom - height,
	    fmax(right - left - 1, 0.5), height, "bar");
	fputs("</g>\n", picture->file);
}

/* Where a percentile lies; the texts of two are on lines of their own. */
static void
draw_mark(struct picture *picture, const struct histogram *histogram,
    double percent, double y, const char *text)
{
	double x = svg_axis_at(&picture->x,
	    (double)histogram_percentile(histogram, percent));
	bool is_left = x > (picture->left + picture->right) / 2;

	svg_line(picture->file, x, picture->top - 4, x, picture->bottom,
	    "mark");
	svg_text(picture->file, is_left ? x - 5 : x + 5, y,
	    is_left ? SVG_END : SVG_START, "label", text);
}

/* 1, 2 and 5 if all of their texts have room beside each other; or decades. */
static void
draw_x_axis(struct picture *picture)
{
	double decades = log10(picture->x.high / picture->x.low);
	double decade = (picture->right - picture->left) / decades;
	size_t most = decade * log10(2) >= TICK_WIDTH ? SVG_TICKS :
	    (size_t)decades + 1;
	struct svg_ticks ticks;

	svg_ticks_logarithmic(picture->x.low, picture->x.high, most, &ticks);
	picture_x_axis(picture, &ticks, picture_time);
	picture_x_title(picture, "time");
}

static void
draw(struct picture *picture, const struct histogram *histogram,
    const struct bucket *buckets, size_t count)
{
	double all = (double)histogram_total(histogram);
	struct svg_ticks ticks;

	/* There is no logarithm of 0. */
	picture->x.logarithmic = true;
	picture->x.low = buckets[0].from > 0 ? (double)buckets[0].from :
	    (double)buckets[0].to / 2;
	picture->x.high = (double)buckets[count - 1].to;
	/* Few buckets would be bars as wide as the picture. */
	if (picture->x.high / picture->x.low < SPAN_LEAST) {
		picture->x.low /= 2;
		picture->x.high *= 2;
	}
	draw_x_axis(picture);
	svg_axis_fit(&picture->y, 0,
	    (double)buckets_highest(buckets, count) / all, 6, &ticks);
	picture_y_axis(picture, &ticks, picture_share, "share of samples");
	for (size_t i = 0; i < count; i++)
		draw_bar(picture, &buckets[i], (double)buckets[i].count / all);
	draw_mark(picture, histogram, 50, picture->top + 6, "p50");
	draw_mark(picture, histogram, 99, picture->top + 22, "p99");
}

void
picture_histogram(FILE *file, const struct load_result *result, bool narrow)
{
	const struct histogram *response =
	    &result->total->times[load_result_time(result)];
	struct bucket buckets[BUCKETS_LEAST];
	struct picture picture;
	size_t count;

	picture_begin(&picture, file, narrow, "histogram",
	    "Histogram",
	    "The share of samples by how long they took, in buckets that widen "
	    "with the time.");
	count = buckets_fill(response, buckets,
	    narrow ? BARS_NARROW : BARS_WIDE);
	if (count == 0)
		picture_nothing(&picture, "Nothing was measured.");
	else
		draw(&picture, response, buckets, count);
	picture_end(&picture);
}
