/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "svg.h"

#include <math.h>

double
svg_axis_at(const struct svg_axis *axis, double value)
{
	double share;

	if (value <= axis->low)
		return axis->from;
	if (value >= axis->high)
		return axis->to;
	share = axis->logarithmic ?
	    log(value / axis->low) / log(axis->high / axis->low) :
	    (value - axis->low) / (axis->high - axis->low);
	return axis->from + share * (axis->to - axis->from);
}

/* The next step of 1, 2, 5, 10, ... that is not below. */
static double
round_step(double step)
{
	double decade = pow(10, floor(log10(step)));

	/* Products of decimals are off by their last bits. */
	if (step <= decade * (1 + 1e-9))
		return decade;
	if (step <= 2 * decade * (1 + 1e-9))
		return 2 * decade;
	return step <= 5 * decade * (1 + 1e-9) ? 5 * decade : 10 * decade;
}

static size_t
intervals(size_t most)
{
	most = most < 2 ? 2 : most;
	return (most > SVG_TICKS ? SVG_TICKS : most) - 1;
}

void
svg_ticks_linear(double low, double high, size_t most, struct svg_ticks *ticks)
{
	double step = round_step((high - low) / (double)intervals(most));
	double first = ceil(low / step - 1e-9);

	ticks->count = 0;
	while ((first + (double)ticks->count) * step <= high + step * 1e-9 &&
	    ticks->count < SVG_TICKS) {
		ticks->values[ticks->count] =
		    (first + (double)ticks->count) * step;
		ticks->count++;
	}
}

/* Which of 1, 2 and 5 there is room for; or every so manieth decade. */
static size_t
add_ticks(double low, double high, const int *digits, size_t count,
    int decades, double *values)
{
	size_t found = 0;

	for (int n = (int)floor(log10(low) + 1e-9); ; n++) {
		if (n % decades != 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			double value = digits[i] * pow(10, n);

			if (value > high * (1 + 1e-9))
				return found;
			if (value < low * (1 - 1e-9))
				continue;
			if (found < SVG_TICKS)
				values[found] = value;
			found++;
		}
	}
}

void
svg_ticks_logarithmic(double low, double high, size_t most,
    struct svg_ticks *ticks)
{
	static const int digits[] = { 1, 2, 5 };

	most = intervals(most) + 1;
	ticks->count = add_ticks(low, high, digits, 3, 1, ticks->values);
	for (int decades = 1; ticks->count > most; decades++)
		ticks->count = add_ticks(low, high, digits, 1, decades,
		    ticks->values);
}

/* 1, 2 or 5 times a power of ten, not above or not below. */
static double
round_bound(double value, bool up)
{
	double above = round_step(value);

	if (up || above <= value * (1 + 1e-9))
		return above;
	/* The one before 10 is 5, before 5 is 2, before 2 is 1. */
	return round_step(above / 2.5 * (1 - 1e-6));
}

static void
fit_logarithmic(struct svg_axis *axis, double low, double high, size_t most,
    struct svg_ticks *ticks)
{
	axis->low = round_bound(low, false);
	axis->high = round_bound(high, true);
	if (axis->high <= axis->low * 1.5) {
		axis->low = round_bound(axis->low * 0.9, false);
		axis->high = round_bound(axis->high * 1.1, true);
	}
	svg_ticks_logarithmic(axis->low, axis->high, most, ticks);
}

void
svg_axis_fit(struct svg_axis *axis, double low, double high, size_t most,
    struct svg_ticks *ticks)
{
	double step;

	if (axis->logarithmic) {
		fit_logarithmic(axis, low, high, most, ticks);
		return;
	}
	if (!(high > 0))
		high = 1;
	step = round_step(high / (double)intervals(most));
	axis->low = 0;
	axis->high = ceil(high / step - 1e-9) * step;
	svg_ticks_linear(axis->low, axis->high, most, ticks);
}

void
svg_spread(double *places, size_t count, double distance, double low,
    double high)
{
	for (size_t i = 0; i < count; i++) {
		double least = i == 0 ? low : places[i - 1] + distance;

		if (places[i] < least)
			places[i] = least;
	}
	for (size_t i = count; i-- > 0;) {
		double most = i + 1 == count ? high : places[i + 1] - distance;

		if (places[i] > most)
			places[i] = most;
	}
}
