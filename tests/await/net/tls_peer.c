/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "net/tls_peer.h"

static aw_tls_context *
new_context(const aw_tls_options *options)
{
	char text[AW_TLS_TEXT_SIZE];
	aw_tls_context *context;
	int err;

	tls_make_files();
	err = aw_tls_context_new(options, &context, text, sizeof(text));
	ck_assert_msg(err == 0, "%s", text);
	return context;
}

aw_tls_context *
tls_server_context(const aw_tls_options *options)
{
	aw_tls_options complete = { .server = true };

	if (options != NULL)
		complete = *options;
	complete.server = true;
	if (complete.certificate == NULL)
		complete.certificate = TLS_SERVER;
	return new_context(&complete);
}

aw_tls_context *
tls_client_context(const aw_tls_options *options)
{
	aw_tls_options complete = { .server = false };

	if (options != NULL)
		complete = *options;
	if (complete.ca_file == NULL)
		complete.ca_file = TLS_CA;
	return new_context(&complete);
}

void
tls_start_server(struct tls_server *server, aw_client_connected *handler,
    void *arg, aw_tls_context *context, const aw_server_options *options)
{
	aw_server_options complete = { .backlog = 0 };

	if (options != NULL)
		complete = *options;
	complete.connection.tls = context != NULL ? context :
	    tls_server_context(NULL);
	ck_assert_int_eq(aw_start_server(handler, arg, "127.0.0.1", 0,
	    &complete, &server->server), 0);
	aw_tls_context_unref(complete.connection.tls);
	server->port = (uint16_t)aw_server_port(server->server);
}

void
tls_stop_server(struct tls_server *server)
{
	net_stop_server(server->server);
}

int
tls_echo(aw_reader *reader, aw_writer *writer, void *arg)
{
	const void *data;
	ssize_t n;
	int err = 0;

	(void)arg;
	while (err == 0 && (n = aw_reader_peek(reader, &data)) != 0) {
		if (n < 0)
			return (int)n;
		aw_writer_write(writer, data, (size_t)n);
		aw_reader_consume(reader, (size_t)n);
		err = aw_writer_drain(writer);
	}
	return err;
}

int
tls_connect(const struct tls_server *server,
    const aw_connection_options *options, struct net_pair *pair)
{
	aw_connection_options complete = { .limit = 0 };
	bool own;
	int err;

	if (options != NULL)
		complete = *options;
	own = complete.tls == NULL;
	if (own)
		complete.tls = tls_client_context(NULL);
	if (complete.server_hostname == NULL)
		complete.server_hostname = "localhost";
	pair->peer = -1;
	err = aw_open_connection("127.0.0.1", server->port, &complete,
	    &pair->reader, &pair->writer);
	if (own)
		aw_tls_context_unref(complete.tls);
	return err;
}

int
tls_socket(const struct net_pair *pair)
{
	int fd;

	ck_assert_int_eq(aw_writer_get_extra_info(pair->writer, "socket", &fd,
	    sizeof(fd)), sizeof(fd));
	return fd;
}

void
tls_check_echo(struct net_pair *pair, const char *text)
{
	char back[64] = "";
	size_t size = strlen(text);

	aw_writer_write(pair->writer, text, size);
	ck_assert_int_eq(aw_reader_readexactly(pair->reader, back, size),
	    (ssize_t)size);
	ck_assert_str_eq(back, text);
}

int
tls_disconnect(struct net_pair *pair)
{
	int err;

	aw_writer_close(pair->writer);
	err = aw_writer_wait_closed(pair->writer);
	aw_writer_free(pair->writer);
	return err;
}

