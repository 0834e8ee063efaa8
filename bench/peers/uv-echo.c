/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * An echo server on libuv: one receive buffer for all connections, and a write
 * at once where the kernel takes it.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define BUFFER_SIZE (64 * 1024)
#define HIGH_WATER (64 * 1024)

/* What the kernel did not take, until it has. */
struct rest {
	uv_write_t request;
	char data[];
};

static char buffer[BUFFER_SIZE];

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *data);

static void
on_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
on_allocate(uv_handle_t *handle, size_t size, uv_buf_t *result)
{
	(void)handle, (void)size;
	*result = uv_buf_init(buffer, sizeof(buffer));
}

static void
on_written(uv_write_t *request, int status)
{
	uv_stream_t *stream = request->handle;

	free(request);
	if (uv_is_closing((uv_handle_t *)stream))
		return;
	if (status < 0)
		uv_close((uv_handle_t *)stream, on_closed);
	else if (stream->write_queue_size == 0)
		uv_read_start(stream, on_allocate, on_read);
}

static void
write_rest(uv_stream_t *stream, const char *data, size_t size)
{
	struct rest *rest = malloc(sizeof(*rest) + size);
	uv_buf_t piece;

	if (rest == NULL) {
		uv_close((uv_handle_t *)stream, on_closed);
		return;
	}
	memcpy(rest->data, data, size);
	piece = uv_buf_init(rest->data, (unsigned)size);
	uv_write(&rest->request, stream, &piece, 1, on_written);
	if (stream->write_queue_size > HIGH_WATER)
		uv_read_stop(stream);
}

static void
on_shut_down(uv_shutdown_t *request, int status)
{
	(void)status;
	uv_close((uv_handle_t *)request->handle, on_closed);
	free(request);
}

static void
end(uv_stream_t *stream)
{
	uv_shutdown_t *request = malloc(sizeof(*request));

	if (request == NULL ||
	    uv_shutdown(request, stream, on_shut_down) < 0) {
		free(request);
		uv_close((uv_handle_t *)stream, on_closed);
	}
}

static void
on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *data)
{
	uv_buf_t piece;
	int written = 0;

	if (size == UV_EOF) {
		end(stream);
		return;
	}
	if (size < 0) {
		uv_close((uv_handle_t *)stream, on_closed);
		return;
	}
	if (stream->write_queue_size == 0) {
		piece = uv_buf_init(data->base, (unsigned)size);
		written = uv_try_write(stream, &piece, 1);
		if (written < 0)
			written = 0;
	}
	if (written < size)
		write_rest(stream, data->base + written,
		    (size_t)(size - written));
}

static void
on_connection(uv_stream_t *server, int status)
{
	uv_tcp_t *client;

	if (status < 0)
		return;
	client = malloc(sizeof(*client));
	if (client == NULL)
		return;
	uv_tcp_init(server->loop, client);
	if (uv_accept(server, (uv_stream_t *)client) < 0) {
		uv_close((uv_handle_t *)client, on_closed);
		return;
	}
	uv_tcp_nodelay(client, 1);
	uv_read_start((uv_stream_t *)client, on_allocate, on_read);
}

int
main(void)
{
	struct sockaddr_in address;
	uv_loop_t *loop = uv_default_loop();
	uv_tcp_t server;
	int err, length = sizeof(address);

	uv_tcp_init(loop, &server);
	uv_ip4_addr("127.0.0.1", 0, &address);
	uv_tcp_bind(&server, (struct sockaddr *)&address, 0);
	err = uv_listen((uv_stream_t *)&server, 4096, on_connection);
	if (err == 0)
		err = uv_tcp_getsockname(&server, (struct sockaddr *)&address,
		    &length);
	if (err < 0) {
		fprintf(stderr, "uv-echo: %s\n", uv_strerror(err));
		return EXIT_FAILURE;
	}
	printf("127.0.0.1:%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return uv_run(loop, UV_RUN_DEFAULT);
}
