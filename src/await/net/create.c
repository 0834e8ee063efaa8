/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Connections and pipes for protocols.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/task.h"
#include "net/connect.h"
#include "net/tls.h"
#include "net/pipe.h"

static void
on_closed(struct aw_transport *transport)
{
	aw_pipe_free(transport->pipe);
	aw_tls_release(transport);
	free(transport);
}

static int
new_transport(aw_loop *loop, const aw_protocol *protocol, void *arg,
    struct aw_transport **transport)
{
	/* Nobody would end it any more. */
	if (loop->closing)
		return AW_EINVALIDSTATE;
	*transport = calloc(1, sizeof(**transport));
	if (*transport == NULL)
		return -ENOMEM;
	aw_transport_set_protocol(*transport, protocol, arg);
	return 0;
}

/* From here on the loop has it, and tells the protocol; with TLS later. */
static void
hand_over(struct aw_transport *transport, struct aw_transport **result)
{
	aw_transport_disown(transport);
	if (transport->tls == NULL)
		aw_transport_tell(transport);
	if (result != NULL)
		*result = transport;
}

static int
create(aw_loop *loop, const aw_protocol *protocol, void *arg, int fd,
    const struct sockaddr *peer, const aw_connection_options *options,
    aw_transport **result)
{
	struct aw_transport *transport;
	int err;

	err = new_transport(loop, protocol, arg, &transport);
	if (err < 0)
		return err;
	if (options != NULL && options->tls != NULL)
		err = aw_tls_attach(transport, options);
	if (err < 0) {
		free(transport);
		return err;
	}
	aw_transport_init(transport, loop, fd, peer, options, on_closed);
	hand_over(transport, result);
	return 0;
}

/* The same for the running task, which waits until the protocol knows. */
static int
create_and_wait(const aw_protocol *protocol, void *arg, int fd,
    const struct sockaddr *peer, const aw_connection_options *options,
    aw_transport **result)
{
	aw_transport *transport;
	int err;

	err = create(aw_get_running_loop(), protocol, arg, fd, peer, options,
	    &transport);
	if (err < 0) {
		close(fd);
		return err;
	}
	if (transport->tls != NULL)
		err = aw_tls_handshake(transport);
	/* The protocol is told before, in the same iteration. */
	if (err == 0)
		err = aw_task_yield(aw_task_current());
	/* A handshake that failed has closed it. */
	if (err == -ECANCELED)
		aw_transport_close(transport);
	else if (err == 0 && result != NULL)
		*result = transport;
	return err;
}

int
aw_create_connection(const aw_protocol *protocol, void *arg, const char *host,
    uint16_t port, const aw_connection_options *options,
    aw_transport **transport)
{
	aw_connection_options named;
	struct sockaddr_storage peer;
	int fd;

	fd = aw_connect(host, port, &peer);
	return fd < 0 ? fd : create_and_wait(protocol, arg, fd,
	    (struct sockaddr *)&peer, aw_tls_name_host(options, host, &named),
	    transport);
}

int
aw_create_unix_connection(const aw_protocol *protocol, void *arg,
    const char *path, const aw_connection_options *options,
    aw_transport **transport)
{
	int fd;

	fd = aw_connect_unix(path);
	return fd < 0 ? fd : create_and_wait(protocol, arg, fd, NULL, options,
	    transport);
}

int
aw_create_connection_socket(aw_loop *loop, const aw_protocol *protocol,
    void *arg, int fd, const aw_connection_options *options,
    aw_transport **result)
{
	struct sockaddr_storage peer;
	aw_transport *made;
	int err;

	err = aw_connect_take_over(fd, &peer);
	if (err < 0)
		return err;
	err = create(loop, protocol, arg, fd, (struct sockaddr *)&peer,
	    options, &made);
	if (err < 0)
		return err;
	if (result != NULL)
		*result = made;
	if (made->tls != NULL) {
		made->tls->tells_failure = true;
		aw_tls_begin(made);
	}
	return 0;
}

static int
connect_pipe(aw_loop *loop, const aw_protocol *protocol, void *arg, int fd,
    enum aw_pipe_end end, const aw_connection_options *options,
    aw_transport **result)
{
	struct aw_transport *transport;
	int err;

	err = new_transport(loop, protocol, arg, &transport);
	if (err < 0)
		return err;
	err = aw_pipe_init(transport, loop, fd, end, options, on_closed);
	if (err < 0)
		free(transport);
	else
		hand_over(transport, result);
	return err;
}

int
aw_connect_read_pipe(aw_loop *loop, const aw_protocol *protocol, void *arg,
    int fd, const aw_connection_options *options, aw_transport **transport)
{
	return connect_pipe(loop, protocol, arg, fd, AW_PIPE_READS, options,
	    transport);
}

int
aw_connect_write_pipe(aw_loop *loop, const aw_protocol *protocol, void *arg,
    int fd, const aw_connection_options *options, aw_transport **transport)
{
	return connect_pipe(loop, protocol, arg, fd, AW_PIPE_WRITES, options,
	    transport);
}
