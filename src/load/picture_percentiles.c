/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "pictures.h"

#include <math.h>

#include "picture.h"

#define TITLE "Latency by percentile"
#define POINTS 160
#define NINES_LEAST 2
#define NINES_MOST 7

struct curve {
	enum statistics_time time;
	const char *name; /* the class */
	const char *text;
};

#define CURVES 3

static const struct curve of_echoes[CURVES] = {
	{ TIME_LAG, "three", "lag" },
	{ TIME_RESPONSE, "one", "response" },
	{ TIME_SERVICE, "two", "service" },
};
/* A lag is there at a rate only; that they connect is what they are for. */
static const struct curve of_churn[CURVES] = {
	{ TIME_CONNECT, "three", "connect" },
	{ TIME_RESPONSE, "one", "response" },
	{ TIME_SERVICE, "two", "service" },
};
static const struct curve of_handshakes[CURVES] = {
	{ TIME_CONNECT, "three", "connect" },
	{ TIME_HANDSHAKE_FULL, "one", "full" },
	{ TIME_HANDSHAKE_RESUMED, "two", "resumed" },
};

/* How many nines the samples have something to say about: 1000 have three. */
static double
nines(const struct histogram *histogram)
{
	return fmin(log10((double)histogram_total(histogram)),
	    NINES_MOST);
}

static double
time_at(const struct histogram *histogram, double position, double last)
{
	double percent = position >= last ? 100 :
	    100 * (1 - pow(10, -position));

	return (double)histogram_percentile(histogram, percent);
}

static struct picture_label
draw_curve(struct picture *picture, const struct curve *curve,
    const struct histogram *histogram)
{
	double last = nines(histogram);
	struct svg_path path;

	svg_path_begin(&path, picture->file, curve->name);
	for (int i = 0; i <= POINTS; i++) {
		double position = last * i / POINTS;

		svg_path_point(&path, svg_axis_at(&picture->x, position),
		    svg_axis_at(&picture->y, time_at(histogram, position,
		    last)));
		if (last <= 0)
			break;
	}
	svg_path_end(&path);
	return (struct picture_label){ curve->text, curve->name, path.y };
}

/* "99.9 %" of 3; of 0 it is "0 %". */
static void
draw_x_axis(struct picture *picture)
{
	double right_end = -INFINITY;

	picture_x_tick(picture, 0, "0 %", &right_end);
	picture_x_tick(picture, -log10(0.5), "50 %", &right_end);
	for (int n = 1; n <= picture->x.high; n++) {
		char text[32];

		snprintf(text, sizeof(text), "%.*f %%", n > 2 ? n - 2 : 0,
		    100 * (1 - pow(10, -n)));
		picture_x_tick(picture, n, text, &right_end);
	}
	picture_x_title(picture, "share of samples that are not above");
}

static void
draw(struct picture *picture, const struct statistics *statistics,
    const struct curve *curves)
{
	struct picture_label labels[CURVES];
	double least = INFINITY, most = 0;
	size_t count = 0;

	picture->x.high = NINES_LEAST;
	for (size_t i = 0; i < CURVES; i++) {
		const struct histogram *times =
		    &statistics->times[curves[i].time];

		if (histogram_is_empty(times))
			continue;
		least = fmin(least, (double)times->least);
		most = fmax(most, (double)times->most);
		picture->x.high = fmax(picture->x.high, nines(times));
	}
	picture_time_axis(picture, least, most, "time");
	draw_x_axis(picture);
	for (size_t i = 0; i < CURVES; i++)
		if (!histogram_is_empty(&statistics->times[curves[i].time]))
			labels[count++] = draw_curve(picture, &curves[i],
			    &statistics->times[curves[i].time]);
	picture_labels(picture, labels, count);
}

static const struct curve *
curves_of(enum load_mode mode)
{
	switch (mode) {
	case MODE_CHURN:
		return of_churn;
	case MODE_HANDSHAKES:
		return of_handshakes;
	default:
		return of_echoes;
	}
}

void
picture_percentiles(FILE *file, const struct load_result *result, bool narrow)
{
	const struct curve *curves = curves_of(result->options->mode);
	const struct histogram *times = result->total->times;
	struct picture picture;

	picture_begin(&picture, file, narrow, "percentiles", TITLE,
	    "A curve of each kind of time by percentile; the same figures are "
	    "in the table of percentiles.");
	if (histogram_is_empty(&times[curves[0].time]) &&
	    histogram_is_empty(&times[curves[1].time]) &&
	    histogram_is_empty(&times[curves[2].time]))
		picture_nothing(&picture, "Nothing was measured.");
	else
		draw(&picture, result->total, curves);
	picture_end(&picture);
}
