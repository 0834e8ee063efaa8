/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* What is told in tables of names and values. */
#include "report_html_parts.h"

#include <inttypes.h>
#include <stdarg.h>

#include "format.h"
#include "html.h"
#include "option_values.h"
#include "search.h"
#include "slo.h"

void
report_html_pairs_begin(FILE *file, const char *heading)
{
	fprintf(file, "<section class=\"long\">\n<h2>%s</h2>\n"
	    "<div class=\"table\"><table class=\"pairs\"><tbody>\n", heading);
}

void
report_html_pair(FILE *file, const char *name, const char *format, ...)
{
	char text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	fputs("<tr><th scope=\"row\">", file);
	html_text(file, name);
	fputs("</th><td>", file);
	html_text(file, text);
	fputs("</td></tr>\n", file);
}

void
report_html_pairs_end(FILE *file)
{
	fputs("</tbody></table></div>\n</section>\n", file);
}

static void
write_objectives(FILE *file, const struct objective_list *list,
    const struct load_result *result)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct objective *objective = &list->items[i];
		bool met = slo_is_met(objective, result);
		char text[OBJECTIVE_TEXT_SIZE];

		fputs("<tr><th scope=\"row\">", file);
		html_text(file, objective->text);
		fprintf(file, "</th><td><strong class=\"%s\">%s</strong>: ",
		    met ? "good" : "bad", met ? "met" : "missed");
		html_text(file, objective_value_text(objective,
		    objective_value(objective, result), text, sizeof(text)));
		fputs("</td></tr>\n", file);
	}
}

void
report_html_objectives(FILE *file, const struct load_result *result)
{
	const struct load_options *options = result->options;

	if (options->slo.count + options->find_max.count == 0)
		return;
	report_html_pairs_begin(file, "Objectives");
	write_objectives(file, &options->slo, result);
	write_objectives(file, &options->find_max, result);
	report_html_pairs_end(file);
}

static void
write_trial(FILE *file, const struct search_trial *trial)
{
	fprintf(file, "<tr><th scope=\"row\">%s/s</th><td>%s</td><td>%s</td>"
	    "<td>%s</td><td>%s%s", AMOUNT_TEXT(trial->rate),
	    COUNT_TEXT((uint64_t)(trial->achieved + 0.5)),
	    TIME_TEXT((double)trial->p50), TIME_TEXT((double)trial->p99),
	    trial->met ? "met" : "missed", trial->reason[0] != '\0' ? ": " :
	    "");
	html_text(file, trial->reason);
	fputs("</td></tr>\n", file);
}

void
report_html_search(FILE *file, const struct load_result *result)
{
	const struct load_search *search = result->search;

	if (search == NULL)
		return;
	fputs("<section class=\"long\">\n<h2>Search for the highest rate</h2>"
	    "\n<div class=\"table\"><table>\n<thead><tr><th>tried</th>"
	    "<th>a second</th><th>p50</th><th>p99</th><th>objectives</th>"
	    "</tr></thead>\n<tbody>\n", file);
	for (size_t i = 0; i < search->count; i++)
		write_trial(file, &search->trials[i]);
	fputs("</tbody></table></div>\n</section>\n", file);
}

static void
write_error(FILE *file, const struct load_error *error)
{
	report_html_pair(file, statistics_counters[error->kind].help,
	    "%s; %s in all, the first on connection %s after %s",
	    error->text, COUNT_TEXT(error->count),
	    COUNT_TEXT(error->connection), TIME_TEXT(error->seconds * 1e9));
}

void
report_html_errors(FILE *file, const struct load_result *result)
{
	if (statistics_errors(result->total) == 0 &&
	    result->error_kinds == 0 && !result->difference.found)
		return;
	report_html_pairs_begin(file, "Errors");
	if (result->difference.found)
		report_html_pair(file, "first difference", "%s",
		    result->difference.text);
	for (size_t i = 0; i < result->error_kinds &&
	    i < LOAD_ERRORS_KEPT; i++)
		write_error(file, &result->errors[i]);
	report_html_pair(file, "all errors", "%s",
	    COUNT_TEXT(statistics_errors(result->total)));
	report_html_pairs_end(file);
}

void
report_html_counters(FILE *file, const struct load_result *result)
{
	report_html_pairs_begin(file, "Counted");
	for (size_t i = 0; i < COUNT_KINDS; i++)
		report_html_pair(file, statistics_counters[i].help, "%s",
		    COUNT_TEXT(result->total->counters[i]));
	report_html_pair(file, "connections open", "%.4g on the average, "
	    "%s at least, %s at most", result->connections_mean,
	    COUNT_TEXT(result->connections_least),
	    COUNT_TEXT(result->connections_most));
	report_html_pairs_end(file);
}

static void
write_messages(FILE *file, const struct load_verdict *verdict)
{
	report_html_pair(file, "Little's law",
	    "%.4g messages under way; rate times mean time is %.4g",
	    verdict->littles_law, verdict->littles_product);
	report_html_pair(file, "fairness (Jain's index)",
	    "%.3f; %s to %s echoes a connection", verdict->fairness,
	    COUNT_TEXT(verdict->least_messages),
	    COUNT_TEXT(verdict->most_messages));
}

void
report_html_generator(FILE *file, const struct load_result *result)
{
	const struct load_verdict *verdict = &result->verdict;

	report_html_pairs_begin(file, "What the verdict rests on");
	report_html_pair(file, "busiest thread", "%s of a processor",
	    SHARE_TEXT(verdict->cpu_share));
	report_html_pair(file, "processor time", "%s, %s of it in user mode",
	    TIME_TEXT(result->cpu * 1e9), TIME_TEXT(result->cpu_user * 1e9));
	report_html_pair(file, "memory", "%s at most",
	    BYTES_TEXT((double)result->memory));
	report_html_pair(file, "lag of sending, p99", "%s",
	    TIME_TEXT(verdict->lag_p99));
	if (result->options->mode != MODE_HANDSHAKES)
		write_messages(file, verdict);
	report_html_pair(file, "connections open", "%s of those asked for",
	    SHARE_TEXT(verdict->open_share));
	report_html_pairs_end(file);
}

static void
write_tls(FILE *file, const struct tls_parameters *tls)
{
	report_html_pair(file, "TLS in use", "%s, %s%s%s", tls->version,
	    tls->cipher, tls->group[0] != '\0' ? ", " : "", tls->group);
	report_html_pair(file, "certificate", "%s", tls->subject);
	report_html_pair(file, "verified", "%s", tls->verified);
}

void
report_html_options(FILE *file, const struct load_result *result)
{
	char buffer[OPTION_VALUE_SIZE];

	report_html_pairs_begin(file, "Options in force");
	report_html_pair(file, "seed in use", "%" PRIu64, result->seed);
	if (result->peer[0] != '\0')
		report_html_pair(file, "address that answered", "%s",
		    result->peer);
	if (result->encrypted)
		write_tls(file, &result->tls);
	for (size_t i = 0; i < option_values_count; i++) {
		const char *text = option_value_text(&option_values[i],
		    result->options, buffer, sizeof(buffer));

		if (text != NULL && text[0] != '\0')
			report_html_pair(file, option_values[i].name, "%s",
			    text);
	}
	report_html_pairs_end(file);
}
