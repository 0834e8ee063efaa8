/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/log_writer.h"

#include "fail.h"
#include "folder.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAPACITY 16384
/* Seconds that a test gives the writer. */
#define PATIENCE 30
#define MISSING "warning: lines are missing here, which the log could not " \
	"take lost="

static struct log_writer writer;

static void
set_up(const char *notation)
{
	writer.capacity = CAPACITY;
	ck_assert_int_eq(log_target_parse(notation, &writer.target), 0);
}

static void
start(const char *notation)
{
	set_up(notation);
	ck_assert_int_eq(log_writer_start(&writer), 0);
}

/* Into the file "log" of a new folder. */
static void
start_in_folder(void)
{
	static char notation[512];

	folder_make();
	snprintf(notation, sizeof(notation), "file:%s/log", folder);
	start(notation);
}

static void
stop(void)
{
	ck_assert(log_writer_stop(&writer, PATIENCE));
}

static void
put(const char *line)
{
	log_writer_put(&writer, line, strlen(line));
}

static const char *
read_fd(int fd)
{
	static char text[1 << 20];
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);

	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	return text;
}

static const char *
read_file(const char *name)
{
	int fd = open(name, O_RDONLY);
	const char *text;

	ck_assert_msg(fd >= 0, "%s: %s", name, strerror(errno));
	text = read_fd(fd);
	close(fd);
	return text;
}

START_TEST(lines_are_written)
{
	start_in_folder();
	put("a\n");
	put("b\n");
	stop();
	ck_assert_str_eq(read_file("log"), "a\nb\n");
	ck_assert_uint_eq(atomic_load(&writer.lost), 0);
	folder_remove();
}
END_TEST

START_TEST(target_that_cannot_be_opened)
{
	set_up("file:/none/log");
	ck_assert_int_eq(log_writer_start(&writer), -ENOENT);
}
END_TEST

START_TEST(calls_that_fail)
{
	static const int expected[] = { -ENOMEM, -ENOMEM, -EAGAIN, 0 };

	for (unsigned n = 1; n <= 4; n++) {
		bool failed;
		int err;

		set_up("stderr");
		fail_at(n, false);
		err = log_writer_start(&writer);
		failed = fail_stop();
		ck_assert_int_eq(err, expected[n - 1]);
		ck_assert_int_eq(failed, err < 0);
	}
	stop();
}
END_TEST

/* ------------------------------------------------------------- what is lost */

