/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "echo_peer.h"
#include "load/run.h"
#include "unit.h"
#include "words.h"

static struct load_options options;
static struct load_result *result;
static char error[512];

static void
read_options(const char *line, unsigned port)
{
	static struct words words;
	char whole[256];

	snprintf(whole, sizeof(whole), "%s 127.0.0.1:%u", line, port);
	words_split(&words, "echo-load", whole);
	ck_assert_msg(load_options_read(&options, words.count, words.words,
	    error, sizeof(error)) == 0, "%s: %s", line, error);
	result = load_result_new(&options);
	ck_assert_ptr_nonnull(result);
}

/* A run that comes to a result, against a server of a kind. */
static void
run_against(enum echo_peer_kind kind, const char *line,
    const struct run_events *events)
{
	struct echo_peer peer;
	int err;

	echo_peer_start(&peer, kind);
	read_options(line, peer.port);
	err = run_load(&options, events, result, error, sizeof(error));
	ck_assert_msg(err == 0, "%s: %s", line, error);
	echo_peer_end(&peer);
}

static void
run(const char *line)
{
	run_against(PEER_ECHOES, line, NULL);
}

static uint64_t
counted(enum statistics_counter counter)
{
	return result->total->counters[counter];
}

static uint64_t
samples(enum statistics_time time)
{
	return result->total->times[time].count;
}

/* All that was sent is back, and nothing went wrong. */
static void
check_good(uint64_t messages, uint64_t connections)
{
	ck_assert_uint_eq(counted(COUNT_SENT), messages);
	ck_assert_uint_eq(counted(COUNT_RECEIVED), messages);
	ck_assert_uint_eq(counted(COUNT_BYTES_RECEIVED),
	    counted(COUNT_BYTES_SENT));
	ck_assert_uint_eq(counted(COUNT_OPENED), connections);
	ck_assert_uint_eq(counted(COUNT_CLOSED), connections);
	ck_assert_uint_eq(samples(TIME_CONNECT), connections);
	ck_assert_uint_eq(samples(TIME_SERVICE), messages);
	ck_assert_uint_eq(samples(TIME_RESPONSE), messages);
	ck_assert_uint_eq(statistics_errors(result->total), 0);
	ck_assert_uint_eq(result->error_kinds, 0);
	ck_assert(!result->difference.found);
}

static uint64_t
series_sum(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < result->series.count; i++)
		sum += result->series.entries[i].received;
	return sum;
}

START_TEST(closed_loops_send_the_next_when_one_is_back)
{
	run("-c 5 -n 500");
	check_good(500, 5);
	ck_assert_int_eq(result->end, END_COUNT);
	ck_assert_uint_eq(counted(COUNT_BYTES_SENT), 500 * 64);
	ck_assert_uint_eq(samples(TIME_LAG), 0);
	ck_assert_double_eq(result->echoes_sum, 500);
	ck_assert_uint_le(result->echoes_least, result->echoes_most);
	ck_assert_uint_eq(series_sum(), 500);
	ck_assert(result->reached_end);
	ck_assert_double_gt(result->measured, 0);
	ck_assert_double_eq(result->offered, 0);
	load_result_free(result);
}
END_TEST

START_TEST(messages_may_be_under_way_at_a_time)
{
	run("-c 2 -n 300 --depth 7 -s 1-300");
	check_good(300, 2);
	load_result_free(result);
	/* With one less, the first echo would never come. */
	run_against(PEER_GATHERS, "-c 2 -n 300 --depth 10 -s 100", NULL);
	check_good(300, 2);
	load_result_free(result);
}
END_TEST

/* Their average, over a time that is not longer than all of the run. */
START_TEST(as_many_are_under_way_as_their_times_make)
{
	double sum;

	run("-c 2 -n 300 --depth 7");
	sum = result->total->times[TIME_SERVICE].sum / 1e9;
	ck_assert_double_ge(result->under_way * result->elapsed, 0.999 * sum);
	ck_assert_double_le(result->under_way, 2 * 7);
	load_result_free(result);
}
END_TEST

