/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/verdict.h"

#include <string.h>

#include "load/results.h"
#include "unit.h"

/* Changes a good result, or its options. */
typedef void spoil(struct load_result *result, struct load_options *options);

/* What spoils a result, the one reason that has to follow, and its words. */
struct verdict_case {
	const char *name;
	int mode;
	spoil *spoil;
	enum verdict_kind kind; /* VERDICT_KIND_COUNT: none */
	const char *words;
};

static void
nothing(struct load_result *result, struct load_options *options)
{
	(void)result;
	(void)options;
}

static void
interrupt(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->end = END_INTERRUPTED;
}

static void
lose_all(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->end = END_FAILED;
}

static void
warm_up_only(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->reached_end = false;
}

static void
shorten(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->measured = 0.5;
	result->under_way *= 20;
}

static void
thin_out(struct load_result *result, struct load_options *options)
{
	(void)options;
	histogram_clear(&result->total->times[TIME_RESPONSE]);
	results_add(result, TIME_RESPONSE, 1000000, 999);
}

/* 2,000 messages are enough for p99, but not for p99.9. */
static void
ask_more(struct load_result *result, struct load_options *options)
{
	(void)result;
	options->slo.count = 1;
	options->slo.items[0] = (struct objective){
		.kind = OBJECTIVE_PERCENTILE,
		.time = TIME_RESPONSE,
		.percent = 99.9,
	};
}

static void
keep_busy(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->verdict.cpu_share = 0.9;
}

static void
keep_very_busy(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->verdict.cpu_share = 0.99;
}

/* 2 % of the messages go out 0.4 ms late, where a response takes 1 ms. */
static void
send_late(struct load_result *result, struct load_options *options)
{
	(void)options;
	results_add(result, TIME_LAG, 400000, 50);
}

static void
send_somewhat_late(struct load_result *result, struct load_options *options)
{
	(void)options;
	results_add(result, TIME_LAG, 200000, 50);
}

static void
offer_more(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->offered *= 1.2;
}

/* Of ten messages each. */
static void
offer_connections(struct load_result *result, struct load_options *options)
{
	options->depth = 10;
	result->offered = 200;
}

static void
offer_handshakes(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->offered = 2000;
	result->total->counters[COUNT_RECEIVED] = 0;
	result->total->counters[COUNT_HANDSHAKES] = 2000;
	results_add(result, TIME_HANDSHAKE_FULL, 1000000, 2000);
}

/* What chance may do to 2,000. */
static void
offer_a_little_more(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->offered *= 1.05;
}

static void
lose_a_connection(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->connections_mean = RESULTS_CONNECTIONS - 0.5;
	result->connections_least = RESULTS_CONNECTIONS - 1;
}

static void
lose_a_message(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->total->counters[COUNT_UNANSWERED] = 1;
}

static void
lose_a_message_on_purpose(struct load_result *result,
    struct load_options *options)
{
	result->total->counters[COUNT_UNANSWERED] = 100;
	result->total->counters[COUNT_RESET_ERRORS] = 100;
	options->behaviour = BEHAVE_RESET;
}

static void
swap_bytes(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->total->counters[COUNT_WRONG] = 1;
}

static void
reset_some(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->total->counters[COUNT_RESET_ERRORS] = 5;
}

static void
reset_one(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->total->counters[COUNT_RESET_ERRORS] = 1;
}

static void
wait_for_ever(struct load_result *result, struct load_options *options)
{
	(void)options;
	results_add(result, TIME_RESPONSE, HISTOGRAM_HIGHEST + 1, 1);
}

static void
break_littles_law(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->under_way *= 1.2;
}

/* Half of the connections have all of the echoes. */
static void
serve_half(struct load_result *result, struct load_options *options)
{
	(void)options;
	result->echoes_squares *= 2;
	result->echoes_least = 0;
}

