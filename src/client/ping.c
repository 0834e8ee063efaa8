/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "ping.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/monotonic.h"
#include "common/units.h"
#include "pattern.h"

/* The run is over; the report knows why. */
#define STOPPED 1

/* How long surplus bytes may take after the last echo, in seconds. */
#define SURPLUS_TIME 0.5

#define TIME_TEXT_SIZE 32

struct ping {
	const struct connection *connection;
	struct report *report;
	uint64_t seed;
	size_t size;
	unsigned char *payload; /* what was sent last */
	unsigned char *echo;    /* what has come back of it */
	size_t echoed;
	double sent_at;         /* of monotonic_seconds */
	char lost[256];         /* how, if the connection was */
};

static int print_line(struct report *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static int
print_line(struct report *report, const char *format, ...)
{
	char line[2 * ADDRESS_TEXT_SIZE + 128];
	va_list list;
	int length;

	va_start(list, format);
	length = vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	return report_print(report, line, (size_t)length);
}

/* Milliseconds with three digits that count, as ping has them. */
static const char *
time_text(double seconds, char *buffer, size_t size)
{
	double time = seconds * 1e3;
	int decimals;

	if (time >= 100)
		decimals = 0;
	else if (time >= 10)
		decimals = 1;
	else
		decimals = time >= 1 ? 2 : 3;
	snprintf(buffer, size, "%.*f", decimals, time);
	return buffer;
}

/* ---------------------------------------------------------------- errors */

/* Where the echo of a sequence number first differs from what was sent. */
static struct difference
find_difference(const struct ping *ping)
{
	size_t same = compare_prefix(ping->payload, ping->echo, ping->echoed);

	return (struct difference){
		.offset = same,
		.sent = same < ping->size ? ping->payload[same] :
		    COMPARE_NO_BYTE,
		.received = same < ping->echoed ? ping->echo[same] :
		    COMPARE_NO_BYTE,
	};
}

static void
report_wrong(struct ping *ping, const struct difference *difference)
{
	struct report *report = ping->report;
	char one[COMPARE_BYTE_TEXT_SIZE], other[COMPARE_BYTE_TEXT_SIZE];
	bool first = report->bytes_received == ping->echoed &&
	    difference->offset == 0;
	char stale[64] = "";
	uint64_t sequence, newest;

	/* Surplus bytes can also be the last echo once more. */
	newest = report->sent - (difference->sent != COMPARE_NO_BYTE);
	sequence = pattern_sequence(ping->seed, ping->echo, ping->echoed);
	if (sequence > 0 && sequence <= newest)
		snprintf(stale, sizeof(stale),
		    "; this is the echo of seq=%" PRIu64, sequence);
	report_fail(report, REPORT_ECHO, report->sent, difference,
	    "%s: seq=%" PRIu64 ": wrong echo at offset %" PRIu64
	    ": sent %s, received %s%s%s", report->peer, report->sent,
	    difference->offset,
	    compare_byte_text(difference->sent, one, sizeof(one)),
	    compare_byte_text(difference->received, other, sizeof(other)),
	    stale, first ?
	    report_server_text(report, ping->echo, ping->echoed) : "");
}

static void
report_missing(struct ping *ping, const struct difference *difference,
    int result)
{
	struct report *report = ping->report;
	char limit[UNITS_TEXT_SIZE], reason[sizeof(ping->lost)];

	if (result == -ETIMEDOUT && ping->lost[0] == '\0')
		snprintf(reason, sizeof(reason), "no echo within %s",
		    units_duration_text(report->options->timeout, limit,
		    sizeof(limit)));
	else if (result == 0)
		snprintf(reason, sizeof(reason),
		    "the server closed the connection");
	else
		snprintf(reason, sizeof(reason), "%s", ping->lost);
	report_fail(report, REPORT_ECHO, report->sent, difference,
	    "%s: seq=%" PRIu64 ": %s: %zu of %zu bytes came back",
	    report->peer, report->sent, reason, ping->echoed, ping->size);
}

/* The echo did not come in full, so the run ends. */
static int
fail_echo(struct ping *ping, int result)
{
	struct difference difference = find_difference(ping);

	if (result == -ECANCELED)
		return result;
	if (difference.received != COMPARE_NO_BYTE)
		report_wrong(ping, &difference);
	report_missing(ping, &difference, result);
	return STOPPED;
}

/* -------------------------------------------------------------- one echo */

/*
 * Reads until there are at least wanted bytes of the echo.  Returns 1, or 0 at
 * the end of the stream, or an error; -ETIMEDOUT once limit seconds are over,
 * if limit is not negative.
 */
static int
receive(struct ping *ping, size_t wanted, double limit)
{
	aw_timeout *timeout;
	ssize_t n = 1;
	int err;

	err = aw_timeout_enter(limit, &timeout);
	if (err < 0)
		return err;
	while (ping->echoed < wanted && n > 0) {
		n = aw_reader_read(ping->connection->reader,
		    ping->echo + ping->echoed, ping->size - ping->echoed);
		if (n > 0)
			ping->echoed += (size_t)n;
	}
	if (n < 0 && n != -ECANCELED)
		report_loss_text(ping->report, (int)n, ping->lost,
		    sizeof(ping->lost));
	return aw_timeout_exit(timeout, n > 0 ? 1 : (int)n);
}

static int
judge_echo(struct ping *ping, double round_trip)
{
	struct report *report = ping->report;
	struct difference difference = find_difference(ping);
	char text[TIME_TEXT_SIZE];
	int err;

	report->received++;
	if (difference.offset < ping->size) {
		report->wrong++;
		report_wrong(ping, &difference);
		return 0;
	}
	statistics_add(&report->round_trips, round_trip);
	if (!report_is_talkative(report))
		return 0;
	err = print_line(report, "%zu bytes from %s: seq=%" PRIu64
	    " time=%s ms\n", ping->size, report->peer, report->sent,
	    time_text(round_trip, text, sizeof(text)));
	if (err == -ECANCELED)
		return err;
	return err < 0 ? STOPPED : 0;
}

/* Sends the next sequence number and waits for its echo. */
static int
echo_once(struct ping *ping)
{
	struct report *report = ping->report;
	double timeout = report->options->timeout;
	int result;

	report->sent++;
	pattern_fill(ping->seed, report->sent, ping->payload, ping->size);
	ping->echoed = 0;
	ping->sent_at = monotonic_seconds();
	aw_writer_write(ping->connection->writer, ping->payload, ping->size);
	report->bytes_sent += ping->size;
	result = receive(ping, ping->size, timeout > 0 ? timeout : -1);
	report->ended = monotonic_seconds();
	report->bytes_received += ping->echoed;
	if (result != 1)
		return fail_echo(ping, result);
	return judge_echo(ping, report->ended - ping->sent_at);
}

/* -------------------------------------------------------- between echoes */

static void
report_surplus(struct ping *ping)
{
	struct report *report = ping->report;
	struct difference difference = {
		.offset = ping->size,
		.sent = COMPARE_NO_BYTE,
		.received = ping->echo[0],
	};

	report->bytes_received += ping->echoed;
	report_wrong(ping, &difference);
}

/* Waits, watching the connection, on which nothing may come meanwhile. */
static int
watch(struct ping *ping, double limit)
{
	int result;

	ping->echoed = 0;
	result = receive(ping, 1, limit);
	if (result == 1)
		report_surplus(ping);
	return result;
}

/*
 * Waits until the next echo is due; one that is overdue starts at once, and the
 * schedule with it, so that a slow server is not met with a burst.
 */
static int
wait_until_due(struct ping *ping)
{
	double due = ping->sent_at + ping->report->options->interval;
	double left = due - monotonic_seconds();
	int result = 1;

	while (left > 0 && result == 1) {
		result = watch(ping, left);
		left = due - monotonic_seconds();
	}
	if (result == 1 || result == -ETIMEDOUT)
		return 0;
	if (result == -ECANCELED)
		return result;
	report_fail(ping->report, REPORT_ECHO, 0, NULL, "%s: %s",
	    ping->report->peer, result == 0 ?
	    "the server closed the connection between two echoes" :
	    ping->lost);
	return STOPPED;
}

/*
 * After the last echo nothing more may come.  Servers that don't take the hint
 * of a half-close are only given a moment.
 */
static int
finish(struct ping *ping)
{
	int result;

	aw_writer_write_eof(ping->connection->writer);
	result = watch(ping, SURPLUS_TIME);
	if (result == AW_ETLSTRUNCATED)
		report_fail(ping->report, REPORT_END, 0, NULL, "%s: %s",
		    ping->report->peer, ping->lost);
	return result == -ECANCELED ? result : 0;
}

/* ---------------------------------------------------------------- the run */

static int
print_header(struct ping *ping)
{
	struct report *report = ping->report;

	if (report->options->json)
		return 0;
	return print_line(report, "ECHO %s (%s): %zu bytes of data.\n",
	    report->options->text, report->peer, ping->size);
}

static int
echo_all(struct ping *ping)
{
	struct report *report = ping->report;
	uint64_t count = (uint64_t)report->options->count;
	int err;

	err = print_header(ping);
	if (err < 0)
		return err == -ECANCELED ? err : 0;
	for (;;) {
		err = echo_once(ping);
		if (err != 0)
			break;
		if (report->sent == count)
			return finish(ping);
		err = wait_until_due(ping);
		if (err != 0)
			break;
	}
	return err < 0 ? err : 0;
}

int
ping_run(const struct connection *connection, struct report *report)
{
	struct ping ping = {
		.connection = connection,
		.report = report,
		.seed = pattern_seed(),
		.size = (size_t)report->options->size,
	};
	int err = -ENOMEM;

	ping.payload = malloc(ping.size);
	ping.echo = malloc(ping.size);
	if (ping.payload != NULL && ping.echo != NULL)
		err = echo_all(&ping);
	free(ping.payload);
	free(ping.echo);
	return err;
}

static void
print_round_trips(struct report *report)
{
	const struct statistics *times = &report->round_trips;

	if (times->count == 0)
		return;
	(void)print_line(report,
	    "rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n",
	    times->min * 1e3, times->mean * 1e3, times->max * 1e3,
	    statistics_deviation(times) * 1e3);
}

void
ping_print_summary(struct report *report)
{
	uint64_t missing = report->sent - report->received;
	double share = report->sent == 0 ? 0 :
	    100.0 * (double)missing / (double)report->sent;
	int err;

	err = print_line(report, "\n--- %s echo statistics ---\n"
	    "%" PRIu64 " sent, %" PRIu64 " received, %" PRIu64 " wrong, "
	    "%.3g%% missing, time %.0f ms\n", report->options->text,
	    report->sent, report->received, report->wrong, share,
	    (report->ended - report->started) * 1e3);
	if (err == 0 && report->encrypted)
		err = print_line(report,
		    "connect/handshake = %.3f/%.3f ms\n",
		    report->connect_time * 1e3, report->handshake_time * 1e3);
	if (err == 0)
		print_round_trips(report);
}
