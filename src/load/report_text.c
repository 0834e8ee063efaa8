/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_text.h"

#include <inttypes.h>
#include <string.h>

#include "format.h"
#include "option_values.h"
#include "report_text_parts.h"
#include "slo.h"
#include "summary.h"

/* Where values begin. */
#define VALUE_COLUMN 14

static void
print_item(FILE *file, const char *name, const char *value)
{
	fprintf(file, "%-*s", VALUE_COLUMN, name);
	report_text_wrap(file, VALUE_COLUMN, value);
}

static bool
has_messages(const struct load_result *result)
{
	return result->options->mode != MODE_HANDSHAKES;
}

static void
print_mode(FILE *file, const struct load_options *options)
{
	char plan[1024];
	char text[sizeof(plan) + 64];

	snprintf(text, sizeof(text), "%s", load_mode_names[options->mode]);
	if (options->rate.count > 0)
		snprintf(text, sizeof(text), "%s, %s a second, %s",
		    load_mode_names[options->mode],
		    rate_plan_text(&options->rate, plan, sizeof(plan)),
		    load_arrivals_names[options->arrivals]);
	print_item(file, "mode", text);
	if (options->behaviour != BEHAVE_WELL)
		print_item(file, "clients",
		    load_behaviour_names[options->behaviour]);
}

static void
print_tls(FILE *file, const struct load_result *result)
{
	const struct tls_parameters *tls = &result->tls;
	char text[512];

	if (!result->encrypted)
		return;
	snprintf(text, sizeof(text), "%s %s%s%s, certificate verified: %s",
	    tls->version, tls->cipher, tls->group[0] != '\0' ? " " : "",
	    tls->group, tls->verified[0] != '\0' ? tls->verified : "no");
	print_item(file, "TLS", text);
}

/* When, how long and by what it ended. */
static void
print_course(FILE *file, const struct load_result *result)
{
	char text[256];

	snprintf(text, sizeof(text), "%s (%.3f)", DATE_TEXT(result->started),
	    result->started);
	print_item(file, "started", text);
	snprintf(text, sizeof(text), "%s measured, from %s on, of %s; "
	    "ended by: %s", TIME_TEXT(result->measured * 1e9),
	    TIME_TEXT(result->measured_from * 1e9),
	    TIME_TEXT(result->elapsed * 1e9), load_end_names[result->end]);
	print_item(file, "duration", text);
}

static void
print_connections(FILE *file, const struct load_result *result)
{
	const struct load_options *options = result->options;
	char depth[64] = "", text[256];

	if (has_messages(result))
		snprintf(depth, sizeof(depth), ", with %" PRId64 " under way "
		    "on each", options->depth);
	snprintf(text, sizeof(text), "%s%s; threads: %" PRId64,
	    COUNT_TEXT((uint64_t)options->connections), depth,
	    options->threads);
	print_item(file, "connections", text);
}

static void
print_run(FILE *file, const struct load_result *result)
{
	const struct load_options *options = result->options;
	char text[1024];

	fprintf(file, "echo-load %s\n\n", PACKAGE_VERSION);
	snprintf(text, sizeof(text), "%s%s%s%s", options->text,
	    result->peer[0] != '\0' ? " (" : "", result->peer,
	    result->peer[0] != '\0' ? ")" : "");
	print_item(file, "address", text);
	print_mode(file, options);
	print_connections(file, result);
	if (has_messages(result))
		print_item(file, "bytes each", sizes_text(&options->sizes,
		    text, sizeof(text)));
	snprintf(text, sizeof(text), "%" PRIu64, result->seed);
	print_item(file, "seed", text);
	if (has_messages(result))
		print_item(file, "compared",
		    options->verify ? "every byte" : "no byte");
	print_tls(file, result);
	print_course(file, result);
}

static void
print_throughput(FILE *file, const struct load_result *result)
{
	double offered = result->measured > 0 ?
	    result->offered / result->measured : 0;
	char text[128];

	fputc('\n', file);
	snprintf(text, sizeof(text), "%s %s/s%s%s%s",
	    COUNT_TEXT((uint64_t)(load_result_rate(result) + 0.5)),
	    load_result_unit(result),
	    offered > 0 ? " of " : "",
	    offered > 0 ? COUNT_TEXT((uint64_t)(offered + 0.5)) : "",
	    offered > 0 ? " due" : "");
	print_item(file, "rate", text);
	if (!has_messages(result))
		return;
	snprintf(text, sizeof(text), "%s/s of echo",
	    BYTES_TEXT(load_result_throughput(result)));
	print_item(file, "throughput", text);
}

static void
print_messages(FILE *file, const uint64_t *counters)
{
	char text[256];

	snprintf(text, sizeof(text), "%s sent, %s echoed, %s wrong, "
	    "%s unanswered", COUNT_TEXT(counters[COUNT_SENT]),
	    COUNT_TEXT(counters[COUNT_RECEIVED]),
	    COUNT_TEXT(counters[COUNT_WRONG]),
	    COUNT_TEXT(counters[COUNT_UNANSWERED]));
	print_item(file, "messages", text);
	snprintf(text, sizeof(text), "%s sent, %s received",
	    COUNT_TEXT(counters[COUNT_BYTES_SENT]),
	    COUNT_TEXT(counters[COUNT_BYTES_RECEIVED]));
	print_item(file, "bytes", text);
}

