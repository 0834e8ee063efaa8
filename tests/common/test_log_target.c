/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/log_target.h"

#include "fail.h"
#include "folder.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct log_target target;
static char notation[600];

static size_t
write_lines(const char *lines)
{
	return log_target_write(&target, lines, strlen(lines));
}

/* Parses prefix and a path in a new folder; returns the path. */
static const char *
parse_in_folder(const char *prefix, const char *name)
{
	static char path[512];

	folder_make();
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(notation, sizeof(notation), "%s%s", prefix, path);
	ck_assert_int_eq(log_target_parse(notation, &target), 0);
	return path;
}

static void
assert_file(const char *path, const char *expected)
{
	char text[4096];
	ssize_t length;
	int fd = open(path, O_RDONLY);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	length = read(fd, text, sizeof(text) - 1);
	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	ck_assert_str_eq(text, expected);
	close(fd);
}

/* ----------------------------------------------------------------- notation */

START_TEST(good_notations)
{
	ck_assert_int_eq(log_target_parse("stderr", &target), 0);
	ck_assert_int_eq(target.kind, LOG_TARGET_STDERR);
	ck_assert_int_eq(log_target_parse("syslog", &target), 0);
	ck_assert_int_eq(target.kind, LOG_TARGET_SYSLOG);
	ck_assert_str_eq(target.path, "/dev/log");
	ck_assert_int_eq(log_target_parse("syslog:/run/log", &target), 0);
	ck_assert_int_eq(target.kind, LOG_TARGET_SYSLOG);
	ck_assert_str_eq(target.path, "/run/log");
	ck_assert_int_eq(log_target_parse("file:/var/log/x", &target), 0);
	ck_assert_int_eq(target.kind, LOG_TARGET_FILE);
	ck_assert_str_eq(target.path, "/var/log/x");
}
END_TEST

START_TEST(bad_notations)
{
	static const char *const texts[] = { "", "stdout", "stderr ", "file",
	    "file:", "file:relative", "/var/log/x", "syslog:", "syslog:x",
	    "stderr:/x" };
	char text[256] = "syslog:/";

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(!log_target_is_good(texts[i]), "'%s' is good",
		    texts[i]);
	/* A socket's path has room for 107 bytes. */
	memset(text + strlen(text), 'x', 106);
	ck_assert(log_target_is_good(text));
	strcat(text, "x");
	ck_assert(!log_target_is_good(text));
}
END_TEST

/* --------------------------------------------------------------------- file */

START_TEST(file_is_appended_to)
{
	const char *path = parse_in_folder("file:", "log");
	struct stat status;

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(log_target_open(&target), 0);
		ck_assert_uint_eq(write_lines("a\nb\n"), 0);
		log_target_close(&target);
	}
	assert_file(path, "a\nb\na\nb\n");
	ck_assert_int_eq(stat(path, &status), 0);
	ck_assert_int_eq(status.st_mode & 07137, 0);
	folder_remove();
}
END_TEST

START_TEST(file_that_cannot_be)
{
	parse_in_folder("file:", "none/log");
	ck_assert_int_eq(log_target_open(&target), -ENOENT);
	ck_assert_int_eq(log_target_parse("file:/", &target), 0);
	ck_assert_int_eq(log_target_open(&target), -EISDIR);
	folder_remove();
}
END_TEST

/* Opening it would wait for somebody who reads. */
START_TEST(fifo_without_a_reader)
{
	const char *path = parse_in_folder("file:", "fifo");

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(log_target_open(&target), -ENXIO);
	folder_remove();
}
END_TEST

START_TEST(reopened_after_a_rename)
{
	const char *path = parse_in_folder("file:", "log");

	ck_assert_int_eq(log_target_open(&target), 0);
	write_lines("a\n");
	ck_assert_int_eq(rename(path, "log.1"), 0);
	write_lines("b\n");
	ck_assert_int_eq(log_target_reopen(&target), 0);
	write_lines("c\n");
	assert_file("log.1", "a\nb\n");
	assert_file(path, "c\n");
	log_target_close(&target);
	folder_remove();
}
END_TEST

START_TEST(not_reopened_in_a_removed_folder)
{
	const char *path = parse_in_folder("file:", "d/log");

	ck_assert_int_eq(mkdir("d", 0700), 0);
	ck_assert_int_eq(log_target_open(&target), 0);
	ck_assert_int_eq(rename(path, "log"), 0);
	ck_assert_int_eq(rmdir("d"), 0);
	ck_assert_int_eq(log_target_reopen(&target), -ENOENT);
	/* The old one is used on. */
	ck_assert_uint_eq(write_lines("a\n"), 0);
	assert_file("log", "a\n");
	log_target_close(&target);
	folder_remove();
}
END_TEST

START_TEST(full_device)
{
	ck_assert_int_eq(log_target_parse("file:/dev/full", &target), 0);
	ck_assert_int_eq(log_target_open(&target), 0);
	ck_assert_uint_eq(write_lines("a\nb\nc\n"), 3);
	log_target_close(&target);
}
END_TEST