void
tls_peer_init(struct tls_peer *peer, int fd, bool server, int version)
{
	SSL_CTX *context;

	tls_make_files();
	context = SSL_CTX_new(TLS_method());
	ck_assert_ptr_nonnull(context);
	SSL_CTX_set_min_proto_version(context, version);
	SSL_CTX_set_max_proto_version(context, version);
	if (server)
		ck_assert_int_eq(SSL_CTX_use_certificate_chain_file(context,
		    TLS_SERVER) == 1 && SSL_CTX_use_PrivateKey_file(context,
		    TLS_SERVER, SSL_FILETYPE_PEM) == 1, true);
	peer->ssl = SSL_new(context);
	SSL_CTX_free(context);
	ck_assert_ptr_nonnull(peer->ssl);
	peer->fd = fd;
	ck_assert_int_eq(SSL_set_fd(peer->ssl, fd), 1);
	if (server)
		SSL_set_accept_state(peer->ssl);
	else
		SSL_set_connect_state(peer->ssl);
}

void
tls_peer_connect(struct tls_peer *peer, const struct tls_server *server,
    int version)
{
	tls_peer_init(peer, net_connect(server->port), false, version);
}

/*
 * Waits as the result of a call wants it to.  Returns SSL_ERROR_NONE to try
 * again, or what is in the way.
 */
static int
wait_for(struct tls_peer *peer, int result)
{
	int why = SSL_get_error(peer->ssl, result);

	switch (why) {
	case SSL_ERROR_WANT_READ:
		ck_assert_int_eq(aw_wait_readable(peer->fd), 0);
		return SSL_ERROR_NONE;
	case SSL_ERROR_WANT_WRITE:
		ck_assert_int_eq(aw_wait_writable(peer->fd), 0);
		return SSL_ERROR_NONE;
	default:
		return why;
	}
}

int
tls_peer_handshake(struct tls_peer *peer)
{
	int result, why;

	while ((result = SSL_do_handshake(peer->ssl)) != 1) {
		why = wait_for(peer, result);
		if (why != SSL_ERROR_NONE)
			return -why;
	}
	return result;
}

void
tls_peer_write(struct tls_peer *peer, const void *data, size_t size)
{
	size_t written;

	while (SSL_write_ex(peer->ssl, data, size, &written) != 1)
		ck_assert_int_eq(wait_for(peer, 0), SSL_ERROR_NONE);
	ck_assert_uint_eq(written, size);
}

size_t
tls_peer_read(struct tls_peer *peer, void *buffer, size_t size)
{
	size_t total = 0, n;

	while (total < size) {
		if (SSL_read_ex(peer->ssl, (char *)buffer + total,
		    size - total, &n) == 1)
			total += n;
		else if (wait_for(peer, 0) != SSL_ERROR_NONE)
			break;
	}
	return total;
}

int
tls_peer_read_error(struct tls_peer *peer)
{
	char byte;
	size_t n;
	int why = SSL_ERROR_NONE;

	while (why == SSL_ERROR_NONE) {
		ck_assert_int_eq(SSL_read_ex(peer->ssl, &byte, 1, &n), 0);
		why = wait_for(peer, 0);
	}
	return why;
}

void
tls_peer_shutdown(struct tls_peer *peer)
{
	(void)SSL_shutdown(peer->ssl);
	ck_assert_int_eq(tls_peer_read_error(peer), SSL_ERROR_ZERO_RETURN);
}

void
tls_peer_free(struct tls_peer *peer)
{
	SSL_free(peer->ssl);
	if (peer->fd >= 0)
		close(peer->fd);
}

static int
run_handshake(void *arg)
{
	return tls_peer_handshake(arg);
}

void
tls_link_init(struct tls_link *link, bool server, int version,
    const aw_connection_options *options)
{
	aw_connection_options complete = { .limit = 0 };
	aw_tls_context *context;
	aw_task *task;

	if (options != NULL)
		complete = *options;
	complete.server_hostname = "localhost";
	context = server ? tls_server_context(NULL) : tls_client_context(NULL);
	net_unix_pair(&link->pair, options);
	tls_peer_init(&link->peer, link->pair.peer, !server, version);
	link->pair.peer = -1;
	task = net_spawn(run_handshake, &link->peer);
	ck_assert_int_eq(aw_writer_start_tls(link->pair.writer, context,
	    &complete), 0);
	ck_assert_int_eq(net_join(task), 1);
	aw_tls_context_unref(context);
}

void
tls_link_free(struct tls_link *link)
{
	net_pair_free(&link->pair);
	tls_peer_free(&link->peer);
}
