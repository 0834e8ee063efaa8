/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Axes with round ticks, and the elements of SVG that pictures are made of.
 */
#ifndef LOAD_SVG_H
#define LOAD_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* From a value to a place in the picture. */
struct svg_axis {
	bool logarithmic;
	double low;  /* the values at its ends; above 0 if logarithmic */
	double high;
	double from; /* and where these are */
	double to;
};

/* Where a value is; one beyond an end is at that end. */
double svg_axis_at(const struct svg_axis *axis, double value);

#define SVG_TICKS 40

struct svg_ticks {
	size_t count;
	double values[SVG_TICKS];
};

/*
 * Round values from low to high, both included: in steps of 1, 2 or 5 times a
 * power of ten, and of at most so many, at least two.
 */
void svg_ticks_linear(double low, double high, size_t most,
    struct svg_ticks *ticks);
/* 1, 2 and 5 of each decade, or as many of these as most allows. */
void svg_ticks_logarithmic(double low, double high, size_t most,
    struct svg_ticks *ticks);

/*
 * Has an axis reach from at most low to at least high and end on ticks: from 0
 * if it is linear.  Any values will do; there is always some length.
 */
void svg_axis_fit(struct svg_axis *axis, double low, double high, size_t most,
    struct svg_ticks *ticks);

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };

/* About how wide a text is, at the size that the style sheet has for it. */
double svg_text_width(const char *text);

/* The text is escaped; name is the class. */
void svg_text(FILE *file, double x, double y, enum svg_anchor anchor,
    const char *name, const char *text);
void svg_line(FILE *file, double x1, double y1, double x2, double y2,
    const char *name);
void svg_rectangle(FILE *file, double x, double y, double width, double height,
    const char *name);

/*
 * A curve, point by point.  A single one between gaps is drawn as a ring.
 */
struct svg_path {
	FILE *file;
	const char *name;
	size_t points; /* since the last gap */
	double x;
	double y;
};

/*
 * Begins a curve, of a class of the style sheet; adds a point, by a line from
 * the one before; leaves a gap, so that the next point has no line; ends it.
 */
void svg_path_begin(struct svg_path *path, FILE *file, const char *name);
void svg_path_point(struct svg_path *path, double x, double y);
void svg_path_gap(struct svg_path *path);
void svg_path_end(struct svg_path *path);

/* Places in order that keep a distance from each other, moved as little as can
 * be; from 0 to count, within low and high as long as these are far enough
 * apart. */
void svg_spread(double *places, size_t count, double distance, double low,
    double high);

#endif
