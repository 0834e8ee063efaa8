/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* The table of metrics, and what each of them is. */
#include "common/log.h"
#include "metrics.h"
#include "tally.h"

#include <event2/event.h>
#include <math.h>
#include <openssl/crypto.h>
#include <string.h>

/* --------------------------------------------------------------- the daemon */

static void
build_info(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	const struct metric_label labels[METRIC_LABELS] = {
		{ "version", PACKAGE_VERSION },
		{ "libevent", event_get_version() },
		{ "openssl", OpenSSL_version(OPENSSL_VERSION_STRING) },
	};

	(void)look;
	metrics_sample(output, metric, labels, 1);
}

static double
ready(const struct look *look)
{
	char text[256];

	return look_is_ready(look, text, sizeof(text)) ? 1 : 0;
}

static void
phases(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	for (int i = 0; i < PHASES; i++) {
		const struct metric_label labels[METRIC_LABELS] = {
			{ "phase", phase_name((enum phase)i) },
		};

		metrics_sample(output, metric, labels,
		    look->phase == (enum phase)i ? 1 : 0);
	}
}

static double
workers(const struct look *look)
{
	return (double)look->observed->worker_count;
}

static void
reloads(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	const struct reload *reload = look->observed->reload;
	const struct metric_label good[METRIC_LABELS] = { { "result", "good" } };
	const struct metric_label failed[METRIC_LABELS] = {
		{ "result", "failed" },
	};

	metrics_sample(output, metric, good, (double)tally_get(&reload->good));
	metrics_sample(output, metric, failed,
	    (double)tally_get(&reload->failed));
}

static double
last_reload_good(const struct look *look)
{
	return atomic_load(&look->observed->reload->last_failed) ? 0 : 1;
}

static double
last_good_reload(const struct look *look)
{
	return (double)atomic_load(&look->observed->reload->last_good);
}

static double
log_lines_lost(const struct look *look)
{
	(void)look;
	return (double)log_lost();
}

/* ---------------------------------------------------- connections and bytes */

static double
connections(const struct observed_listener *listener)
{
	return (double)traffic_sum(listener->traffic).open;
}

static double
accepted(const struct observed_listener *listener)
{
	return (double)traffic_sum(listener->traffic).total;
}

static double
echoed(const struct observed_listener *listener)
{
	return (double)traffic_sum(listener->traffic).echoed;
}

/* 0 is no limit. */
static double
limit(uint64_t number)
{
	return number > 0 ? (double)number : (double)INFINITY;
}

static double
counted(const struct look *look)
{
	return (double)look->limits.connections;
}

static double
limit_of_connections(const struct look *look)
{
	return limit(look->limits.max_connections);
}

static double
buffered(const struct look *look)
{
	return (double)look->limits.buffered;
}

static double
limit_of_buffered(const struct look *look)
{
	return limit(look->limits.max_buffered);
}

/* The rows of the counters' own table that have the metric's name. */
static void
by_reason(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	const char *name = metric->name + strlen("echod_");

	for (size_t i = 0; i < look->listeners->count; i++)
		for (size_t j = 0; j < counter_row_count; j++) {
			struct traffic *traffic =
			    look->listeners->items[i].traffic;
			const struct counter_row *row = &counter_rows[j];
			const struct metric_label labels[METRIC_LABELS] = {
				{ "listener", traffic->name },
				{ row->label, row->value },
			};
			size_t length = strlen(row->name);

			if (strncmp(row->name, name, length) == 0 &&
			    strcmp(name + length, "_total") == 0)
				metrics_sample(output, metric, labels,
				    (double)counter_get(&traffic->counters,
				    row));
		}
}

/* ---------------------------------------------------------------- the loops */

static void
loop_latency(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	for (size_t i = 0; i < look->observed->worker_count; i++) {
		char number[24];
		const struct metric_label label = { "worker", number };

		snprintf(number, sizeof(number), "%zu", i);
		metrics_histogram(output, metric, &label,
		    &look->observed->workers[i].latency);
	}
}

static void
loop_standing(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	for (size_t i = 0; i <= look->observed->worker_count; i++) {
		char name[32];
		const struct metric_label labels[METRIC_LABELS] = {
			{ "loop", look_loop_name(look, i, name, sizeof(name)) },
		};

		metrics_sample(output, metric, labels, look_standing(look, i));
	}
}

/* ---------------------------------------------------------------------- TLS */

