/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/metrics.h"

#include "looks.h"
#include "unit.h"
#include "fixture.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

static char *text;
static size_t length;

static void
make_text(void)
{
	struct look look;

	looks_make();
	look_begin(&look, &looks_observed, &looks_files);
	text = metrics_text(&look, &length);
	look_end(&look);
	ck_assert_ptr_nonnull(text);
	ck_assert_uint_eq(strlen(text), length);
}

static void
end(void)
{
	free(text);
	looks_clear();
}

static void
assert_has(const char *line)
{
	const char *found = strstr(text, line);

	ck_assert_msg(found != NULL && (found == text || found[-1] == '\n') &&
	    found[strlen(line)] == '\n', "no line '%s' in\n%s", line, text);
}

START_TEST(numbers)
{
	make_text();
	assert_has("# HELP echod_connections Connections that are open.");
	assert_has("# TYPE echod_connections gauge");
	assert_has("echod_connections{listener=\"main\"} 7");
	assert_has("# TYPE echod_connections_accepted_total counter");
	assert_has("echod_connections_accepted_total{listener=\"main\"} 30");
	/* Beyond what fits into 32 bits, and to the last digit. */
	assert_has("echod_echoed_bytes_total{listener=\"main\"} "
	    "4503599627370496");
	assert_has("echod_connections_ended_total{listener=\"main\","
	    "reason=\"reset\"} 5");
	assert_has("echod_connections_limit +Inf");
	assert_has("echod_phase{phase=\"serving\"} 1");
	assert_has("echod_phase{phase=\"draining\"} 0");
	assert_has("echod_ready 1");
	assert_has("echod_workers 2");
	assert_has("echod_reloads_total{result=\"failed\"} 0");
	end();
}
END_TEST

START_TEST(numbers_of_tls)
{
	make_text();
	assert_has("echod_tls_handshakes_total{listener=\"main\"} 7");
	assert_has("echod_tls_resumptions_total{listener=\"main\"} 2");
	assert_has("echod_tls_connections_total{listener=\"main\","
	    "version=\"TLSv1.3\"} 6");
	assert_has("echod_tls_connections_total{listener=\"main\","
	    "version=\"TLSv1.2\"} 1");
	assert_has("echod_tls_handshake_failures_total{listener=\"main\","
	    "reason=\"timeout\"} 8");
	assert_has("echod_tls_bad_ends_total{listener=\"main\","
	    "reason=\"truncated\"} 0");
	assert_has("echod_tls_tickets_total{listener=\"main\","
	    "result=\"unknown\"} 0");
	/* A plain listener has none of it. */
	ck_assert_ptr_null(strstr(text,
	    "echod_tls_handshakes_total{listener=\"a"));
	end();
}
END_TEST

START_TEST(labels_are_escaped)
{
	make_text();
	assert_has("echod_connections{listener=\"a\\\"b\\\\c\\nd\"} 1");
	end();
}
END_TEST

START_TEST(a_histogram_adds_up)
{
	latency_add(&looks_workers[1].latency, 40000);
	latency_add(&looks_workers[1].latency, 60000);
	latency_add(&looks_workers[1].latency, INT64_C(7000000000));
	make_text();
	assert_has("# TYPE echod_loop_latency_seconds histogram");
	assert_has("echod_loop_latency_seconds_bucket{worker=\"1\","
	    "le=\"5e-05\"} 1");
	assert_has("echod_loop_latency_seconds_bucket{worker=\"1\","
	    "le=\"0.0001\"} 2");
	assert_has("echod_loop_latency_seconds_bucket{worker=\"1\","
	    "le=\"5\"} 2");
	assert_has("echod_loop_latency_seconds_bucket{worker=\"1\","
	    "le=\"+Inf\"} 3");
	assert_has("echod_loop_latency_seconds_sum{worker=\"1\"} 7.0001");
	assert_has("echod_loop_latency_seconds_count{worker=\"1\"} 3");
	assert_has("echod_loop_latency_seconds_count{worker=\"0\"} 0");
	end();
}
END_TEST

/* What Prometheus asks of names, and what the table asks of its rows. */
START_TEST(the_table_is_sound)
{
	for (size_t i = 0; i < metrics_count; i++) {
		const struct metric *metric = &metrics[i];
		size_t size = strlen(metric->name);
		bool total = size > 6 &&
		    strcmp(metric->name + size - 6, "_total") == 0;

		for (size_t j = 0; j < size; j++)
			ck_assert_msg(islower(metric->name[j]) ||
			    metric->name[j] == '_', "%s", metric->name);
		ck_assert_msg(total == (metric->kind == METRIC_COUNTER), "%s",
		    metric->name);
		ck_assert_msg((metric->number != NULL) +
		    (metric->of_listener != NULL) +
		    (metric->samples != NULL) == 1, "%s", metric->name);
		ck_assert_msg(metric->help[strlen(metric->help) - 1] != '.',
		    "%s", metric->name);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(metrics[j].name, metric->name);
	}
}
END_TEST

/* Each counter that there is has its metric. */
START_TEST(no_counter_is_forgotten)
{
	make_text();
	for (size_t i = 0; i < counter_row_count; i++) {
		char line[256];

		snprintf(line, sizeof(line), "echod_%s_total{listener=\"main\","
		    "%s=\"%s\"}", counter_rows[i].name, counter_rows[i].label,
		    counter_rows[i].value);
		ck_assert_msg(strstr(text, line) != NULL, "%s", line);
	}
	end();
}
END_TEST

/* Its section METRICS has each of them, in the table's order, and no other. */
START_TEST(the_manual_has_every_metric)
{
	const char *begin = strstr(fixture_source("man/echod.8"),
	    "\n.Sh METRICS\n");
	const char *at = begin;
	const char *end;
	size_t items = 0;

	ck_assert_ptr_nonnull(at);
	end = strstr(at, "\n.Sh ENVIRONMENT\n");
	ck_assert_ptr_nonnull(end);
	for (size_t i = 0; i < metrics_count; i++) {
		char line[128];
		size_t size = (size_t)snprintf(line, sizeof(line),
		    "\n.It Li %s", metrics[i].name);

		at = strstr(at, line);
		ck_assert_msg(at != NULL && at < end && (at[size] == '\n' ||
		    at[size] == ' '), "man/echod.8 lacks %s, or has it "
		    "elsewhere", metrics[i].name);
	}
	for (at = begin; (at = strstr(at, "\n.It Li ")) != NULL && at < end;
	    at++)
		items++;
	ck_assert_uint_eq(items, metrics_count);
}
END_TEST

START_TEST(what_is_not_known_is_left_out)
{
	struct look look;

	looks_make();
	look_begin(&look, &looks_observed, &looks_files);
	look.usage.open_fds = (double)NAN;
	text = metrics_text(&look, &length);
	look_end(&look);
	ck_assert_ptr_nonnull(text);
	ck_assert_ptr_nonnull(strstr(text, "# TYPE process_open_fds gauge\n"));
	ck_assert_ptr_null(strstr(text, "\nprocess_open_fds "));
	end();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { numbers, numbers_of_tls,
	    labels_are_escaped, a_histogram_adds_up, the_table_is_sound,
	    no_counter_is_forgotten, the_manual_has_every_metric,
	    what_is_not_known_is_left_out };

	return UNIT_RUN("metrics", tests);
}
