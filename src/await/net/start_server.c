/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Starting servers: on a name's addresses, on a path, on sockets.
 */
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/task.h"
#include "net/listen.h"
#include "net/resolve.h"
#include "net/server.h"

/* What a server does with a connection: one of the two. */
struct service {
	aw_client_connected *handler;
	const aw_protocol *protocol;
	void *arg;
};

static const aw_server_options defaults;

static int
serve_sockets(aw_loop *loop, const struct service *service, const int *fds,
    size_t count, const aw_server_options *options, aw_server **result)
{
	aw_server *server;
	size_t i;
	int err = 0;

	server = calloc(1, sizeof(*server) + count * sizeof(struct aw_listener));
	if (server == NULL)
		return -ENOMEM;
	server->loop = loop;
	server->handler = service->handler;
	server->protocol = service->protocol;
	server->arg = service->arg;
	server->options = *options;
	(void)aw_tls_context_ref(options->connection.tls);
	server->references = 1;
	for (i = 0; i < count && err == 0; i++) {
		aw_listen_set_options(fds[i], &server->options);
		err = aw_accept_add(server, fds[i]);
	}
	if (err == 0 && !server->options.start_later)
		err = aw_accept_start(server);
	if (err < 0) {
		aw_accept_remove(server, false);
		aw_server_unref(server);
	} else {
		*result = server;
	}
	return err;
}

/* Whether an earlier entry of the list is the same address. */
static bool
is_repeated(const struct addrinfo *list, const struct addrinfo *entry)
{
	for (; list != entry; list = list->ai_next)
		if (list->ai_addrlen == entry->ai_addrlen &&
		    memcmp(list->ai_addr, entry->ai_addr,
		    entry->ai_addrlen) == 0)
			return true;
	return false;
}

/*
 * Listens on each address, into fds.  Returns how many, or an error.  Names may
 * have addresses of a family that this kernel does without.
 */
static int
listen_on_all(const struct addrinfo *list, const aw_server_options *options,
    int *fds)
{
	const struct addrinfo *entry;
	int count = 0, fd = 0;

	for (entry = list; entry != NULL; entry = entry->ai_next) {
		if (is_repeated(list, entry))
			continue;
		fd = aw_listen(entry->ai_addr, entry->ai_addrlen, options);
		if (fd == -EAFNOSUPPORT)
			continue;
		if (fd < 0) {
			while (count > 0)
				close(fds[--count]);
			return fd;
		}
		fds[count++] = fd;
	}
	return count > 0 ? count : fd;
}

static size_t
list_length(const struct addrinfo *list)
{
	size_t n;

	for (n = 0; list != NULL; list = list->ai_next)
		n++;
	return n;
}

static int
serve_host(const struct service *service, const char *host, uint16_t port,
    const aw_server_options *options, aw_server **server)
{
	struct addrinfo *list;
	int *fds, count, err;

	err = aw_resolve(host, port, AI_PASSIVE, &list);
	if (err < 0)
		return err;
	fds = calloc(list_length(list), sizeof(*fds));
	count = fds != NULL ? listen_on_all(list, options, fds) : -ENOMEM;
	freeaddrinfo(list);
	err = count;
	if (count > 0)
		err = serve_sockets(aw_get_running_loop(), service, fds,
		    (size_t)count, options, server);
	while (err < 0 && count > 0)
		close(fds[--count]);
	free(fds);
	return err;
}

/* Remembers the file that is to go with the socket. */
static int
remember_path(struct aw_listener *listener, const char *path)
{
	struct stat status;

	if (path[0] == '@' || lstat(path, &status) < 0)
		return 0;
	listener->path = strdup(path);
	listener->device = status.st_dev;
	listener->inode = status.st_ino;
	return listener->path != NULL ? 0 : -ENOMEM;
}

static int
serve_path(const struct service *service, const char *path,
    const aw_server_options *options, aw_server **result)
{
	aw_server *server;
	int fd, err;

	if (aw_task_current() == NULL)
		return AW_ENOTASK;
	fd = aw_listen_unix(path, options);
	if (fd < 0)
		return fd;
	err = serve_sockets(aw_get_running_loop(), service, &fd, 1, options,
	    &server);
	if (err < 0) {
		close(fd);
		goto out;
	}
	err = remember_path(&server->listeners[0], path);
	if (err < 0)
		aw_server_free(server);
	else
		*result = server;
out:
	if (err < 0 && path[0] != '@')
		(void)unlink(path);
	return err;
}

int
aw_start_server(aw_client_connected *handler, void *arg, const char *host,
    uint16_t port, const aw_server_options *options, aw_server **server)
{
	struct service service = { .handler = handler, .arg = arg };

	return serve_host(&service, host, port,
	    options != NULL ? options : &defaults, server);
}

int
aw_start_unix_server(aw_client_connected *handler, void *arg, const char *path,
    const aw_server_options *options, aw_server **server)
{
	struct service service = { .handler = handler, .arg = arg };

	return serve_path(&service, path,
	    options != NULL ? options : &defaults, server);
}

int
aw_start_server_sockets(aw_loop *loop, aw_client_connected *handler, void *arg,
    const int *fds, size_t count, const aw_server_options *options,
    aw_server **server)
{
	struct service service = { .handler = handler, .arg = arg };

	return serve_sockets(loop, &service, fds, count,
	    options != NULL ? options : &defaults, server);
}

int
aw_create_server(const aw_protocol *protocol, void *arg, const char *host,
    uint16_t port, const aw_server_options *options, aw_server **server)
{
	struct service service = { .protocol = protocol, .arg = arg };

	return serve_host(&service, host, port,
	    options != NULL ? options : &defaults, server);
}

int
aw_create_unix_server(const aw_protocol *protocol, void *arg, const char *path,
    const aw_server_options *options, aw_server **server)
{
	struct service service = { .protocol = protocol, .arg = arg };

	return serve_path(&service, path,
	    options != NULL ? options : &defaults, server);
}

int
aw_create_server_sockets(aw_loop *loop, const aw_protocol *protocol, void *arg,
    const int *fds, size_t count, const aw_server_options *options,
    aw_server **server)
{
	struct service service = { .protocol = protocol, .arg = arg };

	return serve_sockets(loop, &service, fds, count,
	    options != NULL ? options : &defaults, server);
}
