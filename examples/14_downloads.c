/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Downloads one after the other, then at the same time.
 *
 * They are made by the HTTP client of libevent, whose callbacks a future turns
 * into something to await.
 */
#include <errno.h>
#include <stdio.h>

#include <event2/buffer.h>
#include <event2/http.h>

#include <await.h>

#include "seconds.h"

enum { COUNT = 4 };

struct download {
	const char *path;
	uint16_t port;
	aw_future *answered;
	size_t size;
};

/* GET /1000 gets 1000 bytes, after a second. */
static int
serve(aw_reader *reader, aw_writer *writer, void *arg)
{
	static const char body[100000];
	char text[100];
	const char *request;
	size_t size = 0;
	ssize_t n;
	int err;

	(void)arg;
	n = aw_reader_readuntil(reader, "\r\n\r\n", 4, &request);
	if (n < 0)
		return (int)n;
	snprintf(text, sizeof(text), "%.*s", (int)n, request);
	if (sscanf(text, "GET /%zu", &size) < 1 || size > sizeof(body))
		size = 0;
	err = aw_sleep(seconds(1));
	if (err < 0)
		return err;
	n = snprintf(text, sizeof(text), "HTTP/1.1 %s\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    size > 0 ? "200 OK" : "404 Not Found", size);
	aw_writer_write(writer, text, (size_t)n);
	aw_writer_write(writer, body, size);
	return aw_writer_drain(writer);
}

/* Called by libevent. */
static void
on_answer(struct evhttp_request *request, void *arg)
{
	struct download *download = arg;

	if (request == NULL || evhttp_request_get_response_code(request) == 0) {
		aw_future_set_error(download->answered, -ECONNRESET);
		return;
	}
	download->size = evbuffer_get_length(
	    evhttp_request_get_input_buffer(request));
	aw_future_set_result(download->answered,
	    evhttp_request_get_response_code(request));
}

/* Returns the HTTP status. */
static int
fetch(void *arg)
{
	struct download *download = arg;
	aw_loop *loop = aw_get_running_loop();
	struct evhttp_connection *connection;
	struct evhttp_request *request;
	int status = -ENOMEM;

	connection = evhttp_connection_base_new(aw_loop_get_event_base(loop),
	    NULL, "127.0.0.1", download->port);
	if (connection == NULL)
		return status;
	download->answered = aw_loop_create_future(loop);
	if (download->answered == NULL)
		goto free_connection;
	request = evhttp_request_new(on_answer, download);
	/* The connection owns the request, even if this fails. */
	if (request != NULL && evhttp_make_request(connection, request,
	    EVHTTP_REQ_GET, download->path) == 0)
		status = aw_await(download->answered);
	aw_future_unref(download->answered);
free_connection:
	evhttp_connection_free(connection);
	return status;
}

static void
print_answer(const struct download *download, int status)
{
	printf("%s: %d, %zu bytes\n", download->path, status, download->size);
}

static int
one_after_the_other(struct download *downloads)
{
	int status, i;

	for (i = 0; i < COUNT; i++) {
		status = fetch(&downloads[i]);
		if (status < 0)
			return status;
		print_answer(&downloads[i], status);
	}
	return 0;
}

static int
at_the_same_time(struct download *downloads)
{
	aw_task *tasks[COUNT];
	int err, i;

	for (i = 0; i < COUNT; i++)
		tasks[i] = aw_create_task(fetch, &downloads[i], NULL);
	err = aw_await_unref(aw_gather(tasks, COUNT, false));
	for (i = 0; i < COUNT; i++) {
		if (err == 0)
			print_answer(&downloads[i], aw_future_result(tasks[i]));
		aw_future_unref(tasks[i]);
	}
	return err;
}

static int
download_all(uint16_t port)
{
	static struct download downloads[COUNT] = {
		{ .path = "/1000" }, { .path = "/20000" },
		{ .path = "/missing" }, { .path = "/100000" },
	};
	double begin = now();
	int err, i;

	for (i = 0; i < COUNT; i++)
		downloads[i].port = port;
	err = one_after_the_other(downloads);
	if (err < 0)
		return err;
	printf("one after the other: %g s\n", since(begin));
	begin = now();
	err = at_the_same_time(downloads);
	if (err < 0)
		return err;
	printf("at the same time: %g s\n", since(begin));
	return 0;
}

static int
lesson(void *arg)
{
	aw_server *server;
	int err;

	(void)arg;
	err = aw_start_server(serve, NULL, "127.0.0.1", 0, NULL, &server);
	if (err < 0)
		return err;
	err = download_all((uint16_t)aw_server_port(server));
	aw_server_free(server);
	return err;
}

int
main(void)
{
	return aw_run(lesson, NULL) < 0;
}
