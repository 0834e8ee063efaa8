/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
/* The administrator's thread: its life, and with calls that fail. */
#include "echod/admin.h"

#include "../common/folder.h"
#include "await/fail.h"
#include "entries.h"
#include "unit.h"
#include "fixture.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct worker worker;
static struct reload reload;
static struct admin admin;

static struct generation *
make(const char *where, const struct generation *old)
{
	struct arguments arguments = { .config = "f" };
	struct settings *settings;
	struct generation *generation;
	char text[512];

	folder_make();
	snprintf(text, sizeof(text), "admin = %s\nlistener \"a\" "
	    "{ listen = \"127.0.0.1:0\" }\n", where);
	folder_write("f", text);
	settings = config_load(&arguments, fixture_report, NULL);
	folder_remove();
	ck_assert_ptr_nonnull(settings);
	generation = generation_new(settings, 1, old);
	ck_assert_ptr_nonnull(generation);
	return generation;
}

static void
end(struct generation *generation)
{
	generation_close(generation);
	generation_unref(generation);
}

static int
connect_admin(size_t place)
{
	const struct listening *listening =
	    admin.sockets.listener.addresses[place];
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	int fd;

	ck_assert_int_eq(getsockname(listening->fds[0],
	    (struct sockaddr *)&address, &length), 0);
	fd = socket(address.ss_family, SOCK_STREAM, 0);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, length), 0);
	return fd;
}

/* What it answers; the thread does not need this one's loop for that. */
static const char *
ask(size_t place, const char *path)
{
	static char answer[65536];
	size_t length = 0;
	char request[128];
	ssize_t n;
	int fd = connect_admin(place);

	snprintf(request, sizeof(request), "GET %s HTTP/1.0\r\n\r\n", path);
	ck_assert_int_eq(send(fd, request, strlen(request), 0),
	    (ssize_t)strlen(request));
	while ((n = recv(fd, answer + length, sizeof(answer) - 1 - length,
	    0)) > 0)
		length += (size_t)n;
	ck_assert_int_eq(n, 0);
	answer[length] = '\0';
	close(fd);
	return answer;
}

static void
assert_answers(size_t place, const char *path, const char *text)
{
	const char *answer = ask(place, path);

	ck_assert_msg(strstr(answer, " 200 OK\r\n") != NULL &&
	    strstr(answer, text) != NULL, "%s: %s", path, answer);
}

static void
start(void)
{
	admin_start(&admin, aw_get_running_loop(), &worker, 1, &reload);
}

static int
run_life(void *arg)
{
	const size_t before = count_descriptors();
	struct generation *next;

	(void)arg;
	phase_set(PHASE_SERVING);
	worker.alone = true;
	reload.generation = make("\"127.0.0.1:0\"", NULL);
	start();
	ck_assert(admin.running);
	assert_answers(0, "/healthz", "\r\n\r\nok\n");
	assert_answers(0, "/readyz", "\r\n\r\nok\n");
	assert_answers(0, "/metrics", "\nechod_connections{listener=\"a\"} 0\n");
	assert_answers(0, "/status.json", "\"name\": \"a\"");
	assert_answers(0, "/", "<title>echod</title>");
	/* It goes to another address, and away. */
	next = make("{ \"unix:@echod-test-admin\" }", reload.generation);
	admin_show(&admin, next);
	end(reload.generation);
	assert_answers(0, "/healthz", "ok\n");
	ck_assert_str_eq(admin.sockets.listener.addresses[0]->text,
	    "unix:@echod-test-admin");
	reload.generation = make("\"\"", next);
	admin_show(&admin, reload.generation);
	end(next);
	ck_assert(!admin.running);
	admin_stop(&admin);
	end(reload.generation);
	ck_assert_uint_eq(count_descriptors(), before);
	return 0;
}

START_TEST(life)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_life, NULL), 0);
}
END_TEST

static int
run_same(void *arg)
{
	struct generation *next;
	pthread_t thread;

	(void)arg;
	reload.generation = make("\"127.0.0.1:0\"", NULL);
	start();
	thread = admin.thread;
	next = make("\"127.0.0.1:0\"", reload.generation);
	admin_show(&admin, next);
	ck_assert(pthread_equal(admin.thread, thread));
	assert_answers(0, "/healthz", "ok\n");
	end(reload.generation);
	assert_answers(0, "/healthz", "ok\n");
	admin_stop(&admin);
	end(next);
	return 0;
}

START_TEST(the_same_address_keeps_the_thread)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_same, NULL), 0);
	ck_assert_ptr_null(strstr(strstr(fixture_logged(), "status page") + 1,
	    "status page"));
}
END_TEST

static int
run_end_with_guests(void *arg)
{
	const size_t before = count_descriptors();
	int fds[50];

	(void)arg;
	reload.generation = make("\"127.0.0.1:0\"", NULL);
	start();
	for (size_t i = 0; i < 50; i++) {
		fds[i] = connect_admin(0);
		ck_assert_int_eq(send(fds[i], "GET", 3, 0), 3);
	}
	assert_answers(0, "/healthz", "ok\n");
	admin_stop(&admin);
	for (size_t i = 0; i < 50; i++)
		close(fds[i]);
	end(reload.generation);
	ck_assert_uint_eq(count_descriptors(), before);
	return 0;
}

START_TEST(its_end_does_not_wait_for_guests)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_end_with_guests, NULL), 0);
}
END_TEST

/* Whatever fails is logged, and nothing is left of what had begun. */
static int
run_failures(void *arg)
{
	unsigned n = 1;
	bool failed;

	(void)arg;
	reload.generation = make("{ \"127.0.0.1:0\", \"[::1]:0\" }", NULL);
	do {
		const size_t before = count_descriptors();
		off_t logged = lseek(fixture_log, 0, SEEK_END);

		fail_at(n, false);
		start();
		failed = fail_stop();
		if (!admin.running)
			ck_assert_msg(strstr(fixture_logged() + logged,
			    "error: admin: ") != NULL, "%u: %s: %s", n,
			    fail_name(), fixture_logged() + logged);
		/* A reload that changes nothing mends it. */
		admin_show(&admin, reload.generation);
		assert_answers(0, "/healthz", "ok\n");
		admin_stop(&admin);
		ck_assert_msg(count_descriptors() == before, "%u: %s", n,
		    fail_name());
		n++;
	} while (failed);
	ck_assert_uint_gt(n, 10);
	end(reload.generation);
	return 0;
}

START_TEST(every_failure_is_told)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_failures, NULL), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { life, the_same_address_keeps_the_thread,
	    its_end_does_not_wait_for_guests, every_failure_is_told };

	fail_init();
	return UNIT_RUN("admin", tests);
}
