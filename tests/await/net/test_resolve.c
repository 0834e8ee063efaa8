/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Names to addresses.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "core/loop.h"
#include "fail.h"
#include "net/net.h"
#include "net/resolve.h"

/*
 * A name server that answers when it is told to.  Only names get to it: what
 * is in digits has been found before.
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned asked;
	bool answers;
	int error;        /* its answer, if not 0 */
	int system_error; /* and errno */
} server = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.changed = PTHREAD_COND_INITIALIZER,
};

static int
ask_server(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **list)
{
	int error;

	if (host == NULL || (hints->ai_flags & AI_NUMERICHOST) != 0)
		return net_look_up(host, port, hints, list);
	pthread_mutex_lock(&server.lock);
	server.asked++;
	while (!server.answers)
		pthread_cond_wait(&server.changed, &server.lock);
	error = server.error;
	errno = server.system_error;
	pthread_mutex_unlock(&server.lock);
	return error != 0 ? error : net_look_up("192.0.2.1", port, hints, list);
}

static void
let_server_answer(void)
{
	pthread_mutex_lock(&server.lock);
	server.answers = true;
	pthread_cond_broadcast(&server.changed);
	pthread_mutex_unlock(&server.lock);
}

static bool
is_asked(void *arg)
{
	bool asked;

	pthread_mutex_lock(&server.lock);
	asked = server.asked == *(unsigned *)arg;
	pthread_mutex_unlock(&server.lock);
	return asked;
}

/* Waits until so many threads are busy. */
static void
wait_until_asked(unsigned times)
{
	net_wait_until(is_asked, &times);
}

static void
check_address(const struct addrinfo *entry, const char *expected)
{
	char text[AW_ADDRESS_TEXT_SIZE];

	ck_assert_ptr_nonnull(entry);
	ck_assert_int_eq(entry->ai_socktype, SOCK_STREAM);
	ck_assert_str_eq(aw_address_text(entry->ai_addr, entry->ai_addrlen,
	    text, sizeof(text)), expected);
}

/* A task that resolves a name. */
static int
resolve_name(void *arg)
{
	struct addrinfo *list;
	int err = aw_resolve(arg, 7, 0, &list);

	if (err < 0)
		return err;
	check_address(list, "192.0.2.1:7");
	freeaddrinfo(list);
	return 0;
}

static char name[] = "name.test";

NET_TEST(digits_are_not_asked_for)
{
	struct addrinfo *list;

	net_getaddrinfo = ask_server;
	/* A cancellation is delivered by whatever waits. */
	aw_cancel(aw_current_task());
	ck_assert_int_eq(aw_resolve("127.0.0.1", 7, 0, &list), 0);
	check_address(list, "127.0.0.1:7");
	ck_assert_ptr_null(list->ai_next);
	freeaddrinfo(list);
	ck_assert_int_eq(aw_resolve("2001:db8::1", 65535, 0, &list), 0);
	check_address(list, "[2001:db8::1]:65535");
	freeaddrinfo(list);
	ck_assert_uint_eq(server.asked, 0);
	ck_assert_int_eq(aw_sleep(0), -ECANCELED);
	aw_task_uncancel(aw_current_task());
}

NET_TEST(no_host_is_every_interface)
{
	struct addrinfo *list;

	net_getaddrinfo = ask_server;
	aw_cancel(aw_current_task());
	ck_assert_int_eq(aw_resolve(NULL, 7, AI_PASSIVE, &list), 0);
	ck_assert_ptr_nonnull(list->ai_next);
	check_address(list, list->ai_family == AF_INET ? "0.0.0.0:7" :
	    "[::]:7");
	freeaddrinfo(list);
	ck_assert_int_eq(aw_resolve("", 7, AI_PASSIVE, &list), 0);
	freeaddrinfo(list);
	ck_assert_int_eq(aw_sleep(0), -ECANCELED);
	aw_task_uncancel(aw_current_task());
}

NET_TEST(localhost_is_the_loopback)
{
	char text[AW_ADDRESS_TEXT_SIZE];
	struct addrinfo *list;

	ck_assert_int_eq(aw_resolve("localhost", 7, 0, &list), 0);
	aw_address_text(list->ai_addr, list->ai_addrlen, text, sizeof(text));
	ck_assert_msg(strcmp(text, "127.0.0.1:7") == 0 ||
	    strcmp(text, "[::1]:7") == 0, "localhost is %s", text);
	freeaddrinfo(list);
}

NET_TEST(a_name_is_resolved_beside_the_loop)
{
	aw_task *task;

	net_getaddrinfo = ask_server;
	task = net_spawn(resolve_name, name);
	wait_until_asked(1);
	/* The loop goes on meanwhile. */
	net_turns(10);
	ck_assert(!aw_future_done(task));
	let_server_answer();
	ck_assert_int_eq(net_join(task), 0);
}

NET_TEST(several_names_are_resolved_at_once)
{
	aw_task *tasks[4];
	int i;

	net_getaddrinfo = ask_server;
	for (i = 0; i < 4; i++)
		tasks[i] = net_spawn(resolve_name, name);
	wait_until_asked(4);
	let_server_answer();
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(net_join(tasks[i]), 0);
}

NET_TEST(an_unknown_name_is_told_with_its_reason)
{
	struct addrinfo *list;

	net_getaddrinfo = ask_server;
	server.answers = true;
	server.error = EAI_NONAME;
	ck_assert_int_eq(aw_resolve(name, 7, 0, &list), AW_EDNS);
	ck_assert_str_eq(aw_error_text(),
	    "name.test: Name or service not known");
}

