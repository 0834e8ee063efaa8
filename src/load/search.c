/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "search.h"

#include <math.h>
#include <string.h>

#include "slo.h"
#include "verdict.h"

/* Messages a second to begin with, unless --rate says another one. */
#define FIRST_RATE 1000.0
/* Beyond these, the search ends.  (And where a percentile would have no sample
 * above it, there is nothing to be found either.) */
#define LOWEST_RATE 1.0
#define HIGHEST_RATE 1e8

/* Of a trial: this share of --duration, within these seconds. */
#define TRIAL_SHARE 0.2
#define TRIAL_SHORTEST 1.0
#define TRIAL_LONGEST 10.0
/* It is longer if a percentile needs that: so many samples are to lie above. */
#define TRIAL_SAMPLES 10.0
/* But not above this share of --duration, and this one of itself goes to
 * warm-up and to cool-down each; so it is never longer than --duration. */
#define TRIAL_MOST (2.0 / 3)
#define TRIAL_EDGE 0.25
/* The whole run's length, where it has no --duration. */
#define WHOLE_SECONDS 30.0

/* A rate misses when so many trials of it did: one may have had bad luck. */
#define TRIES 2
/* So many whole runs, each at a lower rate, may miss. */
#define CONFIRMATIONS 4
#define DEFAULT_PRECISION 0.05

/* What a search has in hand. */
struct hand {
	const struct load_options *options;
	run_function *run;
	const struct repeat_hooks *hooks;
	struct load_search *search;
	struct load_result *last;
	double precision;
	double met;    /* the highest rate that was; 0: none */
	double missed; /* the lowest that was not; INFINITY: none */
	char *error;
	size_t error_size;
};

static double
whole_seconds(const struct load_options *options)
{
	return options->duration > 0 ? options->duration : WHOLE_SECONDS;
}

/* How many messages it takes for one to lie above each percentile. */
static double
messages_needed(const struct load_options *options)
{
	const struct objective_list *list = &options->find_max;
	double needed = 1;

	for (size_t i = 0; i < list->count; i++) {
		const struct objective *objective = &list->items[i];

		if (objective->kind == OBJECTIVE_PERCENTILE &&
		    objective->percent < 100)
			needed = fmax(needed,
			    1 / (1 - objective->percent / 100));
	}
	return needed;
}

/* Seconds that a trial has to measure. */
static double
trial_seconds(const struct load_options *options, double rate)
{
	double whole = whole_seconds(options);
	double seconds = fmin(fmax(whole * TRIAL_SHARE, TRIAL_SHORTEST),
	    TRIAL_LONGEST);

	seconds = fmax(seconds,
	    TRIAL_SAMPLES * messages_needed(options) / rate);
	return fmin(seconds, whole * TRIAL_MOST);
}

static double
lowest_rate(const struct load_options *options)
{
	return fmax(LOWEST_RATE, messages_needed(options) /
	    (whole_seconds(options) * TRIAL_MOST));
}

/* The options of the next trial, in the search. */
static void
prepare(struct hand *hand, double rate, bool whole)
{
	struct load_options *trial = &hand->search->options;
	double seconds = trial_seconds(hand->options, rate);

	*trial = *hand->options;
	if (trial->mode != MODE_CHURN && trial->mode != MODE_HANDSHAKES)
		trial->mode = MODE_OPEN;
	rate_plan_set(&trial->rate, rate);
	trial->runs = 1;
	trial->seed += hand->search->count;
	if (hand->search->count > 0)
		trial->start_at = 0;
	if (whole)
		return;
	trial->abort_on_fail = false;
	trial->warm_up = fmin(trial->warm_up, seconds * TRIAL_EDGE);
	trial->cool_down = fmin(trial->cool_down, seconds * TRIAL_EDGE);
	trial->duration = trial->warm_up + seconds + trial->cool_down;
	trial->count = 0;
	trial->bytes = 0;
}