/* The sum of what the lines say that is missing. */
static uint64_t
missing(const char *text)
{
	uint64_t sum = 0, lost;

	while ((text = strstr(text, MISSING)) != NULL) {
		text += strlen(MISSING);
		ck_assert_int_eq(sscanf(text, "%" SCNu64 "\n", &lost), 1);
		sum += lost;
	}
	return sum;
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

/* Standard error becomes a pipe that nobody reads yet; returns its end. */
static int
block_stderr(int *saved)
{
	int ends[2];

	*saved = dup(STDERR_FILENO);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_gt(fcntl(ends[1], F_SETPIPE_SZ, 4096), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	return ends[0];
}

struct reader {
	int fd;
	size_t length;
	char text[1 << 20];
};

static void *
read_all(void *arg)
{
	struct reader *reader = arg;
	ssize_t n;

	while ((n = read(reader->fd, reader->text + reader->length,
	    sizeof(reader->text) - 1 - reader->length)) > 0)
		reader->length += (size_t)n;
	return NULL;
}

#define MANY 20000

/* A reader that stops: nobody waits, and every line is there or counted. */
START_TEST(blocked_pipe)
{
	static struct reader reader;
	pthread_t thread;
	int saved;

	reader.fd = block_stderr(&saved);
	start("stderr");
	for (int i = 0; i < MANY; i++)
		put("a line\n");
	ck_assert_uint_gt(atomic_load(&writer.lost), 0);
	pthread_create(&thread, NULL, read_all, &reader);
	stop();
	dup2(saved, STDERR_FILENO);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(missing(reader.text), atomic_load(&writer.lost));
	ck_assert_uint_eq(count(reader.text, "a line\n") +
	    missing(reader.text), MANY);
	close(reader.fd);
	close(saved);
}
END_TEST

START_TEST(stop_does_not_wait_for_ever)
{
	int saved, end = block_stderr(&saved);

	start("stderr");
	for (int i = 0; i < MANY; i++)
		put("a line\n");
	ck_assert(!log_writer_stop(&writer, 0.05));
	dup2(saved, STDERR_FILENO);
	(void)end;
}
END_TEST

START_TEST(full_device)
{
	start("file:/dev/full");
	put("a\n");
	put("b\n");
	stop();
	ck_assert_uint_eq(atomic_load(&writer.lost), 2);
}
END_TEST

static bool
wait_for_lost(uint64_t lost)
{
	for (int i = 0; i < PATIENCE * 1000; i++) {
		if (atomic_load(&writer.lost) >= lost)
			return true;
		usleep(1000);
	}
	return false;
}

/* A disk that is full for a while. */
START_TEST(gap_is_told_of)
{
	struct rlimit limit, old;
	const char *text;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 2;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	start_in_folder();
	put("a\n");
	put("b\n");
	ck_assert(wait_for_lost(1));
	put("c\n");
	ck_assert(wait_for_lost(2));
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	put("d\n");
	stop();
	text = read_file("log");
	ck_assert_int_eq(strncmp(text, "a\n2", 3), 0);
	ck_assert_uint_eq(missing(text), 2);
	ck_assert_str_eq(strstr(text, "lost="), "lost=2\nd\n");
	folder_remove();
}
END_TEST

/* ------------------------------------------------------------------- reopen */

START_TEST(reopened)
{
	start_in_folder();
	put("a\n");
	log_writer_reopen(&writer);
	put("b\n");
	stop();
	ck_assert_uint_eq(count(read_file("log"),
	    " notice: the log's file is open anew\n"), 1);
	folder_remove();
}
END_TEST

START_TEST(standard_error_is_not_reopened)
{
	int saved = dup(STDERR_FILENO), memory = memfd_create("log", 0);

	dup2(memory, STDERR_FILENO);
	start("stderr");
	log_writer_reopen(&writer);
	stop();
	dup2(saved, STDERR_FILENO);
	ck_assert_str_eq(read_fd(memory), "");
}
END_TEST

/* Its folder is gone: the old file and standard error say so. */
START_TEST(not_reopened)
{
	int saved = dup(STDERR_FILENO), memory = memfd_create("log", 0);
	char notation[512];
	int file;

	folder_make();
	ck_assert_int_eq(mkdir("d", 0700), 0);
	snprintf(notation, sizeof(notation), "file:%s/d/log", folder);
	dup2(memory, STDERR_FILENO);
	start(notation);
	file = open("d/log", O_RDONLY);
	ck_assert_int_eq(unlink("d/log"), 0);
	ck_assert_int_eq(rmdir("d"), 0);
	log_writer_reopen(&writer);
	stop();
	dup2(saved, STDERR_FILENO);
	ck_assert_uint_eq(count(read_fd(file), "/d/log can't be opened anew: "
	    "No such file or directory"), 1);
	ck_assert_uint_eq(count(read_fd(memory), "/d/log can't be opened "
	    "anew: No such file or directory"), 1);
	close(file);
	folder_remove();
}
END_TEST

/* ------------------------------------------------------------- descriptors */

/* A descriptor is gone when those who have it close it. */
START_TEST(holds_no_descriptor_of_others)
{
	char byte;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	start("stderr");
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	stop();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { lines_are_written,
	    target_that_cannot_be_opened, calls_that_fail, blocked_pipe,
	    stop_does_not_wait_for_ever, full_device, gap_is_told_of,
	    reopened, standard_error_is_not_reopened, not_reopened,
	    holds_no_descriptor_of_others };

	return UNIT_RUN_FORKED("log_writer", tests);
}