START_TEST(threads_share_the_load)
{
	run("-c 5 -n 301 -t 2");
	check_good(301, 5);
	load_result_free(result);
}
END_TEST

START_TEST(an_amount_of_bytes_ends_it)
{
	run("-c 3 --bytes 10k -s 100");
	ck_assert_int_eq(result->end, END_BYTES);
	ck_assert_uint_ge(counted(COUNT_BYTES_SENT), 10240);
	ck_assert_uint_eq(counted(COUNT_BYTES_RECEIVED),
	    counted(COUNT_BYTES_SENT));
	load_result_free(result);
}
END_TEST

START_TEST(large_messages_are_read_while_they_are_sent)
{
	run("-c 2 -n 6 -s 3M");
	check_good(6, 2);
	load_result_free(result);
	run("-m bulk -c 2 -n 100");
	check_good(100, 2);
	ck_assert_uint_eq(counted(COUNT_BYTES_SENT), 100 * 65536);
	load_result_free(result);
}
END_TEST

START_TEST(open_loops_send_when_messages_are_due)
{
	run("-c 3 -n 200 -r 4000");
	check_good(200, 3);
	ck_assert_uint_eq(samples(TIME_LAG), 200);
	ck_assert_int_ge(result->total->times[TIME_RESPONSE].most,
	    result->total->times[TIME_SERVICE].least);
	ck_assert_int_eq(result->end, END_COUNT);
	ck_assert_double_gt(result->offered, 0);
	/* 200 of them, at their rate. */
	ck_assert_double_ge(result->elapsed, 199.0 / 4000);
	load_result_free(result);
}
END_TEST

/* What is due while nothing has room waits, and its time goes on. */
START_TEST(waiting_counts_for_the_response_time)
{
	run("-c 1 --depth 1 -n 100 -r 1M -t 1");
	check_good(100, 1);
	ck_assert_int_gt(result->total->times[TIME_RESPONSE].most,
	    result->total->times[TIME_SERVICE].most);
	ck_assert_int_gt(result->total->times[TIME_LAG].most, 0);
	load_result_free(result);
}
END_TEST

START_TEST(a_churn_connects_for_each_message)
{
	run("-m churn -c 3 -n 40");
	check_good(40, 40);
	load_result_free(result);
	run("-m churn -c 3 -n 40 -r 4000");
	check_good(40, 40);
	ck_assert_uint_eq(samples(TIME_LAG), 40);
	load_result_free(result);
	run("-m churn -c 2 -n 41 --depth 4");
	check_good(41, 11);
	load_result_free(result);
}
END_TEST

START_TEST(idle_connections_are_tried_twice)
{
	run("-m idle -c 4 -d 0.1");
	check_good(8, 4);
	ck_assert_int_eq(result->end, END_DURATION);
	load_result_free(result);
}
END_TEST

START_TEST(a_duration_leaves_out_both_ends)
{
	run("-c 2 -d 0.3 --warm-up 0.1 --cool-down 0.1 -i 50ms");
	ck_assert_int_eq(result->end, END_DURATION);
	ck_assert_double_eq_tol(result->measured, 0.1, 1e-6);
	ck_assert_double_eq_tol(result->measured_from, 0.1, 1e-6);
	ck_assert_double_ge(result->elapsed, 0.3);
	ck_assert_uint_gt(counted(COUNT_RECEIVED), 0);
	ck_assert_uint_eq(counted(COUNT_RECEIVED), counted(COUNT_SENT));
	ck_assert_uint_gt(series_sum(), counted(COUNT_RECEIVED));
	ck_assert_uint_gt(result->series.count, 1);
	ck_assert_double_gt(result->verdict.cpu_share, 0);
	ck_assert_double_gt(result->cpu, 0);
	ck_assert_double_eq_tol(result->connections_mean, 2, 0.01);
	ck_assert_uint_eq(result->connections_least, 2);
	ck_assert_uint_eq(result->connections_most, 2);
	load_result_free(result);
}
END_TEST

