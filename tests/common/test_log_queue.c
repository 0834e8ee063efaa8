/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/log_queue.h"
#include "common/log_line.h"

#include "fail.h"
#include "unit.h"

#include <errno.h>
#include <string.h>

static struct log_queue queue;
static struct log_batch batch;

static void
start(size_t capacity)
{
	ck_assert_int_eq(log_queue_init(&queue, capacity), 0);
}

static bool
put(const char *line)
{
	return log_queue_put(&queue, line, strlen(line));
}

static void
assert_batch(const char *lines, uint64_t lost)
{
	ck_assert(log_queue_take(&queue, &batch));
	ck_assert_uint_eq(batch.length, strlen(lines));
	ck_assert_mem_eq(batch.data, lines, batch.length);
	ck_assert_uint_eq(batch.lost, lost);
}

START_TEST(lines_in_order)
{
	start(64);
	ck_assert(put("one\n"));
	ck_assert(put("two\n"));
	assert_batch("one\ntwo\n", 0);
	ck_assert(put("three\n"));
	assert_batch("three\n", 0);
	log_queue_free(&queue);
}
END_TEST

START_TEST(batch_stays_while_others_come)
{
	start(8);
	ck_assert(put("first..\n"));
	ck_assert(log_queue_take(&queue, &batch));
	ck_assert(put("second.\n"));
	ck_assert_mem_eq(batch.data, "first..\n", 8);
	assert_batch("second.\n", 0);
	log_queue_free(&queue);
}
END_TEST

/* The gap is in one place, even if a later line is short enough. */
START_TEST(lost_lines_are_counted)
{
	start(8);
	ck_assert(put("12345\n"));
	ck_assert(!put("123\n"));
	ck_assert(!put("\n"));
	assert_batch("12345\n", 2);
	ck_assert(put("\n"));
	assert_batch("\n", 0);
	ck_assert(!put("123456789\n"));
	assert_batch("", 1);
	log_queue_free(&queue);
}
END_TEST

START_TEST(end)
{
	start(8);
	ck_assert(put("last\n"));
	log_queue_end(&queue);
	assert_batch("last\n", 0);
	ck_assert(!log_queue_take(&queue, &batch));
	log_queue_free(&queue);
}
END_TEST

START_TEST(call)
{
	start(8);
	log_queue_call(&queue);
	assert_batch("", 0);
	/* It is not forgotten at the end. */
	log_queue_call(&queue);
	log_queue_end(&queue);
	assert_batch("", 0);
	ck_assert(!log_queue_take(&queue, &batch));
	log_queue_free(&queue);
}
END_TEST

#define LINES 2000
#define THREADS 4

static void *
put_many(void *arg)
{
	size_t *lost = arg;

	for (int i = 0; i < LINES; i++)
		if (!put("a line\n"))
			++*lost;
	return NULL;
}

static void *
end_when_done(void *arg)
{
	pthread_t threads[THREADS];
	size_t *lost = arg;

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, put_many, &lost[i]);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	log_queue_end(&queue);
	return NULL;
}

/* The taker waits as well, which a single thread can't show. */
START_TEST(threads)
{
	size_t lost[THREADS] = { 0 }, lines = 0, taken_lost = 0, sum = 0;
	pthread_t thread;

	start(700);
	pthread_create(&thread, NULL, end_when_done, lost);
	while (log_queue_take(&queue, &batch)) {
		lines += log_line_count(batch.data, batch.length);
		ck_assert_uint_eq(batch.length % strlen("a line\n"), 0);
		taken_lost += batch.lost;
	}
	pthread_join(thread, NULL);
	for (int i = 0; i < THREADS; i++)
		sum += lost[i];
	ck_assert_uint_eq(taken_lost, sum);
	ck_assert_uint_eq(lines + sum, (size_t)LINES * THREADS);
	log_queue_free(&queue);
}
END_TEST

START_TEST(no_memory)
{
	bool failed = true;
	unsigned n;
	int err;

	for (n = 1; failed; n++) {
		fail_at(n, false);
		err = log_queue_init(&queue, 64);
		failed = fail_stop();
		ck_assert_int_eq(err, failed ? -ENOMEM : 0);
	}
	ck_assert_uint_eq(n, 4);
	log_queue_free(&queue);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { lines_in_order,
	    batch_stays_while_others_come, lost_lines_are_counted, end, call,
	    threads, no_memory };

	return UNIT_RUN("log_queue", tests);
}
