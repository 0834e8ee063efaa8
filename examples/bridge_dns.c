/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A callback library that always calls back: libevent's resolver.
 *
 * Even of a query that is cancelled the callback comes, later.  So what it
 * works with belongs to both, the callback and the task that waits, and goes
 * with the last of them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/dns.h>
#include <event2/dns_struct.h>
#include <event2/event.h>
#include <event2/util.h>

#include <await.h>

#include "seconds.h"

enum { LARGEST = 8 };

/* The server: it knows one name, and is silent about another. */
static bool
is_about(const struct evdns_server_question *question, const char *name)
{
	/* The resolver mixes capitals in, against forgery. */
	return evutil_ascii_strcasecmp(question->name, name) == 0;
}

static int
answer(struct evdns_server_request *request,
    const struct evdns_server_question *question)
{
	static const uint8_t addresses[2][4] = {
		{ 192, 0, 2, 1 }, { 192, 0, 2, 2 } };
	static const uint8_t address6[16] = {
		0x20, 0x01, 0x0d, 0xb8, [15] = 1 };

	if (!is_about(question, "example.test"))
		return DNS_ERR_NOTEXIST;
	if (question->type == EVDNS_TYPE_A)
		evdns_server_request_add_a_reply(request, question->name, 2,
		    addresses, 60);
	else if (question->type == EVDNS_TYPE_AAAA)
		evdns_server_request_add_aaaa_reply(request, question->name, 1,
		    address6, 60);
	return DNS_ERR_NONE;
}

static void
on_query(struct evdns_server_request *request, void *arg)
{
	const struct evdns_server_question *question;

	(void)arg;
	if (request->nquestions != 1) {
		evdns_server_request_respond(request, DNS_ERR_FORMAT);
		return;
	}
	question = request->questions[0];
	if (is_about(question, "silent.test"))
		evdns_server_request_drop(request);
	else
		evdns_server_request_respond(request,
		    answer(request, question));
}

/* A socket that is bound to a free port of the loopback address. */
static int
open_socket(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int fd, err;

	*address = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)address, length) == 0 &&
	    getsockname(fd, (struct sockaddr *)address, &length) == 0)
		return fd;
	err = -errno;
	close(fd);
	return err;
}

static struct evdns_server_port *
start_server(struct event_base *base, struct sockaddr_in *address)
{
	struct evdns_server_port *port;
	int fd = open_socket(address);

	if (fd < 0)
		return NULL;
	/* The port closes its socket. */
	port = evdns_add_server_port_with_base(base, fd, 0, on_query, NULL);
	if (port == NULL)
		close(fd);
	return port;
}

/* The resolver, which asks that server once and no other. */
static struct evdns_base *
new_resolver(struct event_base *base, const struct sockaddr_in *server)
{
	struct evdns_base *resolver = evdns_base_new(base, 0);
	char timeout[32];

	if (resolver == NULL)
		return NULL;
	snprintf(timeout, sizeof(timeout), "%f", seconds(1));
	if (evdns_base_set_option(resolver, "timeout:", timeout) == 0 &&
	    evdns_base_set_option(resolver, "attempts:", "1") == 0 &&
	    evdns_base_nameserver_sockaddr_add(resolver,
	    (const struct sockaddr *)server, sizeof(*server), 0) == 0)
		return resolver;
	evdns_base_free(resolver, 0);
	return NULL;
}

/* The bridge: a query, which belongs to its callback and to who waits. */
struct lookup {
	unsigned owners;
	struct evdns_request *query; /* NULL once it has been answered */
	aw_future *answered;
	int family;
	int count;
	char addresses[LARGEST][INET6_ADDRSTRLEN];
};

static void
release(struct lookup *lookup)
{
	if (--lookup->owners > 0)
		return;
	aw_future_unref(lookup->answered);
	free(lookup);
}

static int
error_of(int result)
{
	switch (result) {
	case DNS_ERR_TIMEOUT:
		return -ETIMEDOUT;
	case DNS_ERR_CANCEL:
		return -ECANCELED;
	default:
		return AW_EDNS;
	}
}

/* Called by libevent; it lends the addresses. */
static void
on_answer(int result, char type, int count, int ttl, void *addresses,
    void *arg)
{
	struct lookup *lookup = arg;
	size_t size = lookup->family == AF_INET ? 4 : 16;
	int i;

	(void)type, (void)ttl;
	lookup->query = NULL;
	if (result != DNS_ERR_NONE)
		count = 0;
	for (i = 0; i < count && i < LARGEST; i++)
		inet_ntop(lookup->family, (char *)addresses + (size_t)i * size,
		    lookup->addresses[i], INET6_ADDRSTRLEN);
	lookup->count = i;
	/* Who waits may have been cancelled: then nothing is set. */
	if (result == DNS_ERR_NONE)
		aw_future_set_result(lookup->answered, i);
	else
		aw_future_set_error(lookup->answered, error_of(result));
	release(lookup);
}