START_TEST(clients_may_misbehave)
{
	run("-c 3 -n 30 --behaviour bytewise");
	check_good(30, 3);
	load_result_free(result);
	run("-c 3 -n 6 -s 1k --behaviour slow-reader");
	check_good(6, 3);
	load_result_free(result);
	run("-c 1 -n 30 --behaviour half-close --depth 2");
	check_good(30, 15);
	load_result_free(result);
	run("-c 1 -n 30 --behaviour reset");
	ck_assert_uint_eq(counted(COUNT_SENT), 30);
	ck_assert_uint_eq(counted(COUNT_RECEIVED), 15);
	ck_assert_uint_eq(counted(COUNT_OPENED), 15);
	ck_assert_uint_eq(statistics_errors(result->total), 0);
	load_result_free(result);
}
END_TEST

START_TEST(a_wrong_byte_is_found)
{
	run_against(PEER_CHANGES, "-c 1 -n 40", NULL);
	ck_assert(result->difference.found);
	ck_assert_uint_eq(result->difference.offset, 1000);
	ck_assert_uint_eq(result->difference.message, 1000 / 64);
	ck_assert_uint_eq(result->difference.within, 1000 % 64);
	ck_assert_int_eq(result->difference.received,
	    result->difference.expected ^ 1);
	ck_assert_ptr_nonnull(strstr(result->difference.text,
	    "one byte was changed"));
	/* Of each connection's 1000 bytes, 15 messages are right. */
	ck_assert_uint_eq(counted(COUNT_OPENED), 3);
	ck_assert_uint_eq(counted(COUNT_WRONG), 2);
	load_result_free(result);
}
END_TEST

START_TEST(bytes_too_many_are_found)
{
	run_against(PEER_REPEATS, "-c 1 -n 17", NULL);
	ck_assert(result->difference.found);
	/* They came when nothing was to come, or instead of the next one. */
	ck_assert(result->difference.expected == -1 ||
	    strstr(result->difference.text, "it is message 15 again"));
	ck_assert_uint_eq(counted(COUNT_WRONG), 1);
	load_result_free(result);
}
END_TEST

START_TEST(bytes_are_not_compared_if_that_is_wished)
{
	run_against(PEER_CHANGES, "-c 1 -n 40 --no-verify", NULL);
	check_good(40, 1);
	load_result_free(result);
}
END_TEST

START_TEST(lost_connections_are_made_again)
{
	run_against(PEER_ENDS, "-c 2 -n 64", NULL);
	ck_assert_uint_gt(counted(COUNT_OPENED), 2);
	ck_assert_uint_gt(counted(COUNT_END_ERRORS), 0);
	ck_assert_uint_eq(counted(COUNT_UNANSWERED),
	    counted(COUNT_END_ERRORS));
	ck_assert_uint_eq(counted(COUNT_SENT), 64);
	ck_assert_uint_eq(counted(COUNT_RECEIVED) + counted(COUNT_UNANSWERED),
	    64);
	ck_assert_uint_eq(result->error_kinds, 1);
	ck_assert_ptr_nonnull(strstr(result->errors[0].text,
	    "ended the connection"));
	load_result_free(result);
}
END_TEST

START_TEST(echoes_that_never_come_time_out)
{
	run_against(PEER_SILENT, "-c 2 -n 2 --timeout 0.1", NULL);
	ck_assert_uint_eq(counted(COUNT_UNANSWERED), 2);
	ck_assert_uint_eq(counted(COUNT_TIMEOUT_ERRORS), 2);
	ck_assert_ptr_nonnull(strstr(result->errors[0].text,
	    "within 100ms"));
	load_result_free(result);
}
END_TEST