static const struct verdict_case cases[] = {
	{ "good open loop", MODE_OPEN, nothing, VERDICT_KIND_COUNT, "" },
	{ "good closed loop", MODE_CLOSED, nothing, VERDICT_KIND_COUNT, "" },
	{ "interrupted", MODE_OPEN, interrupt, SUSPECT_UNFINISHED,
	    "interrupted after 10.0 s" },
	{ "failed", MODE_OPEN, lose_all, SUSPECT_UNFINISHED, "No connection" },
	{ "warm-up only", MODE_OPEN, warm_up_only, SUSPECT_UNFINISHED,
	    "shorter --warm-up" },
	{ "short", MODE_CLOSED, shorten, SUSPECT_SHORT,
	    "Only 0.5 s were measured, of at least 1" },
	{ "few samples", MODE_CLOSED, thin_out, SUSPECT_SAMPLES,
	    "p99 rests on 9 samples above it, of at least 10" },
	{ "few for the objective", MODE_CLOSED, ask_more, SUSPECT_SAMPLES,
	    "p99.9 rests on 2 samples" },
	{ "busy open loop", MODE_OPEN, keep_busy, SUSPECT_BUSY,
	    "90 % of a processor, above 85 %, so it may have sent late" },
	{ "busy closed loop", MODE_CLOSED, keep_busy, VERDICT_KIND_COUNT, "" },
	{ "very busy closed loop", MODE_CLOSED, keep_very_busy, SUSPECT_BUSY,
	    "it, and not the server, may be the limit" },
	{ "late", MODE_OPEN, send_late, SUSPECT_LAG,
	    "p99 is 0.4 ms, above 0.25 ms" },
	{ "somewhat late", MODE_OPEN, send_somewhat_late, VERDICT_KIND_COUNT,
	    "" },
	{ "late in a closed loop", MODE_CLOSED, send_late, VERDICT_KIND_COUNT,
	    "" },
	{ "too high a rate", MODE_OPEN, offer_more, SUSPECT_RATE,
	    "83.3 % came back within the run, below 98 %" },
	{ "connections at a rate", MODE_CHURN, offer_connections,
	    VERDICT_KIND_COUNT, "" },
	{ "handshakes at a rate", MODE_HANDSHAKES, offer_handshakes,
	    VERDICT_KIND_COUNT, "" },
	{ "a rate missed by chance", MODE_OPEN, offer_a_little_more,
	    VERDICT_KIND_COUNT, "" },
	{ "a connection is missing", MODE_OPEN, lose_a_connection,
	    SUSPECT_CONNECTIONS, "Of 10 connections, 9.5 were open" },
	{ "a message is lost", MODE_CLOSED, lose_a_message,
	    SUSPECT_UNANSWERED, "1 messages have no echo" },
	{ "messages are lost on purpose", MODE_CLOSED,
	    lose_a_message_on_purpose, VERDICT_KIND_COUNT, "" },
	{ "a wrong echo", MODE_CLOSED, swap_bytes, SUSPECT_WRONG,
	    "1 echoes were wrong" },
	{ "errors", MODE_CLOSED, reset_some, SUSPECT_ERRORS,
	    "5 errors, 0.249 % of what was tried, above 0.1 %" },
	{ "one error", MODE_CLOSED, reset_one, VERDICT_KIND_COUNT, "" },
	{ "beyond the histogram", MODE_CLOSED, wait_for_ever, SUSPECT_BEYOND,
	    "above an hour" },
	{ "Little's law", MODE_OPEN, break_littles_law, SUSPECT_LITTLE,
	    "0.24 messages were under way" },
	{ "unfair", MODE_CLOSED, serve_half, SUSPECT_FAIRNESS,
	    "Jain's index 0.50, below 0.90; 0 to 200 echoes each" },
};

#define CASES (int)(sizeof(cases) / sizeof(cases[0]))

START_TEST(each_reason_has_its_cause)
{
	const struct verdict_case *a_case = &cases[_i];
	struct load_options options = results_options(a_case->mode);
	struct load_result *result = results_new(&options, 2000);
	const struct load_verdict *verdict = &result->verdict;
	size_t expected = a_case->kind == VERDICT_KIND_COUNT ? 0 : 1;

	a_case->spoil(result, &options);
	verdict_reach(result);
	ck_assert_msg(verdict->count == expected,
	    "%s: %zu reasons, expected %zu; the first is %s", a_case->name,
	    verdict->count, expected, verdict->reasons[0]);
	if (expected == 1) {
		ck_assert_msg(verdict_has(verdict, a_case->kind),
		    "%s: %s", a_case->name, verdict->reasons[0]);
		ck_assert_msg(strstr(verdict->reasons[0], a_case->words) !=
		    NULL, "%s: '%s' lacks '%s'", a_case->name,
		    verdict->reasons[0], a_case->words);
		ck_assert_str_eq(strrchr(verdict->reasons[0], '.'), ".");
	}
	load_result_free(result);
}
END_TEST

