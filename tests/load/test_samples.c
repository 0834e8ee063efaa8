/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/*
 * The figures of real runs are those of a list of all samples: the linker has
 * the engine call the wrappers here (--wrap), which keep each one.
 */
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/run.h"
#include "unit.h"

#define SAMPLES 200000
#define BASES 64

struct samples {
	size_t count;
	int64_t values[SAMPLES];
};

/* By what they are of; and the statistics that there are. */
static struct samples samples[TIME_KINDS];
static size_t base_count;
static const struct statistics *bases[BASES];

void __real_histogram_add(struct histogram *histogram, int64_t value);
void __wrap_histogram_add(struct histogram *histogram, int64_t value);
struct statistics *__real_statistics_new(void);
struct statistics *__wrap_statistics_new(void);

struct statistics *
__wrap_statistics_new(void)
{
	struct statistics *statistics = __real_statistics_new();

	ck_assert_uint_lt(base_count, BASES);
	bases[base_count++] = statistics;
	return statistics;
}

/* Of a run with one thread. */
void
__wrap_histogram_add(struct histogram *histogram, int64_t value)
{
	struct samples *kept;

	for (size_t i = 0; i < base_count; i++) {
		if (histogram < bases[i]->times ||
		    histogram >= bases[i]->times + TIME_KINDS)
			continue;
		kept = &samples[histogram - bases[i]->times];
		ck_assert_uint_lt(kept->count, SAMPLES);
		kept->values[kept->count++] = value;
	}
	__real_histogram_add(histogram, value);
}

static void *
echo(void *arg)
{
	int fd = *(int *)arg;
	char data[4096];
	ssize_t n;

	free(arg);
	while ((n = recv(fd, data, sizeof(data), 0)) > 0)
		if (send(fd, data, (size_t)n, MSG_NOSIGNAL) != n)
			break;
	close(fd);
	return NULL;
}

/* Serves each connection by a thread, until the process ends. */
static void *
serve(void *arg)
{
	int listener = *(int *)arg, *fd;
	pthread_t thread;

	for (;;) {
		fd = malloc(sizeof(*fd));
		ck_assert_ptr_nonnull(fd);
		*fd = accept(listener, NULL, NULL);
		ck_assert_int_ge(*fd, 0);
		ck_assert_int_eq(pthread_create(&thread, NULL, echo, fd), 0);
		pthread_detach(thread);
	}
}

static void
start_server(char *address, size_t size)
{
	static int listener;
	struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(name);
	pthread_t thread;

	listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&name, length), 0);
	ck_assert_int_eq(listen(listener, 16), 0);
	getsockname(listener, (struct sockaddr *)&name, &length);
	ck_assert_int_eq(pthread_create(&thread, NULL, serve, &listener), 0);
	snprintf(address, size, "127.0.0.1:%u", ntohs(name.sin_port));
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* The value that so many per cent of all are not above. */
static int64_t
exact_percentile(const struct samples *sorted, double percent)
{
	double rank = ceil(percent / 100 * (double)sorted->count - 1e-9);

	return sorted->values[rank < 1 ? 0 : (size_t)rank - 1];
}

static void
check_time(const struct load_result *result, int kind)
{
	static const double percents[] = {
		0, 1, 25, 50, 75, 90, 99, 99.9, 99.99, 100
	};
	const struct histogram *histogram = &result->total->times[kind];
	struct samples *kept = &samples[kind];
	double sum = 0;

	/* In a closed loop a message is due when it is sent. */
	if (kind == TIME_RESPONSE && kept->count == 0)
		kept = &samples[TIME_SERVICE];

	ck_assert_uint_eq(histogram->count, kept->count);
	ck_assert_uint_eq(histogram->beyond, 0);
	qsort(kept->values, kept->count, sizeof(kept->values[0]), compare);
	for (size_t i = 0; i < kept->count; i++)
		sum += (double)kept->values[i];
	ck_assert_double_eq_tol(histogram_mean(histogram),
	    sum / (double)kept->count, sum / (double)kept->count * 1e-9);
	ck_assert_int_eq(histogram->least, kept->values[0]);
	ck_assert_int_eq(histogram->most, kept->values[kept->count - 1]);
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
		int64_t exact = exact_percentile(kept, percents[i]);
		int64_t told = histogram_percentile(histogram, percents[i]);

		ck_assert_msg(told >= exact && (double)(told - exact) <=
		    (double)exact / 1000, "%s, %g %%: %lld, but of the sorted "
		    "samples %lld", statistics_times[kind].name, percents[i],
		    (long long)told, (long long)exact);
	}
}

/* Runs it, and has every time checked; the last argument gets the address. */
static void
check_run(int argc, char **argv, uint64_t count)
{
	struct load_options options;
	struct load_result *result;
	char error[512] = "";

	start_server(argv[argc - 1], 64);
	ck_assert_msg(load_options_read(&options, argc, argv, error,
	    sizeof(error)) == 0, "%s", error);
	result = load_result_new(&options);
	ck_assert_ptr_nonnull(result);
	ck_assert_msg(run_load(&options, NULL, result, error,
	    sizeof(error)) == 0, "%s", error);
	ck_assert_uint_eq(result->total->counters[COUNT_RECEIVED], count);
	ck_assert_uint_eq(result->total->times[TIME_RESPONSE].count, count);
	for (int kind = 0; kind < TIME_KINDS; kind++)
		if (result->total->times[kind].count > 0)
			check_time(result, kind);
	load_result_free(result);
	load_options_free(&options);
}

START_TEST(a_closed_loop)
{
	char address[64];
	char *argv[] = {
		"echo-load", "--connections=3", "--count=20000", address
	};

	check_run(4, argv, 20000);
}
END_TEST

START_TEST(an_open_loop)
{
	char address[64];
	char *argv[] = {
		"echo-load", "--connections=3", "--count=5000", "--rate=20k",
		"--arrivals=poisson", address
	};

	check_run(6, argv, 5000);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_closed_loop,
		an_open_loop,
	};

	return UNIT_RUN_FORKED("samples", tests);
}
