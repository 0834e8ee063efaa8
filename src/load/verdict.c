/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define VERDICT_NAME(constant, name) [constant] = name,
const char *const verdict_kind_names[VERDICT_KIND_COUNT] = {
	VERDICT_KINDS(VERDICT_NAME)
};

#define MILLISECOND 1e6

/* Lag below this many nanoseconds is what the kernel's scheduler needs. */
#define LAG_OF_NO_ACCOUNT 100e3
/* Echoes a connection, on the average, below which chance alone is unfair. */
#define ECHOES_FOR_FAIRNESS 20
/* Of Poisson's arrivals, that the number of messages may differ by. */
#define DEVIATIONS 3
/* Messages under way on the average, below which Little's law is not tried. */
#define LEAST_UNDER_WAY 0.01

/* A sentence being written. */
struct sentence {
	char *text;
	size_t size;
};

static bool __attribute__((format(printf, 2, 3)))
say(const struct sentence *sentence, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(sentence->text, sentence->size, format, list);
	va_end(list);
	return true;
}

static bool
has_schedule(const struct load_result *result)
{
	return result->options->mode == MODE_OPEN;
}

/* Whether the connections that are asked for are to be open all the time. */
static bool
holds_connections(const struct load_result *result)
{
	int mode = result->options->mode;

	return mode != MODE_CHURN && mode != MODE_HANDSHAKES;
}

/* Whether there is one message after the other, on each of them. */
static bool
has_messages(const struct load_result *result)
{
	int mode = result->options->mode;

	return mode == MODE_CLOSED || mode == MODE_OPEN;
}

/*
 * One check each: whether the result is beyond the limit, and the sentence that
 * says so.
 */
typedef bool check(const struct load_result *result, double limit,
    const struct sentence *sentence);

static bool
is_unfinished(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	(void)limit;
	if (result->end == END_FAILED)
		return say(sentence, "No connection was left after %.1f s: see "
		    "the errors.", result->elapsed);
	if (result->end == END_INTERRUPTED || result->end == END_ABORTED)
		return say(sentence, "The run was %s after %.1f s, so this is "
		    "only a part of it: let it run to its end.",
		    load_end_names[result->end], result->elapsed);
	if (!result->reached_end)
		return say(sentence, "The run ended before warm-up and "
		    "cool-down had left anything to measure: use a longer "
		    "--duration or a shorter --warm-up.");
	return false;
}

static bool
is_short(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	if (result->measured >= limit)
		return false;
	return say(sentence, "Only %.3g s were measured, of at least %.3g: use "
	    "a longer --duration or a greater --count.", result->measured,
	    limit);
}

/* The highest percentile that somebody looks at, but for 100. */
static double
highest_percentile(const struct load_options *options)
{
	const struct objective_list *lists[] = {
		&options->slo, &options->find_max
	};
	double highest = 99;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (size_t j = 0; j < lists[i]->count; j++) {
			const struct objective *item = &lists[i]->items[j];

			if (item->kind == OBJECTIVE_PERCENTILE &&
			    item->percent < 100)
				highest = fmax(highest, item->percent);
		}
	return highest;
}

/* The time that a mode is about; NULL if it is about none. */
static const struct histogram *
main_time(const struct load_result *result)
{
	int mode = result->options->mode;

	return mode == MODE_BULK || mode == MODE_IDLE ? NULL :
	    &result->total->times[load_result_time(result)];
}

static bool
has_few_samples(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	const struct histogram *time = main_time(result);
	double percent = highest_percentile(result->options);
	double above;

	if (time == NULL)
		return false;
	/* What would lie above it, were all values different.  (The addition
	 * is for what is not whole in binary.) */
	above = floor((double)histogram_total(time) *
	    (1 - percent / 100) + 1e-6);
	if (above >= limit)
		return false;
	return say(sentence, "p%g rests on %.0f samples above it, of at least "
	    "%g: use a longer --duration, and believe no higher percentile "
	    "either.", percent, above, limit);
}

static bool
is_busy_open(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	double share = result->verdict.cpu_share;

	if (!has_schedule(result) || share <= limit)
		return false;
	return say(sentence, "The generator's busiest thread used %.0f %% of a "
	    "processor, above %.0f %%, so it may have sent late: use more "
	    "--threads, or several machines.", share * 100, limit * 100);
}

static bool
is_busy_closed(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	double share = result->verdict.cpu_share;

	if (has_schedule(result) || share <= limit)
		return false;
	return say(sentence, "The generator's busiest thread used %.0f %% of a "
	    "processor, above %.0f %%: it, and not the server, may be the "
	    "limit; use more --threads, or several machines.", share * 100,
	    limit * 100);
}

