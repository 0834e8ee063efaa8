/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <string.h>

#include "load/options.h"
#include "unit.h"
#include "words.h"

static struct load_options options;
static char error[512];

static int
load(const char *line)
{
	static struct words words;

	words_split(&words, "echo-load", line);
	return load_options_read(&options, words.count, words.words, error,
	    sizeof(error));
}

/* The same with an address. */
static void
must_load(const char *line)
{
	char whole[512];

	snprintf(whole, sizeof(whole), "%s 127.0.0.1", line);
	ck_assert_msg(load(whole) == 0, "%s: %s", line, error);
}

START_TEST(an_address_is_enough)
{
	must_load("");
	ck_assert_str_eq(options.text, "127.0.0.1:7007");
	ck_assert_int_eq(options.mode, MODE_CLOSED);
	ck_assert_int_eq(options.connections, 50);
	ck_assert_int_eq(options.depth, 1);
	ck_assert_int_eq(options.threads, 1);
	ck_assert_uint_eq(sizes_greatest(&options.sizes), 64);
	ck_assert_double_eq(options.duration, 10);
	ck_assert_double_eq(options.warm_up, 1);
	ck_assert_double_eq(options.cool_down, 0);
	ck_assert_double_eq(options.timeout, 10);
	ck_assert_double_eq(options.interval, 1);
	ck_assert_int_eq(options.runs, 1);
	ck_assert(options.verify);
	ck_assert(!options.strict);
	ck_assert(!options.seed_given);
	load_options_free(&options);
}
END_TEST

START_TEST(every_option_is_stored)
{
	must_load("--connections=7 --depth 3 -t 2 -r 1000 --arrivals poisson "
	    "-s 1k --sources 127.0.0.1 -d 5s --warm-up 1 --cool-down 500ms "
	    "--timeout 2s");
	ck_assert_int_eq(options.mode, MODE_OPEN);
	ck_assert_int_eq(options.connections, 7);
	ck_assert_int_eq(options.depth, 3);
	ck_assert_int_eq(options.threads, 2);
	ck_assert_double_eq(rate_plan_highest(&options.rate), 1000);
	ck_assert_int_eq(options.arrivals, ARRIVALS_POISSON);
	ck_assert_uint_eq(sizes_greatest(&options.sizes), 1024);
	ck_assert_str_eq(options.sources, "127.0.0.1");
	ck_assert_double_eq(options.duration, 5);
	ck_assert_double_eq(options.warm_up, 1);
	ck_assert_double_eq(options.cool_down, 0.5);
	ck_assert_double_eq(options.timeout, 2);
	must_load("--mode closed --behaviour slow-reader --no-verify "
	    "--seed 18446744073709551615 --runs 3 --slo p99<1s "
	    "--abort-on-fail --strict -i 100ms -q -j");
	ck_assert_int_eq(options.behaviour, BEHAVE_SLOW_READER);
	ck_assert(!options.verify);
	ck_assert(options.seed_given);
	ck_assert_uint_eq(options.seed, UINT64_MAX);
	ck_assert_int_eq(options.runs, 3);
	ck_assert_uint_eq(options.slo.count, 1);
	ck_assert(options.abort_on_fail);
	ck_assert(options.strict);
	ck_assert_double_eq(options.interval, 0.1);
	ck_assert(options.quiet);
	ck_assert(options.json);
	must_load("--json-file a --csv b --hdr-log c --html d -n 5 --tls "
	    "--resume --bytes 1M --start-at 1234.5");
	ck_assert_str_eq(options.json_file, "a");
	ck_assert_str_eq(options.csv_file, "b");
	ck_assert_str_eq(options.hdr_log_file, "c");
	ck_assert_str_eq(options.html_file, "d");
	ck_assert_int_eq(options.count, 5);
	ck_assert_uint_eq(options.bytes, 1024 * 1024);
	ck_assert(options.tls.enabled);
	ck_assert(options.resume);
	ck_assert_double_eq(options.start_at, 1234.5);
}
END_TEST

START_TEST(what_is_left_out_depends_on_the_mode)
{
	must_load("-n 10");
	ck_assert_double_eq(options.duration, 0);
	ck_assert_double_eq(options.warm_up, 0);
	must_load("-n 10 -d 20");
	ck_assert_double_eq(options.duration, 20);
	ck_assert_double_eq(options.warm_up, 0);
	must_load("-d 100");
	ck_assert_double_eq(options.warm_up, 3);
	must_load("-m idle");
	ck_assert_double_eq(options.warm_up, 0);
	must_load("-m bulk");
	ck_assert_uint_eq(sizes_greatest(&options.sizes), 65536);
	ck_assert_int_eq(options.depth, 16);
	must_load("-r 10");
	ck_assert_int_eq(options.depth, 1024);
	must_load("-r 10 -c 10000");
	ck_assert_int_eq(options.depth, 104);
	must_load("-r 10 -c 1000000");
	ck_assert_int_eq(options.depth, 16);
	must_load("-m churn -r 10");
	ck_assert_int_eq(options.mode, MODE_CHURN);
	ck_assert_int_eq(options.depth, 1);
	must_load("--find-max p99<1ms");
	ck_assert_int_eq(options.mode, MODE_OPEN);
	ck_assert_double_eq(options.find_max_precision, 0.05);
	must_load("--find-max p99<1ms --precision 10%");
	ck_assert_double_eq(options.find_max_precision, 0.1);
}
END_TEST