NET_TEST(a_server_that_fails_for_now_is_told_with_its_reason)
{
	struct addrinfo *list;

	net_getaddrinfo = ask_server;
	server.answers = true;
	server.error = EAI_AGAIN;
	ck_assert_int_eq(aw_resolve(name, 7, 0, &list), AW_EDNS);
	ck_assert_str_eq(aw_error_text(),
	    "name.test: Temporary failure in name resolution");
}

NET_TEST(other_errors_are_the_systems_own)
{
	struct addrinfo *list;

	net_getaddrinfo = ask_server;
	server.answers = true;
	server.error = EAI_SYSTEM;
	server.system_error = EMFILE;
	ck_assert_int_eq(aw_resolve(name, 7, 0, &list), -EMFILE);
	server.error = EAI_MEMORY;
	ck_assert_int_eq(aw_resolve(name, 7, 0, &list), -ENOMEM);
}

NET_TEST(without_a_thread_the_error_says_so)
{
	struct addrinfo *list;

	net_getaddrinfo = ask_server;
	fail_call("pthread_create", 1, 1, EAGAIN);
	ck_assert_int_eq(aw_resolve(name, 7, 0, &list), -EAGAIN);
	ck_assert(fail_stop());
	ck_assert_uint_eq(server.asked, 0);
}

NET_TEST(without_memory_the_error_says_so)
{
	struct addrinfo *list;

	fail_call("calloc", 1, 1, ENOMEM);
	ck_assert_int_eq(aw_resolve("127.0.0.1", 7, 0, &list), -ENOMEM);
	ck_assert(fail_stop());
}

NET_TEST(who_waits_for_a_name_can_be_cancelled)
{
	aw_task *task;

	net_getaddrinfo = ask_server;
	task = net_spawn(resolve_name, name);
	wait_until_asked(1);
	aw_cancel(task);
	/* At once, while the thread is busy still. */
	ck_assert_int_eq(net_join(task), -ECANCELED);
	let_server_answer();
	/* What the thread found is freed, and others are served. */
	ck_assert_int_eq(resolve_name(name), 0);
}

NET_TEST(a_cancellation_after_the_answer_comes_first)
{
	struct pollfd woken = { .events = POLLIN };
	aw_task *task;

	woken.fd = aw_get_running_loop()->wake_fd;
	net_getaddrinfo = ask_server;
	task = net_spawn(resolve_name, name);
	wait_until_asked(1);
	let_server_answer();
	/* The answer is there, but the loop has not yet looked. */
	ck_assert_int_eq(poll(&woken, 1, -1), 1);
	aw_cancel(task);
	ck_assert_int_eq(net_join(task), -ECANCELED);
}

NET_TEST(a_name_before_the_thread_gets_to_it_can_be_given_up)
{
	aw_task *tasks[40];
	int i, done = 0;

	net_getaddrinfo = ask_server;
	/* More than there are threads. */
	for (i = 0; i < 40; i++)
		tasks[i] = net_spawn(resolve_name, name);
	net_turns(2);
	for (i = 0; i < 40; i++)
		aw_cancel(tasks[i]);
	for (i = 0; i < 40; i++)
		done += net_join(tasks[i]) == -ECANCELED;
	ck_assert_int_eq(done, 40);
	let_server_answer();
	ck_assert_int_eq(resolve_name(name), 0);
}

/* Runs a loop until so many threads are busy. */
static void
run_until_asked(aw_loop *loop, unsigned times)
{
	do {
		aw_loop_stop(loop);
		aw_loop_run_forever(loop);
	} while (!is_asked(&times));
}

static void *
end_at_once(void *arg)
{
	return arg;
}

/* How many threads there are, once one has been started and has ended. */
static unsigned
threads_at_rest(void)
{
	pthread_t thread;

	/* A sanitizer may add one of its own to the first. */
	ck_assert_int_eq(pthread_create(&thread, NULL, end_at_once, NULL), 0);
	pthread_join(thread, NULL);
	return net_threads();
}

START_TEST(a_loop_may_be_closed_while_a_name_is_resolved)
{
	aw_loop *loop = aw_loop_new(NULL);
	unsigned threads = threads_at_rest();

	ck_assert_ptr_nonnull(loop);
	net_watch_reports(loop);
	net_getaddrinfo = ask_server;
	aw_future_unref(aw_loop_create_task(loop, resolve_name, name, NULL));
	run_until_asked(loop, 1);
	ck_assert_int_eq(aw_loop_close(loop), 0);
	/* Of the task, which was dropped while it was pending. */
	ck_assert_uint_eq(net_take_report(NULL, NULL), 1);
	let_server_answer();
	/* The thread frees what it has, and ends. */
	while (net_threads() > threads)
		usleep(100);
}
END_TEST

START_TEST(outside_of_a_task_names_are_not_resolved)
{
	struct addrinfo *list;

	ck_assert_int_eq(aw_resolve("127.0.0.1", 7, 0, &list), AW_ENOTASK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		digits_are_not_asked_for,
		no_host_is_every_interface,
		localhost_is_the_loopback,
		a_name_is_resolved_beside_the_loop,
		several_names_are_resolved_at_once,
		an_unknown_name_is_told_with_its_reason,
		a_server_that_fails_for_now_is_told_with_its_reason,
		other_errors_are_the_systems_own,
		without_a_thread_the_error_says_so,
		without_memory_the_error_says_so,
		who_waits_for_a_name_can_be_cancelled,
		a_cancellation_after_the_answer_comes_first,
		a_name_before_the_thread_gets_to_it_can_be_given_up,
		a_loop_may_be_closed_while_a_name_is_resolved,
		outside_of_a_task_names_are_not_resolved,
	};

	return NET_MAIN_FORKED("resolve", tests);
}