static bool
is_late(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	const struct histogram *response =
	    &result->total->times[TIME_RESPONSE];
	double lag = result->verdict.lag_p99;
	double allowed = fmax(limit *
	    (double)histogram_percentile(response, 99), LAG_OF_NO_ACCOUNT);

	if (!has_schedule(result) || response->count == 0 || lag <= allowed)
		return false;
	return say(sentence, "Messages went out late: the send lag's p99 is "
	    "%.3g ms, above %.3g ms (%.0f %% of the response time's): use more "
	    "--threads, --connections or --depth, or a lower --rate.",
	    lag / MILLISECOND, allowed / MILLISECOND, limit * 100);
}

/* What came of what was due: messages, or connections. */
static double
done(const struct load_result *result)
{
	const struct load_options *options = result->options;
	const uint64_t *counters = result->total->counters;

	if (options->mode == MODE_HANDSHAKES)
		return (double)counters[COUNT_HANDSHAKES];
	if (options->mode == MODE_CHURN && options->depth > 1)
		return (double)counters[COUNT_RECEIVED] /
		    (double)options->depth;
	return (double)counters[COUNT_RECEIVED];
}

static bool
is_slow(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	double got = done(result);
	double chance = DEVIATIONS * sqrt(result->offered);

	if (result->offered <= 0 || got >= limit * result->offered - chance)
		return false;
	return say(sentence, "Of what was due, %.1f %% came back within the "
	    "run, below %.0f %%: the rate is more than server and "
	    "generator can do; use a lower --rate.",
	    got / result->offered * 100, limit * 100);
}

static bool
lacks_connections(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	double share = result->verdict.open_share;
	int64_t asked = result->options->connections;

	/* The average is over a moment more than what is measured. */
	if (!holds_connections(result) || share >= limit ||
	    result->connections_least >= (uint64_t)asked)
		return false;
	return say(sentence, "Of %lld connections, %.1f were open on the "
	    "average, below %.0f %%: see the errors, and the limits of server "
	    "and generator.", (long long)asked,
	    result->connections_mean, limit * 100);
}

/* A client that resets its connections does not expect their echoes. */
static bool
has_unanswered(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	uint64_t lost = result->total->counters[COUNT_UNANSWERED];

	if (result->options->behaviour == BEHAVE_RESET ||
	    (double)lost <= limit)
		return false;
	return say(sentence, "%llu messages have no echo, and no part in the "
	    "times, which would be longer with them: see the errors, or give a "
	    "longer --timeout or --cool-down.", (unsigned long long)lost);
}

static bool
has_wrong(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	uint64_t wrong = result->total->counters[COUNT_WRONG];

	if ((double)wrong <= limit)
		return false;
	return say(sentence, "%llu echoes were wrong: what does not echo may "
	    "be as fast as it likes, so repair the server first.",
	    (unsigned long long)wrong);
}

static bool
has_errors(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	const uint64_t *counters = result->total->counters;
	uint64_t errors = 0;
	uint64_t tries = counters[COUNT_SENT] + counters[COUNT_OPENED];
	double share;

	if (result->options->behaviour == BEHAVE_RESET)
		return false;
	for (int i = COUNT_CONNECT_ERRORS; i <= COUNT_OTHER_ERRORS; i++)
		errors += counters[i];
	if (errors == 0)
		return false;
	share = (double)errors / (double)(tries > errors ? tries : errors);
	if (share <= limit)
		return false;
	return say(sentence, "%llu errors, %.3g %% of what was tried, above "
	    "%.3g %%: the figures are those of the rest; see the errors.",
	    (unsigned long long)errors, share * 100, limit * 100);
}

static bool
has_beyond(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	const struct histogram *time = main_time(result);

	if (time == NULL || (double)time->beyond <= limit)
		return false;
	return say(sentence, "%llu times were above an hour: they count in the "
	    "percentiles, not in the mean.",
	    (unsigned long long)time->beyond);
}

static bool
breaks_littles_law(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	double counted = result->verdict.littles_law;
	double product = result->verdict.littles_product;
	double greater = fmax(counted, product);

	if (!has_messages(result) || result->options->behaviour != BEHAVE_WELL)
		return false;
	if (greater < LEAST_UNDER_WAY ||
	    fabs(counted - product) <= limit * greater)
		return false;
	return say(sentence, "Little's law does not hold: %.3g messages were "
	    "under way, but rate times service time makes %.3g, and %.0f %% "
	    "may lie between: use a longer --duration and a rate that lasts.",
	    counted, product, limit * 100);
}

