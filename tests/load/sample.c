/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "sample.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "load/random.h"
#include "load/verdict.h"

#define ECHOES 20000
#define MS 1000000

static struct load_options full_options = {
	.text = "echo.example:7007",
	.mode = MODE_OPEN,
	.connections = 50,
	.depth = 4,
	.threads = 2,
	.rate = { .count = 1, .parts = { { 2500, 2500, INFINITY } } },
	.arrivals = ARRIVALS_POISSON,
	.sizes = { .count = 2, .weights = 10, .parts = {
	    { 64, 64, 9 }, { 1024, 16384, 1 } } },
	.duration = 10,
	.warm_up = 1,
	.cool_down = 1,
	.timeout = 10,
	.seed = 1234,
	.seed_given = true,
	.verify = true,
	.tls = { .enabled = true, .ca = "ca.pem" },
	.resume = true,
	.runs = 1,
	.slo = { .count = 2, .items = {
	    { .kind = OBJECTIVE_PERCENTILE, .relation = OBJECTIVE_LESS,
	    .time = TIME_RESPONSE, .percent = 99, .bound = 500 * MS,
	    .text = "p99<500ms" },
	    { .kind = OBJECTIVE_ERRORS, .relation = OBJECTIVE_EQUAL,
	    .text = "errors=0" } } },
	.interval = 0.25,
	.json = true,
};

static struct load_options handshakes_options = {
	.text = "echo.example:7007",
	.mode = MODE_HANDSHAKES,
	.connections = 10,
	.depth = 1,
	.threads = 1,
	.sizes = { .count = 1, .weights = 1, .parts = { { 64, 64, 1 } } },
	.duration = 2,
	.timeout = 10,
	.tls = { .enabled = true },
	.resume = true,
	.runs = 1,
	.interval = 0.1,
};

static struct load_options plain_options = {
	.text = "127.0.0.1:7007",
	.mode = MODE_CLOSED,
	.connections = 1,
	.depth = 1,
	.threads = 1,
	.sizes = { .count = 1, .weights = 1, .parts = { { 64, 64, 1 } } },
	.count = 1,
	.timeout = 10,
	.verify = true,
	.runs = 1,
	.interval = 1,
};

static struct load_options hostile_options = {
	.text = "unix:/<script>alert(1)</script>&\"'\xff",
	.mode = MODE_BULK,
	.connections = INT64_MAX,
	.depth = 1,
	.threads = 1,
	.sizes = { .count = 1, .weights = 1, .parts = { { 1, 1, 1 } } },
	.bytes = UINT64_C(1) << 40,
	.sources = "\x1b[31mred",
	.runs = 1,
	.interval = 1,
	.html_file = "</style><img src=\"http://192.0.2.1/\">",
};

/* Some tens of microseconds as a rule, and a tail. */
static int64_t
draw_service(struct random *random, double faster)
{
	double value = 60e3 + 40e3 * random_exponential(random);

	if (random_share(random) < 0.002)
		value += 3e6 * random_exponential(random);
	return (int64_t)(value / faster);
}

/* What a stall of 300 ms at 6 s has made of those due meanwhile. */
static int64_t
stall_at(double seconds)
{
	double left = 6.3 - seconds;

	return seconds > 6 && left > 0 ? (int64_t)(left * 1e9) : 0;
}

static void
add_echoes(struct load_result *result, double faster)
{
	struct histogram *times = result->total->times;
	struct random random;

	random_init(&random, 1234, 99);
	for (int i = 0; i < ECHOES; i++) {
		double seconds = 1 + 8.0 * i / ECHOES;
		int64_t service = draw_service(&random, faster);
		int64_t lag = (int64_t)(3e3 +
		    4e3 * random_exponential(&random));

		histogram_add(&times[TIME_SERVICE], service);
		histogram_add(&times[TIME_LAG], lag + stall_at(seconds));
		histogram_add(&times[TIME_RESPONSE],
		    service + lag + stall_at(seconds));
	}
	for (int i = 0; i < 50; i++) {
		histogram_add(&times[TIME_CONNECT], 90000 + 1000 * i);
		histogram_add(&times[TIME_HANDSHAKE_FULL], 900000 + 9000 * i);
	}
	histogram_add(&times[TIME_HANDSHAKE_RESUMED], 400000);
}

