/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A connection of the generator's, plain or with TLS by bare OpenSSL.
 */
#ifndef BENCH_CHANNEL_H
#define BENCH_CHANNEL_H

#include <errno.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/*
 * The cipher suites that TLS is spoken with, and no others, and the groups,
 * whose first one is tried first.
 */
#define CHANNEL_SUITE_13 "TLS_AES_256_GCM_SHA384"
#define CHANNEL_SUITE_12 "ECDHE-ECDSA-AES256-GCM-SHA384"
#define CHANNEL_GROUPS "X25519:P-256"

/* The versions of TLS, so that others than the one asked for are refused. */
enum channel_tls {
	CHANNEL_PLAIN,
	CHANNEL_TLS_12,
	CHANNEL_TLS_13,
};

/* For --help and the command line: the words for them. */
#define CHANNEL_TLS_WORDS { "off", "1.2", "1.3", NULL }

/* What the channels to a server have in common; it stays where it is. */
struct channel_maker {
	struct sockaddr_in address;
	SSL_CTX *context;     /* NULL if they are plain */
	SSL_SESSION *session; /* that each of them resumes, or NULL */
};

struct channel {
	int fd;   /* -1 if there is none; then tls is NULL */
	SSL *tls; /* NULL if it is plain */
};

/*
 * Prepares connections to a server.  If they are to resume a session, it makes
 * one to have it.  Returns 0 or -errno, -EPROTO if TLS failed or there was no
 * session; nothing has to be freed then.
 */
int channel_prepare(struct channel_maker *maker,
    const struct sockaddr_in *address, enum channel_tls tls, bool resumes);

void channel_forget(struct channel_maker *maker);

/*
 * Connects, from an address or any as server_connect does.  The handshake of
 * TLS is begun by the first that is sent, or by channel_handshake.  Returns 0
 * or -errno.
 */
int channel_connect(struct channel_maker *maker, uint32_t source,
    struct channel *channel);

/*
 * Goes through the handshake, if it has TLS.  Returns 0 or -errno, -ETIMEDOUT
 * if the server says nothing for LOAD_STUCK.
 */
int channel_handshake(struct channel *channel);

/*
 * Sends a short message, and waits for as many bytes, which have to be there
 * within LOAD_STUCK of each other.  Returns 0 or -errno.
 */
int channel_ask(struct channel *channel, const char *message, char *answer,
    size_t size);

/* Says goodbye, if it has TLS, without waiting for the answer, and closes. */
void channel_close(struct channel *channel);

/* Whether its handshake is over, if it has one. */
bool channel_is_open(const struct channel *channel);

/* What channel_send and channel_receive do if it has TLS. */
ssize_t channel_tls_send(struct channel *channel, const char *data,
    size_t size);
ssize_t channel_tls_receive(struct channel *channel, char *buffer, size_t size,
    size_t expected);

/* Why TLS failed the last time. */
const char *channel_tls_error(void);

/*
 * Sends as much as can be at once; what is left has to be sent when the
 * descriptor is ready.  With TLS it must be the same bytes then.  Returns the
 * number of bytes, 0 also while a handshake goes on, or -errno.
 */
static inline ssize_t
channel_send(struct channel *channel, const char *data, size_t size)
{
	ssize_t n;

	if (channel->tls != NULL)
		return channel_tls_send(channel, data, size);
	n = send(channel->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return n;
}

/*
 * Receives what is there.  If the buffer is not full then, all has been
 * received, but for what comes after as many bytes as are expected.  Returns
 * the number of bytes, 0 if there are none yet, or -errno; -ECONNRESET at an
 * orderly end too.
 */
static inline ssize_t
channel_receive(struct channel *channel, char *buffer, size_t size,
    size_t expected)
{
	ssize_t n;

	if (channel->tls != NULL)
		return channel_tls_receive(channel, buffer, size, expected);
	n = recv(channel->fd, buffer, size, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return n == 0 ? -ECONNRESET : n;
}

#endif