static double
tls_number(const struct observed_listener *listener, size_t offset)
{
	const char *start;

	if (listener->tls == NULL)
		return (double)NAN;
	start = (const char *)&listener->tls->statistics;
	return (double)tally_get((const void *)(start + offset));
}

static double
tls_handshakes(const struct observed_listener *listener)
{
	return tls_number(listener, offsetof(struct tls_statistics,
	    handshakes));
}

static double
tls_resumptions(const struct observed_listener *listener)
{
	return tls_number(listener, offsetof(struct tls_statistics, resumed));
}

static double
tls_client_certificates(const struct observed_listener *listener)
{
	return tls_number(listener, offsetof(struct tls_statistics,
	    with_client));
}

/* Numbers of the listeners that speak TLS, in an array, by name. */
static void
tls_array(struct metrics_output *output, const struct metric *metric,
    const struct look *look, const char *label, size_t offset, size_t count,
    const char *(*name)(size_t i))
{
	for (size_t i = 0; i < look->listeners->count; i++)
		for (size_t j = 0; j < count; j++) {
			const struct observed_listener *listener =
			    &look->listeners->items[i];
			const struct metric_label labels[METRIC_LABELS] = {
				{ "listener", listener->traffic->name },
				{ label, name(j) },
			};

			if (listener->tls != NULL)
				metrics_sample(output, metric, labels,
				    tls_number(listener, offset +
				    j * sizeof(_Atomic uint64_t)));
		}
}

static const char *
failure_name(size_t i)
{
	return aw_tls_reason_name((aw_tls_reason)i);
}

static void
tls_failures(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	tls_array(output, metric, look, "reason",
	    offsetof(struct tls_statistics, failures), AW_TLS_REASONS,
	    failure_name);
}

static const char *
end_name(size_t i)
{
	return tls_end_name((enum tls_end)i);
}

static void
tls_ends(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	tls_array(output, metric, look, "reason",
	    offsetof(struct tls_statistics, ends), TLS_ENDS, end_name);
}

static const char *
version_name(size_t i)
{
	return i == 0 ? "TLSv1.2" : "TLSv1.3";
}

/* The two lie side by side. */
static void
tls_versions(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	_Static_assert(offsetof(struct tls_statistics, tls_1_3) ==
	    offsetof(struct tls_statistics, tls_1_2) +
	    sizeof(_Atomic uint64_t), "in this order");

	tls_array(output, metric, look, "version",
	    offsetof(struct tls_statistics, tls_1_2), 2, version_name);
}

static void
tls_tickets(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	for (size_t i = 0; i < look->listeners->count; i++) {
		const struct observed_listener *listener =
		    &look->listeners->items[i];
		struct metric_label labels[METRIC_LABELS] = {
			{ "listener", listener->traffic->name },
			{ "result", "accepted" },
		};

		if (listener->tls == NULL)
			continue;
		metrics_sample(output, metric, labels,
		    (double)tally_get(&listener->tls->tickets.accepted));
		labels[1].value = "unknown";
		metrics_sample(output, metric, labels,
		    (double)tally_get(&listener->tls->tickets.unknown));
	}
}

static void
tls_not_after(struct metrics_output *output, const struct metric *metric,
    const struct look *look)
{
	for (size_t i = 0; i < look->listeners->count; i++) {
		const struct observed_listener *listener =
		    &look->listeners->items[i];

		for (size_t j = 0; j < listener->certificate_count; j++) {
			const struct metric_label labels[METRIC_LABELS] = {
				{ "listener", listener->traffic->name },
				{ "file", listener->certificates[j].file },
			};

			metrics_sample(output, metric, labels,
			    listener->certificates[j].not_after);
		}
	}
}

/* -------------------------------------------------------------- the process */

#define USAGE(name, field) \
static double \
name(const struct look *look) \
{ \
	return look->usage.field; \
}

USAGE(cpu_seconds, cpu)
USAGE(resident_memory, resident)
USAGE(virtual_memory, virtual)
USAGE(anonymous_memory, anonymous)
USAGE(open_fds, open_fds)
USAGE(max_fds, max_fds)

static double
start_time(const struct look *look)
{
	return look->observed->started;
}

/* ---------------------------------------------------------------- the table */

#define GAUGE(name_, function, help_) \
	{ .name = name_, .help = help_, .kind = METRIC_GAUGE, function }
#define COUNTER(name_, function, help_) \
	{ .name = name_, .help = help_, .kind = METRIC_COUNTER, function }

