/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_html.h"

#include <event2/event.h>
#include <openssl/crypto.h>

#include "format.h"
#include "html.h"
#include "html_page.h"
#include "report_html_parts.h"
#include "summary.h"

static void
write_mode(FILE *file, const struct load_options *options)
{
	char plan[1024];

	html_print(file, "%s%s", load_mode_names[options->mode],
	    options->mode <= MODE_OPEN ? " loop" : "");
	if (options->rate.count > 0)
		html_print(file, " at %s a second (%s)", rate_plan_text(
		    &options->rate, plan, sizeof(plan)),
		    load_arrivals_names[options->arrivals]);
	html_print(file, ", %s connections",
	    COUNT_TEXT((uint64_t)options->connections));
	if (options->mode != MODE_HANDSHAKES)
		html_print(file, ", %s bytes a message",
		    sizes_text(&options->sizes, plan, sizeof(plan)));
}

static void
write_verdict(FILE *file, const struct load_verdict *verdict)
{
	if (verdict->count == 0) {
		fputs("<p class=\"verdict good\">VALID</p>\n", file);
		return;
	}
	fputs("<p class=\"verdict bad\">SUSPECT</p>\n<ul>\n", file);
	for (size_t i = 0; i < verdict->count; i++) {
		fputs("<li>", file);
		html_text(file, verdict->reasons[i]);
		fputs("</li>\n", file);
	}
	fputs("</ul>\n", file);
}

static void
write_head(FILE *file, const struct load_result *result)
{
	const struct load_options *options = result->options;

	fputs(html_page_begin, file);
	html_print(file, "echo-load: %s, %s", options->text,
	    DATE_TEXT(result->started));
	fputs(html_page_head, file);
	fputs("<header>\n<p class=\"brand\">echo-load " PACKAGE_VERSION
	    "</p>\n<h1>", file);
	html_text(file, options->text);
	fputs("</h1>\n<p class=\"soft\">", file);
	write_mode(file, options);
	fputs("</p>\n<p class=\"soft\">", file);
	html_print(file, "%s; %s measured of %s, ended by: %s",
	    DATE_TEXT(result->started), TIME_TEXT(result->measured * 1e9),
	    TIME_TEXT(result->elapsed * 1e9), load_end_names[result->end]);
	fputs("</p>\n", file);
	write_verdict(file, &result->verdict);
	fputs("</header>\n", file);
}

static void
write_run(FILE *file, const struct load_result *result, size_t run,
    const struct summary *summary)
{
	const struct histogram *response =
	    &result->total->times[load_result_time(result)];

	fprintf(file, "<tr><th scope=\"row\">%zu%s%s%s</th>", run + 1,
	    run == summary->rate.best ? ", best" : "",
	    run == summary->rate.median ? ", median" : "",
	    run == summary->rate.worst ? ", worst" : "");
	fprintf(file, "<td>%s</td><td>%s</td><td>%s</td><td>%s</td>"
	    "<td>%s</td></tr>\n",
	    COUNT_TEXT((uint64_t)(load_result_rate(result) + 0.5)),
	    TIME_TEXT((double)histogram_percentile(response, 50)),
	    TIME_TEXT((double)histogram_percentile(response, 99)),
	    AMOUNT_TEXT((double)statistics_errors(result->total)),
	    result->verdict.count == 0 ? "VALID" : "SUSPECT");
}

static void
write_runs(FILE *file, const struct load_result *const *results, size_t count,
    const struct summary *summary)
{
	fprintf(file, "<section>\n<h2>All %zu runs</h2>\n"
	    "<p class=\"soft\">This page shows number %zu, the median by "
	    "rate.</p>\n<div class=\"table\"><table class=\"figures\">\n"
	    "<thead><tr><th>run</th><th>a second</th><th>p50</th>"
	    "<th>p99</th><th>errors</th><th>verdict</th></tr></thead>\n"
	    "<tbody>\n", count, summary->rate.median + 1);
	for (size_t i = 0; i < count; i++)
		write_run(file, results[i], i, summary);
	fputs("</tbody></table></div>\n</section>\n", file);
}

static void
write_end(FILE *file)
{
	fputs("<footer>echo-load " PACKAGE_VERSION ", ", file);
	html_print(file, "libevent %s, OpenSSL %s", event_get_version(),
	    OpenSSL_version(OPENSSL_VERSION_STRING));
	fputs("</footer>\n", file);
	fputs(html_page_end, file);
}

int
report_html_runs(FILE *file, const struct load_result *const *results,
    size_t count)
{
	static report_html_part *const parts[] = {
		report_html_objectives, report_html_search,
		report_html_pictures, report_html_percentiles,
		report_html_errors,
		report_html_counters, report_html_generator,
		report_html_options,
	};
	const struct load_result *result;
	struct summary summary;
	int err;

	if (count == 0)
		return 0;
	err = summary_make(results, count, &summary);
	if (err < 0)
		return err;
	result = results[summary.rate.median];
	write_head(file, result);
	report_html_cards(file, result);
	if (count > 1)
		write_runs(file, results, count, &summary);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		parts[i](file, result);
	write_end(file);
	return 0;
}
