/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Servers whose connections hibernate while nothing comes.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/hibernate.h"
#include "core/task.h"
#include "hibernating.h"
#include "net/net.h"

#define AFTER 0.05 /* seconds until a connection hibernates, here */
#define CLIENTS 20

struct site {
	aw_server *server;
	unsigned begun;
	unsigned cancelled;
	unsigned timed_out;
	double patience;    /* seconds that a handler waits for data; 0: no end */
	aw_writer *writers[CLIENTS];
	aw_task *tasks[CLIENTS];
	int fds[CLIENTS];
};

/* Answers each byte by how many came on its connection. */
static int
count_bytes(aw_reader *reader, aw_writer *writer, void *arg)
{
	struct site *site = arg;
	unsigned char byte, count[2] = { 0, 0 };
	ssize_t n;

	site->writers[site->begun] = writer;
	site->tasks[site->begun] = aw_current_task();
	site->begun++;
	while ((n = aw_reader_read(reader, &byte, 1)) > 0) {
		count[0]++;
		count[1] ^= byte;
		aw_writer_write(writer, count, 2);
		n = aw_writer_drain(writer);
		if (n < 0)
			break;
	}
	site->cancelled += n == -ECANCELED;
	return (int)n;
}

static int
count_for_a_while(aw_reader *reader, aw_writer *writer, void *arg)
{
	struct site *site = arg;
	aw_timeout *timeout;
	int err;

	err = aw_timeout_enter(site->patience, &timeout);
	if (err < 0)
		return err;
	err = aw_timeout_exit(timeout, count_bytes(reader, writer, arg));
	site->timed_out += err == -ETIMEDOUT;
	return err == -ETIMEDOUT ? 0 : err;
}

static void
check_count(int fd, unsigned count, unsigned char parity)
{
	unsigned char byte = (unsigned char)('a' + count), answer[2];

	net_send(fd, &byte, 1);
	ck_assert_uint_eq(net_receive(fd, answer, 2), 2);
	ck_assert_uint_eq(answer[0], count);
	ck_assert_uint_eq(answer[1], parity ^ byte);
}

static void
open_site(struct site *site, aw_client_connected *handler)
{
	const aw_server_options options = { .hibernate = true };
	size_t i;

	ck_assert_int_eq(aw_start_server(handler, site, "127.0.0.1", 0,
	    &options, &site->server), 0);
	for (i = 0; i < CLIENTS; i++) {
		site->fds[i] = net_connect(net_port(
		    aw_server_socket(site->server, 0)));
		check_count(site->fds[i], 1, 0);
	}
	ck_assert_uint_eq(site->begun, CLIENTS);
}

static void
close_site(struct site *site)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		close(site->fds[i]);
	net_stop_server(site->server);
}

/* Handlers that have waited for long, and those of them that hibernate. */
static void
count_tasks(unsigned *trimmed, unsigned *hibernate)
{
	const struct task *task;
	struct task_link *link;

	*trimmed = *hibernate = 0;
	TAILQ_FOREACH(link, &aw_get_running_loop()->tasks, pending) {
		task = aw_task_seen(link);
		*trimmed += task->may_hibernate != NULL &&
		    task->trimmed == task->since;
		*hibernate += link->hibernation != NULL;
	}
}

static bool
all_are_trimmed(void *arg)
{
	unsigned trimmed, hibernate;

	(void)arg;
	count_tasks(&trimmed, &hibernate);
	return trimmed == CLIENTS;
}

static void
wait_until_all_hibernate(void)
{
	unsigned trimmed, hibernate;

	net_wait_until(all_are_trimmed, NULL);
	count_tasks(&trimmed, &hibernate);
	ck_assert_uint_eq(hibernate, can_hibernate() ? CLIENTS : 0);
}

static void
run(aw_coroutine *body)
{
	const aw_loop_options options = { .trim_after = AFTER };

	ck_assert_int_eq(aw_run_with(body, NULL, &options), 0);
}

static int
talk_again(void *arg)
{
	struct site site = { 0 };
	size_t i;

	(void)arg;
	open_site(&site, count_bytes);
	wait_until_all_hibernate();
	for (i = 0; i < CLIENTS; i++)
		check_count(site.fds[i], 2, 'b');
	wait_until_all_hibernate();
	for (i = 0; i < CLIENTS; i++)
		check_count(site.fds[i], 3, 'b' ^ 'c');
	close_site(&site);
	return 0;
}

