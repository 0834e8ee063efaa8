/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/log.h"

#include "unit.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int saved, captured;

/* From here on standard error goes into memory. */
static void
capture(void)
{
	saved = dup(STDERR_FILENO);
	captured = memfd_create("log", 0);
	ck_assert_int_ge(saved, 0);
	ck_assert_int_ge(captured, 0);
	/* Threads that write to it at once would overwrite each other. */
	ck_assert_int_eq(fcntl(captured, F_SETFL, O_APPEND), 0);
	dup2(captured, STDERR_FILENO);
	unsetenv("JOURNAL_STREAM");
	log_init();
	log_set_level(LOG_LEVEL_DEBUG);
}

/* What has been written; standard error is itself again. */
static const char *
written(void)
{
	static char text[400000];
	ssize_t length;

	dup2(saved, STDERR_FILENO);
	length = pread(captured, text, sizeof(text) - 1, 0);
	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	return text;
}

static void
assert_matches(const char *text, const char *pattern)
{
	regex_t regex;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB),
	    0);
	ck_assert_msg(regexec(&regex, text, 0, NULL, 0) == 0,
	    "'%s' does not match '%s'", text, pattern);
	regfree(&regex);
}

#define TIME "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"

START_TEST(line)
{
	capture();
	log_warning("%d and %s", 7, "more");
	assert_matches(written(), "^" TIME " warning: 7 and more\n$");
}
END_TEST

START_TEST(errno_is_kept)
{
	capture();
	errno = ENOTTY;
	log_error("x");
	ck_assert_int_eq(errno, ENOTTY);
	written();
}
END_TEST

static int evaluated;

static int
evaluate(void)
{
	return ++evaluated;
}

START_TEST(level_is_tested_first)
{
	capture();
	log_set_level(LOG_LEVEL_NOTICE);
	log_info("%d", evaluate());
	log_debug("%d", evaluate());
	ck_assert_int_eq(evaluated, 0);
	log_notice("%d", evaluate());
	ck_assert_int_eq(evaluated, 1);
	assert_matches(written(), "^" TIME " notice: 1\n$");
}
END_TEST

START_TEST(control_bytes_are_escaped)
{
	capture();
	log_info("a\nb\x1b[2Jc\x7f\xff");
	assert_matches(written(),
	    " info: a\\\\x0ab\\\\x1b\\[2Jc\\\\x7f\\\\xff\n$");
}
END_TEST

START_TEST(long_text_is_cut)
{
	char text[5000];

	memset(text, '\n', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	capture();
	log_info("%s", text);
	ck_assert_uint_eq(strlen(strstr(written(), "info: ")),
	    strlen("info: ") + 4 * 2000 + 1);
}
END_TEST

static void
pretend_journal(int fd)
{
	char text[64];
	struct stat status;

	ck_assert_int_eq(fstat(fd, &status), 0);
	snprintf(text, sizeof(text), "%llu:%llu",
	    (unsigned long long)status.st_dev,
	    (unsigned long long)status.st_ino);
	setenv("JOURNAL_STREAM", text, 1);
	log_init();
}

START_TEST(journal)
{
	capture();
	pretend_journal(STDERR_FILENO);
	log_error("one");
	log_warning("two");
	log_notice("three");
	log_info("four");
	log_debug("five");
	ck_assert_str_eq(written(),
	    "<3>one\n<4>two\n<5>three\n<6>four\n<7>five\n");
}
END_TEST

/* The variable is inherited by what is not connected to the journal. */
START_TEST(journal_of_somebody_else)
{
	capture();
	pretend_journal(saved);
	log_error("one");
	assert_matches(written(), "^" TIME " error: one\n$");
}
END_TEST

static void
ignore(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
}

START_TEST(libevent_messages)
{
	struct event_base *base = event_base_new();
	struct event *event;

	capture();
	/* It warns of a descriptor that epoll doesn't take. */
	event = event_new(base, captured, EV_READ, ignore, NULL);
	ck_assert_ptr_nonnull(event);
	ck_assert_int_lt(event_add(event, NULL), 0);
	assert_matches(written(), "^" TIME " warning: libevent: .*\n$");
	event_free(event);
	event_base_free(base);
}
END_TEST

static void *
log_many(void *arg)
{
	for (int i = 0; i < 1000; i++)
		log_info("%s", (const char *)arg);
	return NULL;
}

START_TEST(threads_do_not_mix)
{
	static char a[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static char b[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
	pthread_t one, other;
	const char *text;
	size_t lines = 0;

	capture();
	pthread_create(&one, NULL, log_many, a);
	pthread_create(&other, NULL, log_many, b);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
	for (text = written(); *text != '\0'; lines++) {
		const char *end = strchr(text, '\n');

		ck_assert_ptr_nonnull(end);
		ck_assert(strncmp(end - 30, a, 30) == 0 ||
		    strncmp(end - 30, b, 30) == 0);
		ck_assert_int_eq(end - text, 30 + 24 + 1 + 6);
		text = end + 1;
	}
	ck_assert_uint_eq(lines, 2000);
}
END_TEST

/* ------------------------------------------------------------ by the thread */

static void
open_log(enum log_format format)
{
	const struct log_options options = {
		.target = "stderr", .format = format, .buffer = 65536,
		.program = "test",
	};

	ck_assert_int_eq(log_open(&options), 0);
}

START_TEST(opened)
{
	capture();
	open_log(LOG_FORMAT_LOGFMT);
	log_info("%s", "a b");
	log_close(30);
	log_info("%s", "c d");
	assert_matches(written(), "^time=" TIME " level=info msg=\"a b\"\n"
	    TIME " info: c d\n$");
	ck_assert_uint_eq(log_lost(), 0);
}
END_TEST

START_TEST(opened_in_the_journal)
{
	capture();
	pretend_journal(STDERR_FILENO);
	open_log(LOG_FORMAT_TEXT);
	log_error("one");
	log_close(30);
	ck_assert_str_eq(written(), "<3>one\n");
}
END_TEST

START_TEST(with_fields)
{
	const struct log_field fields[] = {
		LOG_TEXT("peer", "a b"), LOG_NUMBER("n", 7),
	};

	capture();
	log_write_fields(LOG_LEVEL_INFO, fields, 2, "%d", 1);
	assert_matches(written(), "^" TIME " info: 1 peer=\"a b\" n=7\n$");
}
END_TEST

START_TEST(not_opened)
{
	struct log_options options = { .target = "nowhere", .buffer = 65536 };

	capture();
	ck_assert_int_eq(log_open(&options), -EINVAL);
	options.target = "file:/none/log";
	ck_assert_int_eq(log_open(&options), -ENOENT);
	log_reopen();
	log_close(30);
	log_info("still here");
	assert_matches(written(), "^" TIME " info: still here\n$");
}
END_TEST

/* At the end nobody waits for a pipe that nobody reads. */
START_TEST(stuck_at_the_end)
{
	int ends[2];

	capture();
	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	open_log(LOG_FORMAT_TEXT);
	for (int i = 0; i < 5000; i++)
		log_info("a line that is lost if the buffer is full");
	log_close(0.05);
	log_info("this does not wait either");
	ck_assert_uint_gt(log_lost(), 0);
	ck_assert_str_eq(written(), "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { line, errno_is_kept,
	    level_is_tested_first, control_bytes_are_escaped,
	    long_text_is_cut, journal, journal_of_somebody_else,
	    libevent_messages, threads_do_not_mix, opened,
	    opened_in_the_journal, with_fields, not_opened, stuck_at_the_end };

	return UNIT_RUN("log", tests);
}
