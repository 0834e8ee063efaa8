/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "channel.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "load.h"
#include "server.h"

static const char *last_error = "no error";

static int
fail(const char *reason)
{
	unsigned long code = ERR_peek_last_error();

	if (reason == NULL)
		reason = ERR_reason_error_string(code);
	last_error = reason != NULL ? reason : "it failed";
	ERR_clear_error();
	return -EPROTO;
}

const char *
channel_tls_error(void)
{
	return last_error;
}

/* Whose certificate it is does not matter; all that comes back is compared. */
static int
trust(X509_STORE_CTX *store, void *arg)
{
	(void)store, (void)arg;
	return 1;
}

static SSL_CTX *
make_context(enum channel_tls tls)
{
	int version = tls == CHANNEL_TLS_12 ? TLS1_2_VERSION : TLS1_3_VERSION;
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	if (context == NULL)
		return NULL;
	SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(context, 1);
	SSL_CTX_set_cert_verify_callback(context, trust, NULL);
	/* With a cache, a session could be resumed no more than once. */
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	if (SSL_CTX_set_min_proto_version(context, version) == 1 &&
	    SSL_CTX_set_max_proto_version(context, version) == 1 &&
	    SSL_CTX_set_ciphersuites(context, CHANNEL_SUITE_13) == 1 &&
	    SSL_CTX_set_cipher_list(context, CHANNEL_SUITE_12) == 1 &&
	    SSL_CTX_set1_groups_list(context, CHANNEL_GROUPS) == 1)
		return context;
	SSL_CTX_free(context);
	return NULL;
}

/* A byte that comes back brings the ticket that is sent before it. */
static int
get_session(struct channel_maker *maker)
{
	struct channel channel;
	char answer;
	int err;

	err = channel_connect(maker, 0, &channel);
	if (err < 0)
		return err;
	err = channel_ask(&channel, "?", &answer, 1);
	if (err == 0)
		maker->session = SSL_get1_session(channel.tls);
	channel_close(&channel);
	if (err == 0 && !SSL_SESSION_is_resumable(maker->session))
		err = fail("the server gives no session to resume");
	return err;
}

int
channel_prepare(struct channel_maker *maker, const struct sockaddr_in *address,
    enum channel_tls tls, bool resumes)
{
	int err = 0;

	memset(maker, 0, sizeof(*maker));
	maker->address = *address;
	if (tls == CHANNEL_PLAIN)
		return 0;
	/* OpenSSL writes without MSG_NOSIGNAL. */
	signal(SIGPIPE, SIG_IGN);
	maker->context = make_context(tls);
	if (maker->context == NULL)
		err = fail(NULL);
	else if (resumes)
		err = get_session(maker);
	if (err < 0)
		channel_forget(maker);
	return err;
}

void
channel_forget(struct channel_maker *maker)
{
	SSL_SESSION_free(maker->session);
	SSL_CTX_free(maker->context);
	memset(maker, 0, sizeof(*maker));
}

static SSL *
make_tls(struct channel_maker *maker, int fd)
{
	SSL *tls = SSL_new(maker->context);

	if (tls == NULL)
		return NULL;
	SSL_set_connect_state(tls);
	if (SSL_set_app_data(tls, maker) == 1 && SSL_set_fd(tls, fd) == 1 &&
	    (maker->session == NULL ||
	    SSL_set_session(tls, maker->session) == 1))
		return tls;
	SSL_free(tls);
	return NULL;
}

int
channel_connect(struct channel_maker *maker, uint32_t source,
    struct channel *channel)
{
	channel->tls = NULL;
	channel->fd = server_connect(&maker->address, source);
	if (channel->fd < 0)
		return channel->fd;
	if (maker->context == NULL)
		return 0;
	if (fcntl(channel->fd, F_SETFL, O_NONBLOCK) == 0)
		channel->tls = make_tls(maker, channel->fd);
	if (channel->tls != NULL)
		return 0;
	channel_close(channel);
	return fail(NULL);
}

void
channel_close(struct channel *channel)
{
	if (channel->tls != NULL) {
		if (SSL_is_init_finished(channel->tls))
			SSL_shutdown(channel->tls);
		SSL_free(channel->tls);
		ERR_clear_error();
	}
	close(channel->fd);
	channel->tls = NULL;
	channel->fd = -1;
}

bool
channel_is_open(const struct channel *channel)
{
	return channel->tls == NULL || SSL_is_init_finished(channel->tls);
}

/* What to return if OpenSSL could not go on. */
static int
why(const struct channel *channel, int result)
{
	switch (SSL_get_error(channel->tls, result)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		return -ECONNRESET;
	case SSL_ERROR_SYSCALL:
		return errno != 0 ? -errno : -ECONNRESET;
	default:
		return fail(NULL);
	}
}

/* A handshake that is not of the kind that is measured is a failure. */
static int
check_resumed(const struct channel *channel)
{
	const struct channel_maker *maker = SSL_get_app_data(channel->tls);

	return maker->session != NULL && !SSL_session_reused(channel->tls) ?
	    fail("the server does not resume the session") : 0;
}

/* Returns 1 once it is over, 0 if there is to be waited, or -errno. */
static int
go_on_with_handshake(struct channel *channel)
{
	int result = SSL_do_handshake(channel->tls), err;

	if (result != 1)
		return why(channel, result);
	err = check_resumed(channel);
	return err < 0 ? err : 1;
}

ssize_t
channel_tls_send(struct channel *channel, const char *data, size_t size)
{
	size_t sent = 0;
	int err = 0, n;

	if (!SSL_is_init_finished(channel->tls)) {
		err = go_on_with_handshake(channel);
		if (err <= 0)
			return err;
	}
	/* At most a record at a time. */
	do {
		n = SSL_write(channel->tls, data + sent, (int)(size - sent));
		if (n > 0)
			sent += (size_t)n;
		else
			err = why(channel, n);
	} while (n > 0 && sent < size);
	return err < 0 ? err : (ssize_t)sent;
}

ssize_t
channel_tls_receive(struct channel *channel, char *buffer, size_t size,
    size_t expected)
{
	size_t received = 0;
	int err = 0, n;

	if (expected > size)
		expected = size;
	do {
		n = SSL_read(channel->tls, buffer + received,
		    (int)(size - received));
		if (n > 0)
			received += (size_t)n;
		else
			err = why(channel, n);
	} while (n > 0 && received < expected);
	return err < 0 ? err : (ssize_t)received;
}

/* Waits until there is something to receive. */
static int
wait_for_server(const struct channel *channel)
{
	struct pollfd pollfd = { .fd = channel->fd, .events = POLLIN };
	int count = poll(&pollfd, 1, LOAD_STUCK);

	return count > 0 ? 0 : count < 0 ? -errno : -ETIMEDOUT;
}

int
channel_handshake(struct channel *channel)
{
	int err = channel->tls == NULL ? 1 : 0;

	while (err == 0) {
		err = go_on_with_handshake(channel);
		if (err == 0)
			err = wait_for_server(channel);
	}
	return err < 0 ? err : 0;
}

int
channel_ask(struct channel *channel, const char *message, char *answer,
    size_t size)
{
	size_t received = 0;
	ssize_t n;
	int err;

	err = channel_handshake(channel);
	if (err < 0)
		return err;
	/* A short one is sent as a whole. */
	n = channel_send(channel, message, size);
	while (n >= 0 && received < size) {
		err = wait_for_server(channel);
		if (err < 0)
			return err;
		n = channel_receive(channel, answer + received,
		    size - received, size - received);
		if (n > 0)
			received += (size_t)n;
	}
	return n < 0 ? (int)n : 0;
}
