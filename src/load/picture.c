/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "picture.h"

#include <math.h>
#include <string.h>

#include "common/histogram.h"
#include "format.h"
#include "html.h"

#define WIDE 760
#define NARROW 360
#define HEIGHT 300
#define LEFT 62
#define RIGHT 88        /* for the names of curves: "handshakes" */
#define TOP 32
#define BOTTOM 46
#define LINE_HEIGHT 15
#define GAP 10          /* between texts of ticks */

/* Times that differ by more than this are shown logarithmically. */
#define WIDELY 12
/* What is less is not what a reader looks for; nanoseconds. */
#define LEAST_SHOWN 1000

void
picture_begin(struct picture *picture, FILE *file, bool narrow,
    const char *name, const char *title, const char *description)
{
	const char *kind = narrow ? "narrow" : "wide";
	double width = narrow ? NARROW : WIDE;

	*picture = (struct picture){
		.file = file, .narrow = narrow,
		.width = width, .height = HEIGHT,
		.left = LEFT, .right = width - RIGHT,
		.top = TOP, .bottom = HEIGHT - BOTTOM,
	};
	picture->x = (struct svg_axis){ .from = picture->left,
	    .to = picture->right };
	picture->y = (struct svg_axis){ .from = picture->bottom,
	    .to = picture->top };
	fprintf(file, "<svg class=\"%s\" viewBox=\"0 0 %.0f %d\" role=\"img\" "
	    "aria-labelledby=\"%s-%s-title %s-%s-text\">\n"
	    "<title id=\"%s-%s-title\">", kind, width, HEIGHT, name, kind,
	    name, kind, name, kind);
	html_text(file, title);
	fprintf(file, "</title>\n<desc id=\"%s-%s-text\">", name, kind);
	html_text(file, description);
	fputs("</desc>\n", file);
}

void
picture_end(struct picture *picture)
{
	fputs("</svg>\n", picture->file);
}

const char *
picture_time(double value, char *buffer)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	size_t unit = 0;

	for (; value >= 999.5 && unit < 3; unit++)
		value /= 1000;
	snprintf(buffer, FORMAT_SIZE, "%.4g%s%s", value,
	    value == 0 ? "" : " ", value == 0 ? "" : units[unit]);
	return buffer;
}

const char *
picture_amount(double value, char *buffer)
{
	static const char *const units[] = { "", "k", "M", "G", "T" };
	size_t unit = 0;

	for (; value >= 999.5 && unit < 4; unit++)
		value /= 1000;
	snprintf(buffer, FORMAT_SIZE, "%.4g%s", value, units[unit]);
	return buffer;
}

const char *
picture_share(double value, char *buffer)
{
	snprintf(buffer, FORMAT_SIZE, "%.4g %%", value * 100);
	return buffer;
}

void
picture_y_axis(struct picture *picture, const struct svg_ticks *ticks,
    picture_format *format, const char *title)
{
	for (size_t i = 0; i < ticks->count; i++) {
		double y = svg_axis_at(&picture->y, ticks->values[i]);

		svg_line(picture->file, picture->left, y, picture->right, y,
		    "grid");
		svg_text(picture->file, picture->left - 8, y + 4, SVG_END,
		    "tick", format(ticks->values[i], FORMAT_BUFFER));
	}
	/* Before the curves, which may lie on it. */
	svg_line(picture->file, picture->left, picture->bottom, picture->right,
	    picture->bottom, "axis");
	svg_text(picture->file, 0, 14, SVG_START, "title", title);
}

void
picture_x_tick(struct picture *picture, double value, const char *text,
    double *right_end)
{
	double x = svg_axis_at(&picture->x, value);
	double half = svg_text_width(text) / 2;

	svg_line(picture->file, x, picture->bottom, x, picture->bottom + 5,
	    "axis");
	if (x - half < *right_end + GAP)
		return;
	svg_text(picture->file, x, picture->bottom + 19, SVG_MIDDLE, "tick",
	    text);
	*right_end = x + half;
}

void
picture_x_axis(struct picture *picture, const struct svg_ticks *ticks,
    picture_format *format)
{
	double right_end = -INFINITY;

	for (size_t i = 0; i < ticks->count; i++)
		picture_x_tick(picture, ticks->values[i],
		    format(ticks->values[i], FORMAT_BUFFER), &right_end);
}

void
picture_x_title(struct picture *picture, const char *title)
{
	svg_text(picture->file, picture->right, picture->height - 8, SVG_END,
	    "title", title);
}

void
picture_labels(struct picture *picture, const struct picture_label *labels,
    size_t count)
{
	const struct picture_label *order[PICTURE_LABELS];
	double places[PICTURE_LABELS];

	if (count > PICTURE_LABELS)
		count = PICTURE_LABELS;
	for (size_t i = 0; i < count; i++) {
		size_t at = i;

		for (; at > 0 && order[at - 1]->y > labels[i].y; at--)
			order[at] = order[at - 1];
		order[at] = &labels[i];
	}
	for (size_t i = 0; i < count; i++)
		places[i] = order[i]->y;
	svg_spread(places, count, LINE_HEIGHT, picture->top, picture->bottom);
	for (size_t i = 0; i < count; i++) {
		char name[64];

		snprintf(name, sizeof(name), "label %s", order[i]->name);
		svg_text(picture->file, picture->right + 8, places[i] + 4,
		    SVG_START, name, order[i]->text);
	}
}

void
picture_nothing(struct picture *picture, const char *text)
{
	svg_text(picture->file, (picture->left + picture->right) / 2,
	    (picture->top + picture->bottom) / 2, SVG_MIDDLE, "nothing", text);
}

void
picture_time_axis(struct picture *picture, double least, double most,
    const char *title)
{
	struct svg_ticks ticks;

	least = fmin(fmax(least, LEAST_SHOWN), HISTOGRAM_HIGHEST);
	/* A curve along the edge of the plot would be hard to see. */
	most = fmin(fmax(most * 1.05, LEAST_SHOWN), HISTOGRAM_HIGHEST);
	picture->y.logarithmic = most / least > WIDELY;
	svg_axis_fit(&picture->y, least, most, 10, &ticks);
	picture_y_axis(picture, &ticks, picture_time, title);
}
