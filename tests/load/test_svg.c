/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/svg.h"

#include <math.h>
#include <string.h>

#include "unit.h"

static void
check_ticks(const struct svg_ticks *ticks, const double *expected,
    size_t count)
{
	ck_assert_uint_eq(ticks->count, count);
	for (size_t i = 0; i < count; i++)
		ck_assert_double_eq_tol(ticks->values[i], expected[i],
		    fabs(expected[i]) * 1e-9 + 1e-15);
}

#define CHECK_TICKS(ticks, ...) \
	check_ticks(ticks, (const double[]){ __VA_ARGS__ }, \
	    sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double))

START_TEST(places_are_between_the_ends)
{
	const struct svg_axis line = { .low = 0, .high = 10, .from = 100,
	    .to = 0 };
	const struct svg_axis decades = { .logarithmic = true, .low = 1,
	    .high = 1000, .from = 0, .to = 300 };

	ck_assert_double_eq(svg_axis_at(&line, 2.5), 75);
	ck_assert_double_eq(svg_axis_at(&line, -1), 100);
	ck_assert_double_eq(svg_axis_at(&line, 11), 0);
	ck_assert_double_eq_tol(svg_axis_at(&decades, 10), 100, 1e-9);
	ck_assert_double_eq(svg_axis_at(&decades, 0), 0);
	ck_assert_double_eq(svg_axis_at(&decades, INFINITY), 300);
}
END_TEST

START_TEST(linear_ticks_are_1_2_or_5)
{
	struct svg_ticks ticks;

	svg_ticks_linear(0, 10, 6, &ticks);
	CHECK_TICKS(&ticks, 0, 2, 4, 6, 8, 10);
	svg_ticks_linear(0, 0.7, 9, &ticks);
	CHECK_TICKS(&ticks, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7);
	svg_ticks_linear(0, 110000, 4, &ticks);
	CHECK_TICKS(&ticks, 0, 50000, 100000);
	svg_ticks_linear(3, 17, 4, &ticks);
	CHECK_TICKS(&ticks, 5, 10, 15);
}
END_TEST

START_TEST(logarithmic_ticks_are_1_2_and_5)
{
	struct svg_ticks ticks;

	svg_ticks_logarithmic(1, 100, 9, &ticks);
	CHECK_TICKS(&ticks, 1, 2, 5, 10, 20, 50, 100);
	svg_ticks_logarithmic(2, 50, 9, &ticks);
	CHECK_TICKS(&ticks, 2, 5, 10, 20, 50);
}
END_TEST

START_TEST(where_there_is_little_room_there_are_decades)
{
	struct svg_ticks ticks;

	svg_ticks_logarithmic(1, 1000, 5, &ticks);
	CHECK_TICKS(&ticks, 1, 10, 100, 1000);
	svg_ticks_logarithmic(1, 1e6, 4, &ticks);
	CHECK_TICKS(&ticks, 1, 100, 1e4, 1e6);
}
END_TEST

START_TEST(an_axis_ends_on_ticks)
{
	struct svg_axis axis = { .logarithmic = false };
	struct svg_ticks ticks;

	svg_axis_fit(&axis, 3, 97, 6, &ticks);
	ck_assert_double_eq(axis.low, 0);
	ck_assert_double_eq(axis.high, 100);
	axis.logarithmic = true;
	svg_axis_fit(&axis, 33000, 4.1e8, 9, &ticks);
	ck_assert_double_eq_tol(axis.low, 20000, 1e-6);
	ck_assert_double_eq_tol(axis.high, 5e8, 1e-3);
}
END_TEST

/* Nothing, one value, and values that lie on ticks. */
START_TEST(an_axis_always_has_some_length)
{
	static const double ends[][2] = { { 0, 0 }, { 5, 5 }, { 0, 1e-12 },
	    { 0, 1e18 } };
	struct svg_ticks ticks;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct svg_axis axis = { .logarithmic = false };

		svg_axis_fit(&axis, ends[i][0], ends[i][1], 6, &ticks);
		ck_assert_double_gt(axis.high, axis.low);
		ck_assert_double_ge(axis.high, ends[i][1]);
		ck_assert_uint_ge(ticks.count, 2);
	}
	for (double value = 1; value < 1e13; value *= 1.7) {
		struct svg_axis axis = { .logarithmic = true };

		svg_axis_fit(&axis, value, value, 6, &ticks);
		ck_assert_double_le(axis.low, value * (1 + 1e-9));
		ck_assert_double_ge(axis.high, value * (1 - 1e-9));
		ck_assert_double_gt(axis.high, axis.low * 1.5);
		ck_assert_uint_ge(ticks.count, 1);
	}
}
END_TEST

START_TEST(there_are_never_more_ticks_than_asked_for)
{
	struct svg_ticks ticks;

	for (size_t most = 2; most <= SVG_TICKS; most++)
		for (double high = 1.3; high < 1e12; high *= 3.7) {
			svg_ticks_linear(0, high, most, &ticks);
			ck_assert_uint_le(ticks.count, most);
			svg_ticks_logarithmic(1, high, most, &ticks);
			ck_assert_uint_le(ticks.count, most);
			ck_assert_uint_ge(ticks.count, 1);
		}
}
END_TEST

START_TEST(labels_keep_their_distance)
{
	double places[] = { 10, 12, 50, 99, 100 };

	svg_spread(places, 5, 15, 0, 100);
	for (size_t i = 1; i < 5; i++)
		ck_assert_double_ge(places[i] - places[i - 1], 15);
	ck_assert_double_ge(places[0], 0);
	ck_assert_double_le(places[4], 100);
	ck_assert_double_eq(places[2], 50);
	svg_spread(places, 0, 15, 0, 100);
}
END_TEST

START_TEST(curves_have_gaps_and_single_points_rings)
{
	struct svg_path path;
	char *written;
	size_t size;
	FILE *file = open_memstream(&written, &size);

	svg_path_begin(&path, file, "one");
	svg_path_point(&path, 1, 2);
	svg_path_point(&path, 3, 4);
	svg_path_gap(&path);
	svg_path_gap(&path);
	svg_path_point(&path, 5, 6);
	svg_path_end(&path);
	fclose(file);
	ck_assert_str_eq(written, "<path class=\"curve one\" "
	    "d=\"M1.0 2.0L3.0 4.0M5.0 6.0m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0"
	    "\"/>\n");
	ck_assert_double_eq(path.y, 6);
	free(written);
}
END_TEST

START_TEST(texts_are_escaped)
{
	char *written;
	size_t size;
	FILE *file = open_memstream(&written, &size);

	svg_text(file, 1, 2, SVG_END, "tick", "<&");
	fclose(file);
	ck_assert_str_eq(written, "<text x=\"1.0\" y=\"2.0\" "
	    "text-anchor=\"end\" class=\"tick\">&lt;&amp;</text>\n");
	ck_assert_double_eq(svg_text_width("\xc3\xbc"), svg_text_width("u"));
	free(written);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		places_are_between_the_ends,
		linear_ticks_are_1_2_or_5,
		logarithmic_ticks_are_1_2_and_5,
		where_there_is_little_room_there_are_decades,
		an_axis_ends_on_ticks,
		an_axis_always_has_some_length,
		there_are_never_more_ticks_than_asked_for,
		labels_keep_their_distance,
		curves_have_gaps_and_single_points_rings,
		texts_are_escaped,
	};

	return UNIT_RUN("svg", tests);
}
