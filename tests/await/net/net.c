/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <dirent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "core/hibernate.h"
#include "core/system_call.h"
#include "core/task.h"
#include "fail.h"
#include "net/net.h"
#include "entries.h"
#include "unit.h"

/* Seconds after which a condition will not come true any more. */
#define SOON 20

unsigned net_polls;
struct net_refusal net_refusal;
unsigned net_events_added;

static struct {
	unsigned count;
	int error;
	char message[128];
} report;

/* The linker has the library call these (--wrap). */
int __real_event_base_loop(struct event_base *base, int flags);
int __wrap_event_base_loop(struct event_base *base, int flags);
int __real_event_add(struct event *event, const struct timeval *timeout);
int __wrap_event_add(struct event *event, const struct timeval *timeout);

int __real_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list);
int __wrap_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list);

int
__wrap_event_base_loop(struct event_base *base, int flags)
{
	__atomic_fetch_add(&net_polls, 1, __ATOMIC_RELAXED);
	return __real_event_base_loop(base, flags);
}

/* By the loop itself, rather than by libevent. */
#define WRAP_WAIT(name) \
	int __real_##name(int epoll, struct epoll_event *events, int count, \
	    int timeout); \
	int __wrap_##name(int epoll, struct epoll_event *events, int count, \
	    int timeout); \
	int \
	__wrap_##name(int epoll, struct epoll_event *events, int count, \
	    int timeout) \
	{ \
		__atomic_fetch_add(&net_polls, 1, __ATOMIC_RELAXED); \
		return __real_##name(epoll, events, count, timeout); \
	}

WRAP_WAIT(epoll_wait)
#ifdef AW_RAW_SYSTEM_CALLS
WRAP_WAIT(aw_epoll_wait)
#endif

bool
fail_to_watch(int fd)
{
	__atomic_fetch_add(&net_events_added, 1, __ATOMIC_RELAXED);
	if (net_refusal.times == 0 || fd != net_refusal.fd)
		return false;
	net_refusal.times--;
	return true;
}

int
__wrap_event_add(struct event *event, const struct timeval *timeout)
{
	return fail_to_watch(event_get_fd(event)) ? -1 :
	    __real_event_add(event, timeout);
}

int
net_look_up(const char *host, const char *port, const struct addrinfo *hints,
    struct addrinfo **list)
{
	return __real_getaddrinfo(host, port, hints, list);
}

net_resolver *net_getaddrinfo = net_look_up;

int
__wrap_getaddrinfo(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list)
{
	return net_getaddrinfo(host, port, hints, list);
}

int
net_know_nothing(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list)
{
	(void)host, (void)port, (void)hints, (void)list;
	return EAI_NONAME;
}

static void
on_report(aw_loop *loop, const aw_exception_context *context, void *arg)
{
	(void)loop, (void)arg;
	report.count++;
	report.error = context->error;
	snprintf(report.message, sizeof(report.message), "%s",
	    context->message);
}

void
net_watch_reports(aw_loop *loop)
{
	aw_loop_set_exception_handler(loop, on_report, NULL);
}

unsigned
net_take_report(int *error, const char **message)
{
	unsigned count = report.count;

	if (error != NULL)
		*error = report.error;
	if (message != NULL)
		*message = report.message;
	report.count = 0;
	return count;
}

unsigned
net_open_descriptors(void)
{
	return count_descriptors();
}

unsigned
net_threads(void)
{
	return count_entries("/proc/self/task");
}

static int
run_watched(void *arg)
{
	net_watch_reports(aw_get_running_loop());
	return (*(aw_coroutine **)arg)(NULL);
}

void
net_run(aw_coroutine *coroutine)
{
	/* Check's own functions and those of sanitizers need more. */
	aw_loop_options options = { .stack_size = 256 * 1024 };
	unsigned descriptors = net_open_descriptors();
	int result;

	report.count = 0;
	result = aw_run_with(run_watched, &coroutine, &options);
	ck_assert_int_eq(result, 0);
	ck_assert_msg(report.count == 0, "was reported: %s: %s",
	    report.message, aw_strerror(report.error));
	ck_assert_uint_eq(net_open_descriptors(), descriptors);
}

static void
remove_folder(const char *folder)
{
	struct dirent *entry;
	DIR *files = opendir(".");

	while (files != NULL && (entry = readdir(files)) != NULL)
		(void)unlink(entry->d_name);
	if (files != NULL)
		closedir(files);
	if (chdir("/") == 0)
		(void)rmdir(folder);
}

int
net_main(const char *module, const TTest *const *tests, size_t count,
    enum fork_status forks)
{
	char folder[] = "/tmp/await-net-XXXXXX";
	int status;

	fail_init();
	if (mkdtemp(folder) == NULL || chdir(folder) < 0) {
		perror("a folder for the tests in /tmp");
		return EXIT_FAILURE;
	}
	status = unit_run(module, tests, count, 1, forks);
	remove_folder(folder);
	return status;
}

aw_task *
net_spawn(aw_coroutine *coroutine, void *arg)
{
	aw_task *task = aw_create_task(coroutine, arg, NULL);

	ck_assert_ptr_nonnull(task);
	return task;
}

aw_task *
net_youngest_task(void)
{
	return &aw_task_awake(TAILQ_LAST(&aw_get_running_loop()->tasks,
	    task_queue))->future;
}

int
net_join(aw_task *task)
{
	int result = aw_await(task);

	aw_future_unref(task);
	return result;
}

int
net_echo(aw_reader *reader, aw_writer *writer, void *begun)
{
	char buffer[100];
	ssize_t n;

	++*(unsigned *)begun;
	while ((n = aw_reader_read(reader, buffer, sizeof(buffer))) > 0)
		aw_writer_write(writer, buffer, (size_t)n);
	return (int)n;
}

void
net_stop_server(aw_server *server)
{
	aw_server_close(server);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	ck_assert_uint_eq(aw_server_connection_count(server), 0);
	aw_server_free(server);
}

void
net_turns(unsigned turns)
{
	while (turns-- > 0)
		if (aw_sleep(0) < 0)
			ck_abort_msg("cancelled while others run");
}

void
net_wait_until(bool (*holds)(void *arg), void *arg)
{
	double end = aw_loop_time(aw_get_running_loop()) + SOON;

	while (!holds(arg))
		if (aw_loop_time(aw_get_running_loop()) > end ||
		    aw_sleep(0.001) < 0)
			ck_abort_msg("what is waited for does not happen");
}

static int
run_call(struct net_call *call, ssize_t result)
{
	call->result = result;
	call->ended = true;
	return 0;
}

int
net_read(void *arg)
{
	struct net_call *call = arg;
	char byte;

	return run_call(call, aw_reader_read(call->pair->reader, &byte, 1));
}

int
net_drain(void *arg)
{
	struct net_call *call = arg;

	return run_call(call, aw_writer_drain(call->pair->writer));
}

int
net_wait_closed(void *arg)
{
	struct net_call *call = arg;

	return run_call(call, aw_writer_wait_closed(call->pair->writer));
}

aw_task *
net_start(struct net_call *call, struct net_pair *pair, aw_coroutine *run)
{
	aw_task *task;

	*call = (struct net_call){ .pair = pair };
	task = net_spawn(run, call);
	net_turns(2);
	ck_assert_msg(!call->ended, "it does not wait, and gave %zd",
	    call->result);
	return task;
}