/*
 * Trials are short by intention, which by itself breaks Little's law and makes
 * samples few; and response times contain the lag, so an objective that is met
 * is met in spite of it.  All this is told of the run that confirms the rate.
 */
static bool
is_of_no_account(int kind)
{
	return kind == SUSPECT_SHORT || kind == SUSPECT_SAMPLES ||
	    kind == SUSPECT_LITTLE || kind == SUSPECT_FAIRNESS ||
	    kind == SUSPECT_LAG;
}

/* Why a trial missed; "" if it did not. */
static void
find_reason(struct search_trial *trial, const struct load_options *options,
    const struct load_result *result)
{
	const struct objective *objective =
	    slo_first_missed(&options->find_max, result);
	const struct load_verdict *verdict = &result->verdict;
	char value[OBJECTIVE_TEXT_SIZE];

	if (objective != NULL) {
		snprintf(trial->reason, sizeof(trial->reason), "%s: %s",
		    objective->text, objective_value_text(objective,
		    objective_value(objective, result), value,
		    sizeof(value)));
		return;
	}
	for (size_t i = 0; i < verdict->count; i++)
		if (!is_of_no_account(verdict->kinds[i])) {
			snprintf(trial->reason, sizeof(trial->reason), "%s",
			    verdict->reasons[i]);
			return;
		}
	if (result->end == END_FAILED || result->end == END_ABORTED ||
	    result->end == END_INTERRUPTED)
		snprintf(trial->reason, sizeof(trial->reason), "%s",
		    load_end_names[result->end]);
}

static void
note_trial(struct hand *hand, double rate, bool whole)
{
	struct load_search *search = hand->search;
	struct search_trial *trial = &search->trials[search->count++];
	const struct load_result *result = hand->last;
	const struct histogram *time =
	    &result->total->times[load_result_time(result)];

	*trial = (struct search_trial){
		.rate = rate,
		.achieved = load_result_rate(result),
		.seconds = result->measured,
		.p50 = histogram_percentile(time, 50),
		.p99 = histogram_percentile(time, 99),
		.whole = whole,
	};
	find_reason(trial, hand->options, result);
	trial->met = trial->reason[0] == '\0';
}

/* What ends a search, whatever the rate. */
static bool
is_over(const struct hand *hand)
{
	return hand->search->count == SEARCH_TRIALS ||
	    hand->last->status == LOAD_WRONG ||
	    hand->last->end == END_INTERRUPTED;
}

/* Returns 1 if it met the objectives, 0 if it missed, or a negative error. */
static int
try_once(struct hand *hand, double rate, bool whole)
{
	struct load_search *search = hand->search;
	const struct repeat_hooks *hooks = hand->hooks;
	const struct run_events *events = NULL;
	int err;

	load_result_free(hand->last);
	hand->last = NULL;
	prepare(hand, rate, whole);
	if (hooks != NULL && hooks->begin != NULL)
		events = hooks->begin(search->count, 0, &search->options,
		    hooks->arg);
	err = repeat_once(&search->options, hand->run, events, &hand->last,
	    hand->error, hand->error_size);
	if (err < 0)
		return err;
	hand->last->search = search;
	note_trial(hand, rate, whole);
	if (hooks != NULL && hooks->end != NULL)
		hooks->end(hand->last, hooks->arg);
	return search->trials[search->count - 1].met;
}

/* The same, with more tries if it misses; and notes what is known then. */
static int
try_rate(struct hand *hand, double rate)
{
	int result = 0;

	for (int i = 0; i < TRIES && result == 0; i++) {
		result = try_once(hand, rate, false);
		if (result < 0 || is_over(hand))
			return result;
	}
	if (result > 0)
		hand->met = rate;
	else
		hand->missed = rate;
	return result;
}

