/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A callback library that can take a call back: libevent's HTTP client.
 *
 * Client and server work on the loop's own event_base.  A request is awaited
 * through a future, which its callback sets; if the task that waits is
 * cancelled, it cancels the request.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>

#include <await.h>

#include "seconds.h"

enum { COUNT = 4, LARGEST = 1000000 };

/*
 * The server: GET /1000 gets 1000 bytes, after a second.  It is nothing but
 * callbacks, and knows nothing of the library.
 */
struct answer {
	LIST_ENTRY(answer) waiting;
	struct evhttp_request *request;
	struct event *timer;
};

struct server {
	struct event_base *base;
	struct evhttp *http;
	uint16_t port;
	unsigned answered;
	LIST_HEAD(, answer) waiting;
};

static void
free_answer(struct answer *answer)
{
	LIST_REMOVE(answer, waiting);
	event_free(answer->timer);
	free(answer);
}

static void
send_body(struct evhttp_request *request, size_t size)
{
	static const char zeros[LARGEST];
	struct evbuffer *body = evbuffer_new();

	if (body != NULL && size > 0 && size <= LARGEST &&
	    evbuffer_add_reference(body, zeros, size, NULL, NULL) == 0)
		evhttp_send_reply(request, HTTP_OK, NULL, body);
	else
		evhttp_send_error(request, HTTP_NOTFOUND, NULL);
	if (body != NULL)
		evbuffer_free(body);
}

static void
on_delay(evutil_socket_t fd, short what, void *arg)
{
	struct answer *answer = arg;
	const char *path = evhttp_request_get_uri(answer->request);

	(void)fd, (void)what;
	/* Of a connection that is closed meanwhile, this frees the request. */
	send_body(answer->request, strtoul(path + 1, NULL, 10));
	free_answer(answer);
}

static void
on_request(struct evhttp_request *request, void *arg)
{
	struct server *server = arg;
	double delay = seconds(1);
	struct timeval wait = { .tv_sec = (time_t)delay };
	struct answer *answer = calloc(1, sizeof(*answer));

	wait.tv_usec = (suseconds_t)((delay - (double)wait.tv_sec) * 1e6);
	if (answer != NULL)
		answer->timer = evtimer_new(server->base, on_delay, answer);
	if (answer == NULL || answer->timer == NULL) {
		free(answer);
		evhttp_send_error(request, HTTP_SERVUNAVAIL, NULL);
		return;
	}
	server->answered++;
	answer->request = request;
	LIST_INSERT_HEAD(&server->waiting, answer, waiting);
	evtimer_add(answer->timer, &wait);
}

static int
start_server(struct server *server, struct event_base *base)
{
	struct evhttp_bound_socket *bound = NULL;
	struct sockaddr_in address;
	socklen_t length = sizeof(address);

	LIST_INIT(&server->waiting);
	server->base = base;
	server->http = evhttp_new(base);
	if (server->http == NULL)
		return -ENOMEM;
	evhttp_set_gencb(server->http, on_request, server);
	bound = evhttp_bind_socket_with_handle(server->http, "127.0.0.1", 0);
	if (bound == NULL ||
	    getsockname(evhttp_bound_socket_get_fd(bound),
	    (struct sockaddr *)&address, &length) < 0) {
		evhttp_free(server->http);
		return -EADDRNOTAVAIL;
	}
	server->port = ntohs(address.sin_port);
	return 0;
}

static void
stop_server(struct server *server)
{
	struct answer *answer;

	while ((answer = LIST_FIRST(&server->waiting)) != NULL) {
		evhttp_send_error(answer->request, HTTP_SERVUNAVAIL, NULL);
		free_answer(answer);
	}
	evhttp_free(server->http);
}

/* The bridge: one request, on a connection of its own. */
struct fetch {
	const char *path;
	uint16_t port;
	struct evhttp_request *request; /* NULL once it has been answered */
	aw_future *answered;
	size_t size;
};