static void
print_counters(FILE *file, const struct load_result *result)
{
	const uint64_t *counters = result->total->counters;
	char text[256];

	fputc('\n', file);
	if (has_messages(result))
		print_messages(file, counters);
	snprintf(text, sizeof(text), "%.4g open on the average, %s at least, "
	    "%s at most", result->connections_mean,
	    COUNT_TEXT(result->connections_least),
	    COUNT_TEXT(result->connections_most));
	print_item(file, "connections", text);
	if (counters[COUNT_HANDSHAKES] == 0)
		return;
	snprintf(text, sizeof(text), "%s, %s of them resumed",
	    COUNT_TEXT(counters[COUNT_HANDSHAKES]),
	    COUNT_TEXT(counters[COUNT_RESUMED]));
	print_item(file, "handshakes", text);
}

/* How they shared the messages, and whether their figures go together. */
static void
print_balance(FILE *file, const struct load_verdict *verdict)
{
	char text[256];

	snprintf(text, sizeof(text), "%.3f of 1 (Jain's index); %s to %s "
	    "echoes a connection", verdict->fairness,
	    COUNT_TEXT(verdict->least_messages),
	    COUNT_TEXT(verdict->most_messages));
	print_item(file, "fairness", text);
	snprintf(text, sizeof(text), "%.4g on the average; rate times mean "
	    "time is %.4g", verdict->littles_law, verdict->littles_product);
	print_item(file, "under way", text);
}

/* Whether the generator itself was up to it. */
static void
print_generator(FILE *file, const struct load_result *result)
{
	const struct load_verdict *verdict = &result->verdict;
	char text[256];

	if (has_messages(result))
		print_balance(file, verdict);
	snprintf(text, sizeof(text), "%s, %s of it in user mode; busiest "
	    "thread: %.0f%%", TIME_TEXT(result->cpu * 1e9),
	    TIME_TEXT(result->cpu_user * 1e9), verdict->cpu_share * 100);
	print_item(file, "own CPU", text);
	print_item(file, "own memory", BYTES_TEXT((double)result->memory));
}

static void
print_objectives(FILE *file, const char *option,
    const struct objective_list *list, const struct load_result *result)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct objective *objective = &list->items[i];
		char value[OBJECTIVE_TEXT_SIZE];
		char text[3 * OBJECTIVE_TEXT_SIZE];

		snprintf(text, sizeof(text), "%s: %s, %s", objective->text,
		    slo_is_met(objective, result) ? "met" : "MISSED",
		    objective_value_text(objective,
		    objective_value(objective, result), value,
		    sizeof(value)));
		fputs(i == 0 ? "\n" : "", file);
		print_item(file, i == 0 ? option : "", text);
	}
}

static void
print_verdict(FILE *file, const struct load_verdict *verdict)
{
	fputs(verdict->count == 0 ? "\nVALID\n" : "\nSUSPECT\n", file);
	for (size_t i = 0; i < verdict->count; i++) {
		fputs("  - ", file);
		report_text_wrap(file, 4, verdict->reasons[i]);
	}
}

void
report_text(FILE *file, const struct load_result *result)
{
	print_run(file, result);
	print_throughput(file, result);
	report_text_percentiles(file, result->total);
	report_text_histogram(file, result);
	print_counters(file, result);
	print_generator(file, result);
	report_text_errors(file, result);
	print_objectives(file, "objectives", &result->options->slo, result);
	print_objectives(file, "sought", &result->options->find_max, result);
	print_verdict(file, &result->verdict);
}

static void
print_line(FILE *file, const struct load_result *result, size_t run)
{
	const struct histogram *response =
	    &result->total->times[load_result_time(result)];

	fprintf(file, "%5zu %14s %10s %10s %10s %10s  %s\n", run + 1,
	    COUNT_TEXT((uint64_t)(load_result_rate(result) + 0.5)),
	    TIME_TEXT((double)histogram_percentile(response, 50)),
	    TIME_TEXT((double)histogram_percentile(response, 99)),
	    TIME_TEXT((double)response->most),
	    AMOUNT_TEXT((double)statistics_errors(result->total)),
	    result->verdict.count == 0 ? "VALID" : "SUSPECT");
}

static void
print_order(FILE *file, const char *by, const struct summary_order *order)
{
	fprintf(file, "%-*sbest %zu, median %zu, worst %zu\n", VALUE_COLUMN,
	    by, order->best + 1, order->median + 1, order->worst + 1);
}

void
report_text_runs(FILE *file, const struct load_result *const *results,
    size_t count)
{
	struct summary summary = { { 0 }, { 0 } };

	if (count == 0)
		return;
	if (count > 1 && summary_make(results, count, &summary) == 0) {
		fprintf(file, "%5s %14s %10s %10s %10s %10s\n", "run",
		    "a second", "p50", "p99", "max", "errors");
		for (size_t i = 0; i < count; i++)
			print_line(file, results[i], i);
		fputc('\n', file);
		print_order(file, "by rate", &summary.rate);
		print_order(file, "by p99", &summary.p99);
		fprintf(file, "\nThe median run by rate, number %zu:\n\n",
		    summary.rate.median + 1);
	}
	report_text(file, results[summary.rate.median]);
}