/* The next rate to try; 0 if enough is known. */
static double
next_rate(const struct hand *hand)
{
	double next;

	if (hand->met == 0)
		next = hand->missed / 2;
	else if (isinf(hand->missed))
		next = hand->met * 2;
	else if (hand->missed - hand->met <= hand->precision * hand->missed)
		next = 0;
	else
		next = (hand->met + hand->missed) / 2;
	return next < lowest_rate(hand->options) || next > HIGHEST_RATE ? 0 :
	    next;
}

static double
first_rate(const struct load_options *options)
{
	return fmax(lowest_rate(options), options->rate.count > 0 ?
	    rate_plan_highest(&options->rate) : FIRST_RATE);
}

/* Encloses the rate between one that was met and one that was not. */
static int
enclose(struct hand *hand)
{
	double rate = first_rate(hand->options);

	while (rate > 0) {
		int result = try_rate(hand, rate);

		if (result < 0)
			return result;
		if (is_over(hand))
			return 0;
		rate = next_rate(hand);
	}
	return 0;
}

/* Whole runs, from the rate that was found on downwards. */
static int
confirm(struct hand *hand)
{
	double step = hand->precision;
	double rate = hand->met;

	for (int i = 0; i < CONFIRMATIONS && !is_over(hand); i++) {
		int result = try_once(hand, rate, true);

		if (result < 0)
			return result;
		if (result > 0) {
			hand->search->rate = rate;
			return 0;
		}
		rate *= 1 - fmin(step, 0.5);
		step *= 2;
	}
	return 0;
}

static bool
has_answers(const struct load_search *search)
{
	for (size_t i = 0; i < search->count; i++)
		if (search->trials[i].achieved > 0)
			return true;
	return false;
}

/* The status of a search that has found nothing. */
static int
status_of_none(const struct load_search *search,
    const struct load_result *last)
{
	if (last->status == LOAD_WRONG)
		return LOAD_WRONG;
	return last->end == END_INTERRUPTED || !has_answers(search) ?
	    LOAD_FAILED : LOAD_MISSED;
}

int
search_find_max(const struct load_options *options, run_function *run,
    const struct repeat_hooks *hooks, struct load_search *search,
    struct load_result **result, char *error, size_t error_size)
{
	struct hand hand = {
		.options = options,
		.run = run,
		.hooks = hooks,
		.search = search,
		.precision = options->find_max_precision > 0 ?
		    options->find_max_precision : DEFAULT_PRECISION,
		.missed = INFINITY,
		.error = error,
		.error_size = error_size,
	};
	int err;

	memset(search, 0, sizeof(*search));
	err = enclose(&hand);
	if (err == 0 && hand.met > 0)
		err = confirm(&hand);
	if (err < 0)
		goto free_last;
	search->is_highest = search->rate > 0 && !isinf(hand.missed);
	if (search->rate == 0)
		hand.last->status = status_of_none(search, hand.last);
	*result = hand.last;
	return 0;

free_last:
	load_result_free(hand.last);
	return err;
}

void
search_print_trial(FILE *file, const struct load_search *search)
{
	const struct search_trial *trial;

	if (search->count == 0)
		return;
	trial = &search->trials[search->count - 1];
	fprintf(file, "%-5s %2zu  %8.0f/s for %4.1f s: %8.0f/s, p50 %.3f ms, "
	    "p99 %.3f ms: %s\n", trial->whole ? "run" : "trial",
	    search->count, trial->rate, trial->seconds, trial->achieved,
	    (double)trial->p50 / 1e6, (double)trial->p99 / 1e6,
	    trial->met ? "met" : "missed");
	if (!trial->met)
		fprintf(file, "          %s\n", trial->reason);
}

void
search_print(FILE *file, const struct load_search *search)
{
	const struct objective_list *list = &search->options.find_max;

	for (size_t i = 0; i < list->count; i++)
		fprintf(file, "%s%s", i > 0 ? "," : "", list->items[i].text);
	if (search->rate == 0)
		fprintf(file, ": no rate was found that meets this\n");
	else
		fprintf(file, ": met up to %.0f/s%s\n", search->rate,
		    search->is_highest ? "" : ", the highest that was tried");
}