START_TEST(connections_go_on_where_they_were)
{
	run(talk_again);
}
END_TEST

static void
abort_all(struct site *site)
{
	aw_server_abort_clients(site->server);
}

static void
close_all(struct site *site)
{
	aw_server_close_clients(site->server);
}

static void
cancel_all(struct site *site)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		ck_assert(aw_cancel(site->tasks[i]));
}

/* By what knows nothing of hibernation. */
static void
close_each(struct site *site)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		aw_writer_close(site->writers[i]);
}

static void
leave_each(struct site *site)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		ck_assert_int_eq(shutdown(site->fds[i], SHUT_WR), 0);
}

static const struct {
	void (*end)(struct site *site);
	int received; /* by the clients then */
} ends[] = {
	{ abort_all, -ECONNRESET },
	{ close_all, 0 },
	{ cancel_all, 0 },
	{ close_each, 0 },
	{ leave_each, 0 },
};

static int
end_all(void *arg)
{
	struct site site = { 0 };
	int which = *(const int *)arg;
	char byte;
	size_t i;

	open_site(&site, count_bytes);
	wait_until_all_hibernate();
	ends[which].end(&site);
	for (i = 0; i < CLIENTS; i++)
		ck_assert_int_eq(net_receive_once(site.fds[i], &byte, 1),
		    ends[which].received);
	close_site(&site);
	return 0;
}

START_TEST(connections_that_are_ended_meanwhile_end)
{
	const aw_loop_options options = { .trim_after = AFTER };
	int which;

	for (which = 0; which < (int)(sizeof(ends) / sizeof(ends[0])); which++)
		ck_assert_int_eq(aw_run_with(end_all, &which, &options), 0);
}
END_TEST

/* As a chat does. */
static int
tell_all(void *arg)
{
	struct site site = { 0 };
	char text[5];
	size_t i;

	(void)arg;
	open_site(&site, count_bytes);
	wait_until_all_hibernate();
	for (i = 0; i < CLIENTS; i++)
		aw_writer_write(site.writers[i], "hello", sizeof(text));
	for (i = 0; i < CLIENTS; i++) {
		ck_assert_uint_eq(net_receive(site.fds[i], text, 5), 5);
		ck_assert_int_eq(memcmp(text, "hello", 5), 0);
		check_count(site.fds[i], 2, 'b');
	}
	/* Nobody looked at their stacks. */
	wait_until_all_hibernate();
	close_site(&site);
	return 0;
}

START_TEST(other_tasks_may_write_to_them)
{
	run(tell_all);
}
END_TEST

static int
time_out(void *arg)
{
	struct site site = { .patience = 10 * AFTER };
	char byte;
	size_t i;

	(void)arg;
	open_site(&site, count_for_a_while);
	for (i = 0; i < CLIENTS; i++)
		ck_assert_int_eq(net_receive_once(site.fds[i], &byte, 1), 0);
	close_site(&site);
	ck_assert_uint_eq(site.timed_out, CLIENTS);
	return 0;
}

START_TEST(handlers_that_time_out_meanwhile_are_told)
{
	run(time_out);
}
END_TEST

static int
leave_to_the_loop(void *arg)
{
	struct site *site = arg;

	open_site(site, count_bytes);
	wait_until_all_hibernate();
	/* Its connections go on. */
	aw_server_free(site->server);
	return 0;
}

START_TEST(connections_that_are_left_to_the_loop_are_cancelled)
{
	const aw_loop_options options = { .trim_after = AFTER };
	struct site site = { 0 };
	size_t i;

	/* Its end cancels what is still there. */
	ck_assert_int_eq(aw_run_with(leave_to_the_loop, &site, &options), 0);
	ck_assert_uint_eq(site.cancelled, CLIENTS);
	for (i = 0; i < CLIENTS; i++)
		close(site.fds[i]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		connections_go_on_where_they_were,
		connections_that_are_ended_meanwhile_end,
		other_tasks_may_write_to_them,
		handlers_that_time_out_meanwhile_are_told,
		connections_that_are_left_to_the_loop_are_cancelled,
	};

	return NET_MAIN("server_hibernate", tests);
}