const struct metric metrics[] = {
	GAUGE("echod_build_info", .samples = build_info,
	    "Always 1; the labels say what it was made of"),
	GAUGE("echod_ready", .number = ready,
	    "Whether new connections are welcome, as /readyz says"),
	GAUGE("echod_phase", .samples = phases,
	    "1 for the phase that echod is in: starting, serving, leaving, "
	    "draining"),
	GAUGE("echod_workers", .number = workers,
	    "Threads that serve"),
	GAUGE("echod_connections", .of_listener = connections,
	    "Connections that are open"),
	GAUGE("echod_connections_counted", .number = counted,
	    "Connections that count for the limit, TLS handshakes included"),
	GAUGE("echod_connections_limit", .number = limit_of_connections,
	    "How many connections there may be, of all listeners"),
	COUNTER("echod_connections_accepted_total", .of_listener = accepted,
	    "Connections so far; of TLS those whose handshake succeeded"),
	COUNTER("echod_connections_ended_total", .samples = by_reason,
	    "Connections that have ended, by the reason"),
	COUNTER("echod_connections_refused_total", .samples = by_reason,
	    "Connections that were closed as soon as they were accepted"),
	COUNTER("echod_accept_pauses_total", .samples = by_reason,
	    "Times that new connections had to wait to be accepted"),
	COUNTER("echod_echoed_bytes_total", .of_listener = echoed,
	    "Bytes that were echoed, on connections that are open as well"),
	GAUGE("echod_buffered_bytes", .number = buffered,
	    "Bytes that wait to be sent"),
	GAUGE("echod_buffered_limit_bytes", .number = limit_of_buffered,
	    "How many of them there may be, of all connections"),
	{
		.name = "echod_loop_latency_seconds",
		.help = "How long a worker's loop took to turn, each second",
		.kind = METRIC_HISTOGRAM,
		.samples = loop_latency,
	},
	GAUGE("echod_loop_standing_seconds", .samples = loop_standing,
	    "For how long a loop has not turned; 0 while it turns"),
	COUNTER("echod_tls_handshakes_total", .of_listener = tls_handshakes,
	    "TLS handshakes that succeeded"),
	COUNTER("echod_tls_resumptions_total", .of_listener = tls_resumptions,
	    "Those of them that resumed a session"),
	COUNTER("echod_tls_client_certificates_total",
	    .of_listener = tls_client_certificates,
	    "Those of them in which the client showed a certificate"),
	COUNTER("echod_tls_connections_total", .samples = tls_versions,
	    "The same handshakes by the version of TLS"),
	COUNTER("echod_tls_handshake_failures_total", .samples = tls_failures,
	    "TLS handshakes that failed, by the reason"),
	COUNTER("echod_tls_bad_ends_total", .samples = tls_ends,
	    "TLS connections that ended badly after their handshake"),
	COUNTER("echod_tls_tickets_total", .samples = tls_tickets,
	    "Session tickets that clients came with"),
	GAUGE("echod_tls_certificate_not_after_timestamp_seconds",
	    .samples = tls_not_after,
	    "Until when a certificate is valid, in seconds since the epoch"),
	COUNTER("echod_reloads_total", .samples = reloads,
	    "Reloads of the settings"),
	GAUGE("echod_last_reload_good", .number = last_reload_good,
	    "1, or 0 if the last reload failed"),
	GAUGE("echod_last_good_reload_timestamp_seconds",
	    .number = last_good_reload,
	    "When settings were last reloaded; 0 if never"),
	COUNTER("echod_log_lines_lost_total", .number = log_lines_lost,
	    "Lines that the log could not take"),
	GAUGE("echod_memory_anonymous_bytes", .number = anonymous_memory,
	    "Resident memory that is of no file: heaps and stacks"),
	GAUGE("process_start_time_seconds", .number = start_time,
	    "When the process started, in seconds since the epoch"),
	COUNTER("process_cpu_seconds_total", .number = cpu_seconds,
	    "Processor time of all threads"),
	GAUGE("process_resident_memory_bytes", .number = resident_memory,
	    "Memory of the process that is not swapped out"),
	GAUGE("process_virtual_memory_bytes", .number = virtual_memory,
	    "Address space of the process"),
	GAUGE("process_open_fds", .number = open_fds,
	    "File descriptors that are open"),
	GAUGE("process_max_fds", .number = max_fds,
	    "How many file descriptors there may be"),
};
const size_t metrics_count = sizeof(metrics) / sizeof(metrics[0]);