static void
add_series(struct load_result *result, double faster)
{
	for (int i = 0; i < 40; i++) {
		double start = 0.25 * i;
		bool stalled = stall_at(start + 0.2) > 0;
		struct series_entry entry = {
			.start = start, .seconds = 0.25,
			.sent = 625, .received = stalled ? 200 : 620,
			.errors = i == 24 ? 2 : 0,
			.bytes_received = 40000,
			.connections = 50,
			.p50 = (int64_t)((85000 + 900 * (i % 7)) / faster),
			.p90 = 160000, .p99 = 290000 + 9000 * (i % 5),
			.p999 = 3 * MS, .most = 4 * MS + 100000 * (i % 11),
			.lag_p99 = 20000,
		};

		if (stalled) {
			entry.p50 = 120 * MS;
			entry.p99 = 290 * MS;
			entry.most = 300 * MS;
		}
		result->series.entries[result->series.count++] = entry;
	}
	result->series.joined = 1;
}

static void
fill_counters(struct load_result *result)
{
	uint64_t *counters = result->total->counters;

	counters[COUNT_SENT] = ECHOES + 5;
	counters[COUNT_RECEIVED] = ECHOES;
	counters[COUNT_WRONG] = 1;
	counters[COUNT_UNANSWERED] = 4;
	counters[COUNT_BYTES_SENT] = 18300000;
	counters[COUNT_BYTES_RECEIVED] = 18295000;
	counters[COUNT_OPENED] = 51;
	counters[COUNT_CLOSED] = 50;
	counters[COUNT_HANDSHAKES] = 51;
	counters[COUNT_RESUMED] = 1;
	counters[COUNT_RESET_ERRORS] = 1;
}

static void
fill_errors(struct load_result *result)
{
	result->error_kinds = 2;
	result->errors[0] = (struct load_error){ .kind = COUNT_RESET_ERRORS,
	    .count = 1, .connection = 17, .seconds = 6.125,
	    .text = "connection lost (Connection reset by peer)" };
	result->errors[1] = (struct load_error){ .kind = COUNT_WRONG,
	    .count = 1, .connection = 3, .seconds = 6.5,
	    .text = "byte 77 of message 12 differs" };
	result->difference = (struct load_difference){ .found = true,
	    .connection = 3, .message = 12, .offset = 4711, .within = 77,
	    .expected = 0x41, .received = -1,
	    .text = "connection 3, message 12, byte 77 (4711 of the stream): "
	    "expected 0x41, received nothing" };
}

static void
fill_verdict(struct load_result *result)
{
	result->verdict = (struct load_verdict){ .count = 2,
	    .kinds = { SUSPECT_WRONG, SUSPECT_LAG },
	    .reasons = { "1 echo was wrong", "messages were sent late: p99 of "
	    "the lag is 250 ms, and should be below 1 ms; take more threads, "
	    "or a lower rate" }, .cpu_share = 0.42, .lag_p99 = 250e6,
	    .littles_law = 0.31, .littles_product = 0.3,
	    .fairness = 0.998, .least_messages = 380, .most_messages = 421,
	    .open_share = 0.9996 };
}

static void
fill_full(struct load_result *result, double faster)
{
	result->seed = UINT64_MAX;
	snprintf(result->peer, sizeof(result->peer), "[2001:db8::7]:7007");
	result->encrypted = true;
	result->tls = (struct tls_parameters){ .version = "TLSv1.3",
	    .cipher = "TLS_AES_256_GCM_SHA384", .group = "X25519",
	    .subject = "CN=echo.example", .issuer = "CN=authority",
	    .expires = "2027-01-31T23:59:59Z", .verified = "ok" };
	result->started = 1700000000.25;
	result->elapsed = 10;
	result->measured_from = 1;
	result->measured = 8 / faster;
	result->end = END_DURATION;
	result->reached_end = true;
	result->offered = ECHOES + 4;
	result->cpu = 3.2;
	result->cpu_user = 1.1;
	result->memory = 21 * 1000 * 1000;
	result->under_way = 0.31;
	result->connections_mean = 49.98;
	result->connections_least = 49;
	result->connections_most = 50;
	result->echoes_sum = ECHOES;
	result->echoes_squares = 8000123;
	result->echoes_least = 380;
	result->echoes_most = 421;
	result->status = LOAD_WRONG;
	add_echoes(result, faster);
	add_series(result, faster);
	fill_counters(result);
	fill_errors(result);
	fill_verdict(result);
}