static struct lookup *
new_lookup(int family)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup == NULL)
		return NULL;
	lookup->owners = 1;
	lookup->family = family;
	lookup->answered = aw_loop_create_future(aw_get_running_loop());
	if (lookup->answered != NULL)
		return lookup;
	free(lookup);
	return NULL;
}

static void
print_answer(const struct lookup *lookup, const char *name, int result)
{
	int i;

	printf("%s %s:", name, lookup->family == AF_INET ? "A" : "AAAA");
	for (i = 0; i < result; i++)
		printf(" %s", lookup->addresses[i]);
	if (result < 0)
		printf(" %s", aw_strerror(result));
	printf("\n");
}

struct question {
	struct evdns_base *resolver;
	const char *name;
	int family;
};

/* Returns how many addresses there are. */
static int
resolve(void *arg)
{
	const struct question *question = arg;
	struct lookup *lookup = new_lookup(question->family);
	int result;

	if (lookup == NULL)
		return -ENOMEM;
	lookup->owners++;
	lookup->query = question->family == AF_INET ?
	    evdns_base_resolve_ipv4(question->resolver, question->name,
	    DNS_QUERY_NO_SEARCH, on_answer, lookup) :
	    evdns_base_resolve_ipv6(question->resolver, question->name,
	    DNS_QUERY_NO_SEARCH, on_answer, lookup);
	if (lookup->query == NULL)
		lookup->owners--;
	result = lookup->query != NULL ? aw_await(lookup->answered) : -ENOMEM;
	/* Its callback comes all the same, when this task has gone. */
	if (lookup->query != NULL)
		evdns_cancel_request(question->resolver, lookup->query);
	print_answer(lookup, question->name, result);
	release(lookup);
	return result;
}

/* One after the other; an answer that there is no answer is no failure. */
static int
ask_in_turn(struct question *questions, size_t count)
{
	size_t i;
	int result;

	for (i = 0; i < count; i++) {
		result = resolve(&questions[i]);
		if (result == -ENOMEM || result == -ECANCELED)
			return result;
	}
	return 0;
}

static int
ask_at_once(struct question *questions)
{
	aw_task *tasks[2] = {
		aw_create_task(resolve, &questions[0], NULL),
		aw_create_task(resolve, &questions[1], NULL),
	};
	int err = aw_await_unref(aw_gather(tasks, 2, false));

	if (err == 0)
		printf("%d addresses in all\n", aw_future_result(tasks[0]) +
		    aw_future_result(tasks[1]));
	aw_future_unref(tasks[0]);
	aw_future_unref(tasks[1]);
	return err;
}

static int
cancel_one(struct question *question)
{
	double begin = now();
	aw_task *task = aw_create_task(resolve, question, NULL);
	int err = aw_sleep(seconds(0.5));

	if (err == 0) {
		aw_cancel(task);
		err = aw_await(task);
		printf("%s after %g s\n", aw_strerror(err), since(begin));
		err = 0;
	}
	aw_future_unref(task);
	return err;
}

static int
ask(struct evdns_base *resolver)
{
	static struct question questions[] = {
		{ .name = "example.test", .family = AF_INET },
		{ .name = "example.test", .family = AF_INET6 },
		{ .name = "nowhere.test", .family = AF_INET },
		{ .name = "silent.test", .family = AF_INET },
	};
	size_t i;
	int err;

	for (i = 0; i < 4; i++)
		questions[i].resolver = resolver;
	err = ask_in_turn(questions, 4);
	if (err == 0)
		err = ask_at_once(questions);
	if (err == 0)
		err = cancel_one(&questions[3]);
	return err;
}

static int
run(void *arg)
{
	struct event_base *base = aw_loop_get_event_base(aw_get_running_loop());
	struct evdns_server_port *server;
	struct evdns_base *resolver;
	struct sockaddr_in address;
	int err = -ENOMEM;

	(void)arg;
	server = start_server(base, &address);
	if (server == NULL)
		return err;
	resolver = new_resolver(base, &address);
	if (resolver != NULL) {
		err = ask(resolver);
		/* With 1 the callbacks that are still due come. */
		evdns_base_free(resolver, 1);
	}
	evdns_close_server_port(server);
	return err;
}

/* It warns of servers that don't answer, which is what is shown here. */
static void
ignore_log(int is_warning, const char *text)
{
	(void)is_warning, (void)text;
}

int
main(void)
{
	evdns_set_log_fn(ignore_log);
	return aw_run(run, NULL) < 0;
}