START_TEST(figures_are_those_of_the_result)
{
	struct load_options options = results_options(MODE_OPEN);
	struct load_result *result = results_new(&options, 2000);

	verdict_reach(result);
	ck_assert_double_eq_tol(result->verdict.cpu_share, 0.1, 1e-9);
	ck_assert_double_eq_tol(result->verdict.littles_law, 0.2, 1e-9);
	ck_assert_double_eq_tol(result->verdict.littles_product, 0.2, 1e-3);
	ck_assert_double_eq_tol(result->verdict.fairness, 1, 1e-9);
	ck_assert_double_eq_tol(result->verdict.open_share, 1, 1e-9);
	ck_assert_double_eq_tol(result->verdict.lag_p99, 1000, 1);
	ck_assert_uint_eq(result->verdict.most_messages, 200);
	load_result_free(result);
}
END_TEST

/* All at once is as many reasons as there can be. */
START_TEST(reasons_add_up)
{
	struct load_options options = results_options(MODE_OPEN);
	struct load_result *result = results_new(&options, 2000);

	for (int i = 0; i < CASES; i++)
		if (cases[i].spoil != lose_a_message_on_purpose)
			cases[i].spoil(result, &options);
	verdict_reach(result);
	ck_assert_uint_ge(result->verdict.count, 10);
	ck_assert_uint_le(result->verdict.count, LOAD_SUSPICIONS);
	ck_assert_int_eq(result->verdict.kinds[0], SUSPECT_UNFINISHED);
	load_result_free(result);
}
END_TEST

/* Nothing measured is no division by zero. */
START_TEST(an_empty_result_is_suspect)
{
	struct load_options options = results_options(MODE_OPEN);
	struct load_result *result = load_result_new(&options);

	ck_assert_ptr_nonnull(result);
	verdict_reach(result);
	ck_assert(verdict_has(&result->verdict, SUSPECT_UNFINISHED));
	ck_assert(verdict_has(&result->verdict, SUSPECT_SHORT));
	ck_assert_double_eq(result->verdict.fairness, 1);
	load_result_free(result);
}
END_TEST

/* All kinds, and the sentence of the first one. */
START_TEST(a_line_tells_the_reasons)
{
	struct load_options options = results_options(MODE_OPEN);
	struct load_result *result = results_new(&options, 2000);
	struct load_verdict *verdict = &result->verdict;
	char line[VERDICT_LINE_SIZE];

	interrupt(result, &options);
	verdict_reach(result);
	ck_assert_str_eq(verdict_line(verdict, "run 2", line, sizeof(line)),
	    "run 2 is SUSPECT (unfinished): The run was interrupted after "
	    "10.0 s, so this is only a part of it: let it run to its end.");
	for (int i = 0; i < CASES; i++)
		if (cases[i].spoil != lose_a_message_on_purpose)
			cases[i].spoil(result, &options);
	verdict_reach(result);
	verdict_line(verdict, "the run", line, sizeof(line));
	ck_assert_ptr_nonnull(strstr(line, "the run is SUSPECT (unfinished, "
	    "wrong, unanswered, "));
	ck_assert_ptr_nonnull(strstr(line, "): "));
	ck_assert_str_eq(strstr(line, "): ") + 3, verdict->reasons[0]);
	/* What does not fit is cut. */
	for (size_t size = 1; size < sizeof(line); size++) {
		line[size] = '!';
		verdict_line(verdict, "the run", line, size);
		ck_assert_uint_lt(strlen(line), size);
		ck_assert_int_eq(line[size], '!');
	}
	load_result_free(result);
}
END_TEST

START_TEST(each_kind_has_a_name)
{
	for (int i = 0; i < VERDICT_KIND_COUNT; i++)
		ck_assert_ptr_nonnull(verdict_kind_names[i]);
	ck_assert_str_eq(verdict_kind_names[SUSPECT_BUSY], "generator_busy");
}
END_TEST

int
main(void)
{
	const TTest *const each[] = { each_reason_has_its_cause };
	const TTest *const tests[] = {
		figures_are_those_of_the_result,
		reasons_add_up,
		an_empty_result_is_suspect,
		a_line_tells_the_reasons,
		each_kind_has_a_name,
	};
	int failed = UNIT_RUN_EACH("verdict", each, CASES);

	return UNIT_RUN("verdict", tests) | failed;
}