static void
fill_single(struct load_result *result)
{
	result->seed = 7;
	result->elapsed = result->measured = 0.5;
	result->end = END_COUNT;
	result->reached_end = true;
	result->verdict.fairness = 1;
	result->verdict.open_share = 1;
	result->connections_mean = 1;
	result->connections_least = result->connections_most = 1;
	for (size_t i = TIME_RESPONSE; i <= TIME_CONNECT; i++)
		histogram_add(&result->total->times[i], 100000);
	result->total->counters[COUNT_SENT] = 1;
	result->total->counters[COUNT_RECEIVED] = 1;
	result->series.count = result->series.joined = 1;
	result->series.entries[0] = (struct series_entry){ .seconds = 0.5,
	    .sent = 1, .received = 1, .connections = 1, .p50 = 100000,
	    .p90 = 100000, .p99 = 100000, .p999 = 100000, .most = 100000 };
}

static void
fill_handshakes(struct load_result *result)
{
	struct histogram *times = result->total->times;

	result->elapsed = result->measured = 2;
	result->end = END_DURATION;
	result->reached_end = true;
	for (int64_t i = 0; i < 1000; i++) {
		histogram_add(&times[TIME_CONNECT], 20000 + 10 * i);
		histogram_add(&times[i < 100 ? TIME_HANDSHAKE_FULL :
		    TIME_HANDSHAKE_RESUMED], (i < 100 ? 900000 : 400000) +
		    100 * i);
	}
	for (int i = 0; i < 20; i++)
		result->series.entries[result->series.count++] =
		    (struct series_entry){ .start = 0.1 * i, .seconds = 0.1,
		    .opened = 51, .handshakes = 50 - (uint64_t)(i % 4),
		    .connections = 10, .p50 = 410000 + 5000 * (i % 3),
		    .p90 = 480000, .p99 = 490000 + 20000 * (i % 5),
		    .p999 = 980000, .most = 990000 };
	result->series.joined = 1;
	result->total->counters[COUNT_OPENED] = 1000;
	result->total->counters[COUNT_HANDSHAKES] = 1000;
	result->total->counters[COUNT_RESUMED] = 900;
}

static void
fill_hostile(struct load_result *result)
{
	struct load_error *error = &result->errors[0];

	fill_single(result);
	result->end = END_FAILED;
	result->status = LOAD_FAILED;
	result->verdict.count = 1;
	result->verdict.kinds[0] = SUSPECT_ERRORS;
	memset(result->verdict.reasons[0], 'w',
	    sizeof(result->verdict.reasons[0]) - 1);
	histogram_add(&result->total->times[TIME_RESPONSE], INT64_MAX);
	histogram_add(&result->total->times[TIME_RESPONSE], 0);
	for (size_t i = 0; i < COUNT_KINDS; i++)
		result->total->counters[i] = INT64_MAX / 32;
	result->error_kinds = 1;
	error->kind = COUNT_OTHER_ERRORS;
	error->count = 1;
	snprintf(error->text, sizeof(error->text),
	    "<b>\x07\xc3\x28</b> & \"more\"");
	result->difference.found = true;
	snprintf(result->difference.text, sizeof(result->difference.text),
	    "<i>a difference\r\n");
}

static struct load_options *
options_of(const char *name)
{
	if (strcmp(name, "full") == 0)
		return &full_options;
	if (strcmp(name, "handshakes") == 0)
		return &handshakes_options;
	return strcmp(name, "hostile") == 0 ? &hostile_options :
	    &plain_options;
}

struct load_result *
sample_new_run(const char *name, int64_t run, double faster)
{
	struct load_result *result = load_result_new(options_of(name));

	if (result == NULL)
		return NULL;
	result->run = run;
	result->end = END_FAILED;
	if (strcmp(name, "full") == 0)
		fill_full(result, faster);
	else if (strcmp(name, "single") == 0)
		fill_single(result);
	else if (strcmp(name, "handshakes") == 0)
		fill_handshakes(result);
	else if (strcmp(name, "hostile") == 0)
		fill_hostile(result);
	else if (strcmp(name, "empty") != 0) {
		load_result_free(result);
		return NULL;
	}
	return result;
}

struct load_result *
sample_new(const char *name)
{
	return sample_new_run(name, 1, 1);
}
