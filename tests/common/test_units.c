/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/units.h"

#include "unit.h"

#include <errno.h>

static char error[256];

START_TEST(integers)
{
	int64_t value = 0;

	ck_assert_int_eq(units_parse_integer("12", 0, 99, &value, error,
	    sizeof(error)), 0);
	ck_assert_int_eq(value, 12);
	ck_assert_int_eq(units_parse_integer("-3", -5, 5, &value, error,
	    sizeof(error)), 0);
	ck_assert_int_eq(value, -3);
	ck_assert_int_eq(units_parse_integer("100", 1, 99, &value, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error, "100 is out of range; expected 1 to 99");
	ck_assert_int_eq(units_parse_integer("99999999999999999999", 1, 99,
	    &value, error, sizeof(error)), -ERANGE);
	ck_assert_int_eq(value, -3);
}
END_TEST

START_TEST(no_integers)
{
	static const char *const texts[] = { "", "x", "1x", " 1", "1 ", "+1",
	    "--1", "0x10", "1.5" };
	int64_t value = 7;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_msg(units_parse_integer(texts[i], 0, 99, &value,
		    error, sizeof(error)) == -EINVAL, "'%s'", texts[i]);
		ck_assert_int_eq(value, 7);
	}
	ck_assert_str_eq(error,
	    "'1.5' is not a whole number; expected 0 to 99");
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{ "0", 0 }, { "512", 512 }, { "64k", 65536 }, { "64K", 65536 },
		{ "1M", 1048576 }, { "2G", UINT64_C(2) << 30 },
	};
	uint64_t value = 0;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(units_parse_size(good[i].text, 0, UINT64_MAX,
		    &value, error, sizeof(error)) == 0, "%s", error);
		ck_assert_uint_eq(value, good[i].value);
	}
}
END_TEST

START_TEST(no_sizes)
{
	static const char *const texts[] = { "", "k", "-1", "1kk", "1 k", "1T",
	    "1.5M", "10s" };
	uint64_t value = 7;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(units_parse_size(texts[i], 0, UINT64_MAX, &value,
		    error, sizeof(error)) == -EINVAL, "'%s'", texts[i]);
	ck_assert_str_eq(error, "'10s' is not a size; expected bytes, or a "
	    "number with k, M or G, such as 64k");
	ck_assert_int_eq(units_parse_size("3k", 4096, 1048576, &value, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error, "3k is out of range; expected 4k to 1M");
	/* It would wrap round to 0. */
	ck_assert_int_eq(units_parse_size("17179869184G", 0, UINT64_MAX,
	    &value, error, sizeof(error)), -ERANGE);
	ck_assert_uint_eq(value, 7);
}
END_TEST

START_TEST(rates)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "0", 0 }, { "0.5", 0.5 }, { ".5", 0.5 }, { "10k", 1e4 },
		{ "1.5K", 1500 }, { "2M", 2e6 }, { "1G", 1e9 },
	};
	double value = 0;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(units_parse_rate(good[i].text, 0, 1e9, &value,
		    error, sizeof(error)) == 0, "%s", error);
		ck_assert_double_eq(value, good[i].value);
	}
}
END_TEST

START_TEST(no_rates)
{
	static const char *const texts[] = { "", ".", "k", "-1", "1e3", "inf",
	    "0x10", "1 k", "1T", "1.2.3", "10s" };
	double value = 7;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(units_parse_rate(texts[i], 0, 1e9, &value, error,
		    sizeof(error)) == -EINVAL, "'%s'", texts[i]);
	ck_assert_str_eq(error, "'10s' is not a rate; expected how many a "
	    "second, or a number with k, M or G, such as 10k");
	ck_assert_int_eq(units_parse_rate("3k", 0.5, 2500, &value, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error, "3k is out of range; expected 0.5 to 2500");
	ck_assert_double_eq(value, 7);
}
END_TEST

START_TEST(shares)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "0", 0 }, { "0.05", 0.05 }, { "5%", 0.05 }, { "1", 1 },
		{ "100%", 1 }, { "99.9%", 0.999 }, { ".1%", 0.001 },
	};
	double value = 7;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(units_parse_share(good[i].text, 0, 1, &value,
		    error, sizeof(error)) == 0, "%s", error);
		ck_assert_double_eq_tol(value, good[i].value, 1e-15);
	}
}
END_TEST