static bool
is_unfair(const struct load_result *result, double limit,
    const struct sentence *sentence)
{
	double connections = (double)result->options->connections;

	if (!has_messages(result) || connections < 2 ||
	    result->echoes_sum < ECHOES_FOR_FAIRNESS * connections ||
	    result->verdict.fairness >= limit)
		return false;
	return say(sentence, "The connections were not served alike (Jain's "
	    "index %.2f, below %.2f; %llu to %llu echoes each), so the times "
	    "are those of the busy ones: look for how the server spreads "
	    "them.", result->verdict.fairness, limit,
	    (unsigned long long)result->echoes_least,
	    (unsigned long long)result->echoes_most);
}

/* In the order in which they are told: what explains others comes first. */
static const struct row {
	enum verdict_kind kind;
	double limit;
	check *is_beyond;
} rows[] = {
	{ SUSPECT_UNFINISHED, 0, is_unfinished },
	/* Times that have no answer, or not the right one, are not in the
	 * figures, and it is the worst of them that are missing. */
	{ SUSPECT_WRONG, 0, has_wrong },
	{ SUSPECT_UNANSWERED, 0, has_unanswered },
	/* One in a thousand is as many as p99.9 cuts off. */
	{ SUSPECT_ERRORS, 0.001, has_errors },
	/* Seconds: less is a few hundred turns of the scheduler. */
	{ SUSPECT_SHORT, 1, is_short },
	/* Samples: with ten above it, a percentile is known to a third of
	 * those (their number's standard deviation is its root). */
	{ SUSPECT_SAMPLES, 10, has_few_samples },
	/* A queue with one server at 85 % has, on the average, six in it. */
	{ SUSPECT_BUSY, 0.85, is_busy_open },
	/* A closed loop keeps its generator busy, which only has to have
	 * something left. */
	{ SUSPECT_BUSY, 0.95, is_busy_closed },
	/* Of the response time's p99: three quarters are the server's then. */
	{ SUSPECT_LAG, 0.25, is_late },
	/* What is under way at the end of a run of a second is less, and what
	 * chance does is allowed for. */
	{ SUSPECT_RATE, 0.98, is_slow },
	{ SUSPECT_CONNECTIONS, 0.99, lacks_connections },
	/* What is under way at both ends makes a few per cent; more is an error
	 * of measurement, or a load that grew all the time. */
	{ SUSPECT_LITTLE, 0.10, breaks_littles_law },
	/* That is one in ten connections with nothing at all. */
	{ SUSPECT_FAIRNESS, 0.90, is_unfair },
	{ SUSPECT_BEYOND, 0, has_beyond },
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) <= LOAD_SUSPICIONS,
    "each row has room in a verdict");

/* What the checks look at. */
static void
compute(struct load_result *result)
{
	struct load_verdict *verdict = &result->verdict;
	const struct histogram *times = result->total->times;
	double connections = (double)result->options->connections;
	double squares = connections * result->echoes_squares;

	verdict->lag_p99 =
	    (double)histogram_percentile(&times[TIME_LAG], 99);
	verdict->littles_law = result->under_way;
	verdict->littles_product = load_result_rate(result) *
	    histogram_mean(&times[TIME_SERVICE]) / 1e9;
	verdict->fairness = squares > 0 ?
	    result->echoes_sum * result->echoes_sum / squares : 1;
	verdict->least_messages = result->echoes_least;
	verdict->most_messages = result->echoes_most;
	verdict->open_share = connections > 0 ?
	    result->connections_mean / connections : 1;
}

void
verdict_reach(struct load_result *result)
{
	struct load_verdict *verdict = &result->verdict;

	compute(result);
	verdict->count = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sentence sentence = {
			.text = verdict->reasons[verdict->count],
			.size = sizeof(verdict->reasons[0]),
		};

		if (!rows[i].is_beyond(result, rows[i].limit, &sentence))
			continue;
		verdict->kinds[verdict->count] = (int)rows[i].kind;
		verdict->count++;
	}
}

const char *
verdict_line(const struct load_verdict *verdict, const char *subject,
    char *line, size_t size)
{
	size_t length;

	length = (size_t)snprintf(line, size, "%s is SUSPECT (", subject);
	for (size_t i = 0; i < verdict->count && length < size; i++)
		length += (size_t)snprintf(line + length, size - length,
		    "%s%s", i > 0 ? ", " : "",
		    verdict_kind_names[verdict->kinds[i]]);
	if (length < size)
		snprintf(line + length, size - length, "): %s",
		    verdict->reasons[0]);
	return line;
}

bool
verdict_has(const struct load_verdict *verdict, enum verdict_kind kind)
{
	for (size_t i = 0; i < verdict->count; i++)
		if (verdict->kinds[i] == (int)kind)
			return true;
	return false;
}