/* Each without --seed has one of its own. */
START_TEST(seeds_are_chosen)
{
	uint64_t first;

	must_load("");
	first = options.seed;
	must_load("");
	ck_assert_uint_ne(options.seed, first);
}
END_TEST

START_TEST(contradictions_are_refused)
{
	static const struct {
		const char *line;
		const char *part;
	} all[] = {
		{ "-m closed -r 10", "a rate is for --mode open" },
		{ "-m bulk --find-max p99<1ms", "a rate is for --mode open" },
		{ "-m open", "--mode open needs --rate" },
		{ "--arrivals poisson", "--arrivals needs --rate" },
		{ "-t 3 -c 2", "more --threads than --connections" },
		{ "-m churn --behaviour bytewise", "--behaviour is for" },
		{ "-r 5 --behaviour reset", "are for --mode closed" },
		{ "-m handshakes", "--mode handshakes needs --tls" },
		{ "--resume", "--resume needs --tls" },
		{ "-m idle -n 5", "not for --mode idle" },
		{ "-m idle --warm-up 1", "not for --mode idle" },
		{ "-m handshakes --tls --bytes 5", "--bytes is not for" },
		{ "-n 5 --cool-down 1", "--cool-down needs --duration" },
		{ "-d 2 --warm-up 1 --cool-down 1", "leave nothing" },
		{ "--start-at 5 --runs 2", "--start-at is for one run" },
		{ "--abort-on-fail", "--abort-on-fail needs --slo" },
		{ "--find-max p99<1ms -n 5", "without --count" },
		{ "--find-max p99<1ms --runs 2", "without --runs" },
		{ "--sources 1.2.3", "--sources: '1.2.3'" },
		{ "--ca x", "--ca needs --tls" },
	};
	char line[256];

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		snprintf(line, sizeof(line), "%s 127.0.0.1", all[i].line);
		ck_assert_msg(load(line) == -EINVAL, "%s", line);
		ck_assert_msg(strstr(error, all[i].part) != NULL,
		    "%s: '%s' is not in '%s'", line, all[i].part, error);
	}
	ck_assert_int_eq(load("--sources 127.0.0.1 unix:/x"), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "Unix sockets"));
}
END_TEST

/* Each error begins with what is wrong, by its long name. */
START_TEST(bad_values_are_refused)
{
	static const struct {
		const char *line;
		const char *start;
	} all[] = {
		{ "", "no address; " },
		{ "a b", "unexpected argument 'b'; " },
		{ "host:0", "address 'host:0': port 0 " },
		{ "-c 0 a", "--connections: 0 " },
		{ "-t 0 a", "--threads: 0 " },
		{ "--depth 0 a", "--depth: 0 " },
		{ "-m fast a", "--mode: 'fast' " },
		{ "--seed -1 a", "--seed: " },
		{ "--seed 18446744073709551616 a", "--seed: " },
		{ "--seed x a", "--seed: " },
		{ "--precision 0 a", "--precision: 0 " },
		{ "--precision 101% a", "--precision: 101% " },
		{ "--precision 5x a", "--precision: '5x' " },
		{ "--start-at 100001d a", "--start-at: 100001d " },
		{ "-i 1ms a", "--interval: 1ms " },
		{ "--timeout 0 a", "--timeout: 0 " },
		{ "--bytes 0 a", "--bytes: 0 " },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ck_assert_msg(load(all[i].line) < 0, "%s", all[i].line);
		ck_assert_msg(strncmp(error, all[i].start,
		    strlen(all[i].start)) == 0, "'%s': '%s' does not begin "
		    "with '%s'", all[i].line, error, all[i].start);
	}
}
END_TEST

START_TEST(one_address_is_enough)
{
	ck_assert_int_lt(load("a -c 3 b"), 0);
	ck_assert_str_eq(error, "unexpected argument 'b'; there is one "
	    "address, and options before or after it");
}
END_TEST

/* Of all lines none is longer than a terminal's. */
START_TEST(help_fits_a_terminal)
{
	char *text = NULL, *line, *rest;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	load_options_help(file);
	fclose(file);
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL)
		ck_assert_msg(strlen(line) <= 80, "%s", line);
	free(text);
	must_load("--help");
	ck_assert(options.help);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_address_is_enough,
		every_option_is_stored,
		what_is_left_out_depends_on_the_mode,
		seeds_are_chosen,
		contradictions_are_refused,
		bad_values_are_refused,
		one_address_is_enough,
		help_fits_a_terminal,
	};

	return UNIT_RUN("options", tests);
}