/* What the kernel took of a line stands by itself. */
START_TEST(torn_line)
{
	struct rlimit limit, old;
	const char *path = parse_in_folder("file:", "log");

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(log_target_open(&target), 0);
	getrlimit(RLIMIT_FSIZE, &old);
	limit = old;
	limit.rlim_cur = 10;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_uint_eq(write_lines("12345\n67890\nx\n"), 2);
	ck_assert_uint_eq(write_lines("y\n"), 1);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	ck_assert_uint_eq(write_lines("z\n"), 0);
	assert_file(path, "12345\n6789\nz\n");
	log_target_close(&target);
	folder_remove();
}
END_TEST

/* ------------------------------------------------------------------- stderr */

static void *
read_all(void *arg)
{
	size_t *count = arg;
	char data[4096];
	ssize_t n;

	while ((n = read(*(int *)(count + 1), data, sizeof(data))) > 0)
		*count += (size_t)n;
	return NULL;
}

/* Somebody else may have made the description non-blocking. */
START_TEST(full_pipe_is_waited_for)
{
	static char lines[200000];
	struct { size_t count; int fd; } reader = { 0 };
	int saved = dup(STDERR_FILENO), ends[2];
	pthread_t thread;
	size_t lost;

	memset(lines, '\n', sizeof(lines));
	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, 0), 0);
	ck_assert_int_eq(log_target_parse("stderr", &target), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	ck_assert_int_eq(log_target_open(&target), 0);
	reader.fd = ends[0];
	pthread_create(&thread, NULL, read_all, &reader);
	lost = log_target_write(&target, lines, sizeof(lines));
	log_target_close(&target);
	dup2(saved, STDERR_FILENO);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(lost, 0);
	ck_assert_uint_eq(reader.count, sizeof(lines));
}
END_TEST

/* ------------------------------------------------------------------- syslog */

static int
start_daemon(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	(void)unlink(path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	return fd;
}

static void
assert_received(int fd, const char *expected)
{
	char text[256];
	ssize_t length = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	ck_assert_str_eq(text, expected);
}

START_TEST(syslog_datagrams)
{
	const char *path = parse_in_folder("syslog:", "s");
	int fd = start_daemon(path);

	ck_assert_int_eq(log_target_open(&target), 0);
	ck_assert_uint_eq(write_lines("<30>a\n<30>b c\n"), 0);
	assert_received(fd, "<30>a");
	assert_received(fd, "<30>b c");
	log_target_close(&target);
	close(fd);
	folder_remove();
}
END_TEST

START_TEST(syslog_daemon_starts_anew)
{
	const char *path = parse_in_folder("syslog:", "s");
	int fd;

	ck_assert_int_eq(log_target_open(&target), 0);
	ck_assert_uint_eq(write_lines("a\nb\n"), 2);
	fd = start_daemon(path);
	ck_assert_uint_eq(write_lines("c\n"), 0);
	assert_received(fd, "c");
	close(fd);
	ck_assert_uint_eq(write_lines("d\n"), 1);
	fd = start_daemon(path);
	ck_assert_uint_eq(write_lines("e\n"), 0);
	assert_received(fd, "e");
	/* And once more, without a line in between. */
	close(fd);
	fd = start_daemon(path);
	ck_assert_uint_eq(write_lines("f\n"), 0);
	assert_received(fd, "f");
	log_target_close(&target);
	close(fd);
	folder_remove();
}
END_TEST

START_TEST(syslog_calls_that_fail)
{
	const char *path = parse_in_folder("syslog:", "s");
	int fd = start_daemon(path);

	/* Too long a line is the line's fault. */
	ck_assert_int_eq(log_target_open(&target), 0);
	fail_call("send", 1, 1, EMSGSIZE);
	ck_assert_uint_eq(write_lines("a\nb\n"), 1);
	ck_assert(fail_stop());
	assert_received(fd, "b");
	fail_call("send", 1, 1, ECONNREFUSED);
	ck_assert_uint_eq(write_lines("c\n"), 0);
	ck_assert(fail_stop());
	assert_received(fd, "c");
	fail_call("send", 1, 2, ENOBUFS);
	ck_assert_uint_eq(write_lines("d\n"), 1);
	ck_assert(fail_stop());
	log_target_close(&target);
	fail_call("socket", 1, 1, EMFILE);
	ck_assert_uint_eq(write_lines("e\n"), 1);
	ck_assert(fail_stop());
	ck_assert_uint_eq(write_lines("f\n"), 0);
	assert_received(fd, "f");
	log_target_close(&target);
	close(fd);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { good_notations, bad_notations,
	    file_is_appended_to, file_that_cannot_be, fifo_without_a_reader,
	    reopened_after_a_rename, not_reopened_in_a_removed_folder,
	    full_device, torn_line, full_pipe_is_waited_for,
	    syslog_datagrams, syslog_daemon_starts_anew,
	    syslog_calls_that_fail };

	return UNIT_RUN("log_target", tests);
}