START_TEST(no_shares)
{
	static const char *const texts[] = { "", "%", ".%", "-1%", "1e-1",
	    "5%%", "5 %", "0x1%", "inf", "5x" };
	double value = 7;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(units_parse_share(texts[i], 0, 1, &value, error,
		    sizeof(error)) == -EINVAL, "'%s'", texts[i]);
	ck_assert_str_eq(error, "'5x' is not a share; expected a number with "
	    "%, such as 5%, or a fraction");
	ck_assert_int_eq(units_parse_share("49%", 0.5, 0.999, &value, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error, "49% is out of range; expected 50% to 99.9%");
	ck_assert_double_eq(value, 7);
}
END_TEST

START_TEST(texts_of_rates)
{
	static const struct {
		double value;
		const char *text;
	} texts[] = {
		{ 0, "0" }, { 999, "999" }, { 1000, "1k" }, { 1500, "1500" },
		{ 3e6, "3M" }, { 1e9, "1G" }, { 1e13, "10000G" },
		{ 0.1, "0.1" }, { 12345.678, "12345.678" },
		{ 1e-6, "0.000001" },
	};
	char buffer[UNITS_TEXT_SIZE];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_str_eq(units_rate_text(texts[i].value, buffer,
		    sizeof(buffer)), texts[i].text);
	/* A third takes all the digits that there are. */
	ck_assert_double_eq(strtod(units_rate_text(1 / 3.0, buffer,
	    sizeof(buffer)), NULL), 1 / 3.0);
}
END_TEST

START_TEST(durations)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{ "0", 0 }, { "10", 10 }, { "0.5", 0.5 }, { "10s", 10 },
		{ "500ms", 0.5 }, { "250us", 0.00025 }, { "5m", 300 },
		{ "2h", 7200 }, { "1d", 86400 }, { "1.5s", 1.5 },
	};
	double value = -1;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(units_parse_duration(good[i].text, 0, 1e9,
		    &value, error, sizeof(error)) == 0, "%s", error);
		ck_assert_double_eq_tol(value, good[i].value, 1e-12);
	}
}
END_TEST

START_TEST(no_durations)
{
	static const char *const texts[] = { "", "s", "-1s", "10 s", "1e3",
	    "inf", "nan", "0x10", "1.2.3", "10x", "64k" };
	double value = 7;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(units_parse_duration(texts[i], 0, 1e9, &value,
		    error, sizeof(error)) == -EINVAL, "'%s'", texts[i]);
	ck_assert_str_eq(error, "'64k' is not a duration; expected seconds, or "
	    "a number with us, ms, s, m, h or d, such as 10s");
	ck_assert_int_eq(units_parse_duration("2m", 0.001, 60, &value, error,
	    sizeof(error)), -ERANGE);
	ck_assert_str_eq(error, "2m is out of range; expected 1ms to 1m");
	ck_assert_double_eq(value, 7);
}
END_TEST

START_TEST(booleans)
{
	bool value = false;

	ck_assert_int_eq(units_parse_boolean("yes", &value, error,
	    sizeof(error)), 0);
	ck_assert(value);
	ck_assert_int_eq(units_parse_boolean("Off", &value, error,
	    sizeof(error)), 0);
	ck_assert(!value);
	ck_assert_int_eq(units_parse_boolean("maybe", &value, error,
	    sizeof(error)), -EINVAL);
	ck_assert_str_eq(error, "'maybe' is neither yes nor no");
}
END_TEST

START_TEST(modes)
{
	unsigned mode = 0;

	ck_assert_int_eq(units_parse_mode("0660", &mode, error, sizeof(error)),
	    0);
	ck_assert_uint_eq(mode, 0660);
	ck_assert_int_eq(units_parse_mode("1777", &mode, error, sizeof(error)),
	    -EINVAL);
	ck_assert_int_eq(units_parse_mode("888", &mode, error, sizeof(error)),
	    -EINVAL);
	ck_assert_int_eq(units_parse_mode("", &mode, error, sizeof(error)),
	    -EINVAL);
	ck_assert_str_eq(error, "'' is no permission mode; expected octal "
	    "digits, such as 0660, up to 0777");
	ck_assert_uint_eq(mode, 0660);
}
END_TEST

START_TEST(texts_are_read_back)
{
	static const uint64_t bytes[] = { 0, 1, 1023, 1024, 65536, 65537,
	    1048576, UINT64_C(5) << 30, UINT64_MAX };
	static const double seconds[] = { 0, 0.000001, 0.00025, 0.5, 1, 1.5,
	    90, 60, 3600, 86400, 90061.25 };
	char text[UNITS_TEXT_SIZE];
	uint64_t size;
	double duration;

	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		ck_assert_int_eq(units_parse_size(units_size_text(bytes[i],
		    text, sizeof(text)), 0, UINT64_MAX, &size, error,
		    sizeof(error)), 0);
		ck_assert_uint_eq(size, bytes[i]);
	}
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		ck_assert_int_eq(units_parse_duration(units_duration_text(
		    seconds[i], text, sizeof(text)), 0, 1e9, &duration,
		    error, sizeof(error)), 0);
		ck_assert_double_eq_tol(duration, seconds[i], 1e-9);
	}
	ck_assert_str_eq(units_size_text(65536, text, sizeof(text)), "64k");
	ck_assert_str_eq(units_duration_text(90, text, sizeof(text)), "90s");
	ck_assert_str_eq(units_duration_text(300, text, sizeof(text)), "5m");
	ck_assert_str_eq(units_duration_text(0, text, sizeof(text)), "0s");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { integers, no_integers, sizes, no_sizes,
	    durations, no_durations, rates, no_rates, shares, no_shares,
	    texts_of_rates, booleans, modes, texts_are_read_back };

	return UNIT_RUN("units", tests);
}
