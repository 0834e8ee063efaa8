/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of src/await/net share: a loop to run in, tasks, and what went
 * on in the loop.
 */
#ifndef TESTS_AWAIT_NET_NET_H
#define TESTS_AWAIT_NET_NET_H

#include <check.h>
#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "await.h"
#include "net/peer.h"
#include "unit.h"

/*
 * A test whose body runs in the main task of a loop.  It fails as well if
 * something was reported to the exception handler that it has not taken by
 * net_take_report, or if a descriptor is left open.
 */
#define NET_TEST(name) \
	UNIT_TASK_TEST(name, net_run(name##_main))

/* Runs a module's tests, in a folder of their own; for main to return. */
int net_main(const char *module, const TTest *const *tests, size_t count,
    enum fork_status forks);
#define NET_MAIN(module, tests) \
	net_main(module, tests, UNIT_COUNT(tests), CK_FORK_GETENV)
/* As UNIT_RUN_FORKED. */
#define NET_MAIN_FORKED(module, tests) \
	net_main(module, tests, UNIT_COUNT(tests), CK_FORK)

/* Seconds that no test waits for. */
#define NEVER 1000

/* What NET_TEST does. */
void net_run(aw_coroutine *main);

/* Watches what is reported on the running loop; net_run does it already. */
void net_watch_reports(aw_loop *loop);
/*
 * Forgets the reports until now.  Returns how many there were; *error and
 * *message, which may be NULL, are the last one's.
 */
unsigned net_take_report(int *error, const char **message);

/* To be compared: descriptors that are open, and threads of this process. */
unsigned net_open_descriptors(void);
unsigned net_threads(void);

/* A task that must be had. */
aw_task *net_spawn(aw_coroutine *coroutine, void *arg);
/* The task that was made last and is not done, without a reference. */
aw_task *net_youngest_task(void);
/* Awaits it and gives it back; its result. */
int net_join(aw_task *task);
/*
 * A handler that echoes until the end, or the error, which is its result; arg
 * is an unsigned that counts the handlers that have begun.
 */
aw_client_connected net_echo;
/* Closes it, waits until it has no connections, and frees it. */
void net_stop_server(aw_server *server);
/* Lets the others run so many times. */
void net_turns(unsigned turns);
/* Lets time pass until the condition holds, which has to be soon. */
void net_wait_until(bool (*holds)(void *arg), void *arg);

/* A call that waits, in a task of its own, and what came of it. */
struct net_call {
	struct net_pair *pair;
	ssize_t result;
	bool ended;
};

/* Starts one of the calls that follow, and sees it wait. */
aw_task *net_start(struct net_call *call, struct net_pair *pair,
    aw_coroutine *run);
aw_coroutine net_read; /* of a byte */
aw_coroutine net_drain;
aw_coroutine net_wait_closed;

/* How often a loop of this process has polled. */
extern unsigned net_polls;
/* How often the library has added an event. */
extern unsigned net_events_added;
/* How often adding an event of this descriptor still fails. */
extern struct net_refusal {
	int fd;
	unsigned times;
} net_refusal;

/* What the library gets for getaddrinfo: at first net_look_up, the real one. */
typedef int net_resolver(const char *host, const char *port,
    const struct addrinfo *hints, struct addrinfo **list);
extern net_resolver *net_getaddrinfo;
net_resolver net_look_up;
/* One that knows no name. */
net_resolver net_know_nothing;

#endif