START_TEST(without_a_server_there_is_no_run)
{
	struct echo_peer peer;

	echo_peer_start(&peer, PEER_ECHOES);
	echo_peer_end(&peer);
	read_options("-c 2 -n 2", peer.port);
	ck_assert_int_eq(run_load(&options, NULL, result, error,
	    sizeof(error)), -ENOTCONN);
	ck_assert_ptr_nonnull(strstr(error, "cannot connect to 127.0.0.1:"));
	ck_assert_ptr_nonnull(strstr(error, "nothing listens there"));
	load_result_free(result);
}
END_TEST

START_TEST(a_start_in_the_past_is_refused)
{
	struct echo_peer peer;

	echo_peer_start(&peer, PEER_ECHOES);
	read_options("-c 2 -n 2 --start-at 1000", peer.port);
	ck_assert_int_eq(run_load(&options, NULL, result, error,
	    sizeof(error)), -ETIME);
	ck_assert_ptr_nonnull(strstr(error, "--start-at"));
	echo_peer_end(&peer);
	load_result_free(result);
}
END_TEST

/* What is told, and what the test does then. */
struct told {
	unsigned started;
	unsigned intervals;
	uint64_t received;
	bool interrupts;
	bool goes_on;
};

static void
on_started(const struct load_result *begun, void *arg)
{
	struct told *told = arg;

	ck_assert_ptr_eq(begun, result);
	ck_assert_str_ne(begun->peer, "");
	told->started++;
}

static bool
on_interval(const struct series_entry *entry,
    const struct statistics *interval, bool measured, void *arg)
{
	struct told *told = arg;

	(void)measured;
	ck_assert_uint_eq(told->started, 1);
	ck_assert_uint_eq(entry->received, interval->counters[COUNT_RECEIVED]);
	told->intervals++;
	told->received += entry->received;
	if (told->interrupts && told->intervals == 2)
		kill(getpid(), SIGINT);
	return told->goes_on;
}

static void
run_told(const char *line, struct told *told, enum load_end end)
{
	const struct run_events events = {
		.interval = on_interval, .started = on_started, .arg = told,
	};

	run_against(PEER_ECHOES, line, &events);
	ck_assert_uint_eq(told->received, series_sum());
	ck_assert_int_eq(result->end, end);
	load_result_free(result);
}

START_TEST(intervals_are_told)
{
	struct told told = { .goes_on = true };

	run_told("-c 2 -d 0.3 -i 50ms", &told, END_DURATION);
	ck_assert_uint_ge(told.intervals, 2);
}
END_TEST

START_TEST(an_interval_may_abort_it)
{
	struct told told = { .goes_on = false };

	run_told("-c 2 -d 1h -i 50ms", &told, END_ABORTED);
}
END_TEST

START_TEST(ctrl_c_ends_it)
{
	struct told told = { .goes_on = true, .interrupts = true };

	run_told("-c 2 -d 1h -i 50ms", &told, END_INTERRUPTED);
	ck_assert_uint_ge(told.intervals, 2);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		closed_loops_send_the_next_when_one_is_back,
		messages_may_be_under_way_at_a_time,
		as_many_are_under_way_as_their_times_make,
		threads_share_the_load,
		an_amount_of_bytes_ends_it,
		large_messages_are_read_while_they_are_sent,
		open_loops_send_when_messages_are_due,
		waiting_counts_for_the_response_time,
		a_churn_connects_for_each_message,
		idle_connections_are_tried_twice,
		a_duration_leaves_out_both_ends,
		clients_may_misbehave,
		a_wrong_byte_is_found,
		bytes_too_many_are_found,
		bytes_are_not_compared_if_that_is_wished,
		lost_connections_are_made_again,
		echoes_that_never_come_time_out,
		without_a_server_there_is_no_run,
		a_start_in_the_past_is_refused,
		intervals_are_told,
		an_interval_may_abort_it,
		ctrl_c_ends_it,
	};

	return UNIT_RUN("run", tests);
}
