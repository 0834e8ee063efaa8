/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the pictures of a report share: a frame with axes and grid, in one width
 * for screens and paper and one for phones.
 */
#ifndef LOAD_PICTURE_H
#define LOAD_PICTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "load/svg.h"

struct picture {
	FILE *file;
	bool narrow;
	double width;
	double height;
	/* The plot; y grows downwards. */
	double left;
	double right;
	double top;
	double bottom;
	struct svg_axis x;
	struct svg_axis y;
};

/* The name is unique in the page but for the two widths. */
void picture_begin(struct picture *picture, FILE *file, bool narrow,
    const char *name, const char *title, const char *description);
void picture_end(struct picture *picture);

/* Writes a tick's text to a buffer of FORMAT_SIZE, and returns it. */
typedef const char *picture_format(double value, char *buffer);
picture_format picture_time;   /* nanoseconds: "200 us" */
picture_format picture_amount; /* "20k" */
picture_format picture_share;  /* of 1: "20 %" */

/* The vertical axis, with a grid, by ticks; what it shows stands above it. */
void picture_y_axis(struct picture *picture, const struct svg_ticks *ticks,
    picture_format *format, const char *title);

/* The horizontal one: a tick at a time; a text that would touch the one before
 * it is left out.  right_end is where that ended, at first -INFINITY. */
void picture_x_tick(struct picture *picture, double value, const char *text,
    double *right_end);
void picture_x_axis(struct picture *picture, const struct svg_ticks *ticks,
    picture_format *format);
void picture_x_title(struct picture *picture, const char *title);

/* A curve's name, beside its last point. */
struct picture_label {
	const char *text;
	const char *name; /* the class */
	double y;
};

#define PICTURE_LABELS 8

/* Draws at most PICTURE_LABELS, at a distance from each other. */
void picture_labels(struct picture *picture,
    const struct picture_label *labels, size_t count);

/* Says in the middle that there is nothing to see. */
void picture_nothing(struct picture *picture, const char *text);

/*
 * Has the vertical axis reach over times, from 0 or, if they differ widely,
 * logarithmically, and draws it.
 */
void picture_time_axis(struct picture *picture, double least, double most,
    const char *title);

#endif