/* Called by libevent, which frees the request afterwards. */
static void
on_answer(struct evhttp_request *request, void *arg)
{
	struct fetch *fetch = arg;
	int status = 0;

	fetch->request = NULL;
	if (request != NULL)
		status = evhttp_request_get_response_code(request);
	if (status == 0) {
		aw_future_set_error(fetch->answered, -ECONNRESET);
		return;
	}
	fetch->size = evbuffer_get_length(
	    evhttp_request_get_input_buffer(request));
	aw_future_set_result(fetch->answered, status);
}

static int
request_and_await(struct fetch *fetch, struct evhttp_connection *connection)
{
	int status;

	fetch->request = evhttp_request_new(on_answer, fetch);
	/* The connection owns the request, even if this fails. */
	if (fetch->request == NULL || evhttp_make_request(connection,
	    fetch->request, EVHTTP_REQ_GET, fetch->path) < 0)
		return -ENOMEM;
	status = aw_await(fetch->answered);
	/*
	 * The callback must not come after this.  It may have come before,
	 * even if the task was cancelled; then there is nothing to take back.
	 */
	if (fetch->request != NULL)
		evhttp_cancel_request(fetch->request);
	return status;
}

/* Returns the HTTP status. */
static int
fetch(void *arg)
{
	struct fetch *fetch = arg;
	aw_loop *loop = aw_get_running_loop();
	struct evhttp_connection *connection;
	int status = -ENOMEM;

	connection = evhttp_connection_base_new(aw_loop_get_event_base(loop),
	    NULL, "127.0.0.1", fetch->port);
	if (connection == NULL)
		return status;
	fetch->answered = aw_loop_create_future(loop);
	if (fetch->answered != NULL)
		status = request_and_await(fetch, connection);
	aw_future_unref(fetch->answered);
	evhttp_connection_free(connection);
	return status;
}

static void
print_answer(const struct fetch *fetch, int status)
{
	printf("%s: %d, %zu bytes\n", fetch->path, status, fetch->size);
}

static int
one_after_the_other(struct fetch *fetches)
{
	double begin = now();
	int status, i;

	for (i = 0; i < COUNT; i++) {
		status = fetch(&fetches[i]);
		if (status < 0)
			return status;
		print_answer(&fetches[i], status);
	}
	printf("one after the other: %g s\n", since(begin));
	return 0;
}

static int
at_the_same_time(struct fetch *fetches)
{
	double begin = now();
	aw_task *tasks[COUNT];
	int err, i;

	for (i = 0; i < COUNT; i++)
		tasks[i] = aw_create_task(fetch, &fetches[i], NULL);
	err = aw_await_unref(aw_gather(tasks, COUNT, false));
	for (i = 0; i < COUNT; i++) {
		if (err == 0)
			print_answer(&fetches[i], aw_future_result(tasks[i]));
		aw_future_unref(tasks[i]);
	}
	if (err == 0)
		printf("at the same time: %g s\n", since(begin));
	return err;
}

static int
cancelled(struct fetch *fetches, const struct server *server)
{
	unsigned answered = server->answered;
	double begin = now();
	aw_task *task = aw_create_task(fetch, &fetches[0], NULL);
	int status;

	/* Time enough for the request to come to the server. */
	status = aw_sleep(seconds(0.5));
	if (status == 0) {
		aw_cancel(task);
		status = aw_await(task);
		printf("%s: %s after %g s, %u request\n", fetches[0].path,
		    aw_strerror(status), since(begin),
		    server->answered - answered);
		status = 0;
	}
	aw_future_unref(task);
	return status;
}

static int
run(void *arg)
{
	static struct fetch fetches[COUNT] = {
		{ .path = "/1000" }, { .path = "/20000" },
		{ .path = "/missing" }, { .path = "/300000" },
	};
	struct server *server = arg;
	int err, i;

	err = start_server(server,
	    aw_loop_get_event_base(aw_get_running_loop()));
	if (err < 0)
		return err;
	for (i = 0; i < COUNT; i++)
		fetches[i].port = server->port;
	err = one_after_the_other(fetches);
	if (err == 0)
		err = at_the_same_time(fetches);
	if (err == 0)
		err = cancelled(fetches, server);
	stop_server(server);
	return err;
}

int
main(void)
{
	static struct server server;

	return aw_run(run, &server) < 0;
}
