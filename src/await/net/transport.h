/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The transport: bytes over one descriptor, and a protocol that is told of
 * them.  transport.c has its life, receive.c and send.c its two directions,
 * pipe.c what is different if it is not a socket of its own.
 *
 * A socket bufferevent queues and flushes what the kernel did not take.  Two
 * things go around it, since they are what a message costs: the loop's own
 * epoll tells the protocol, which receives straight into its own buffer, and
 * output is sent at once while nothing is queued.  While bytes flow, there is no
 * bufferevent at all: it is made when output first has to wait.
 *
 * The transport owns the descriptor, which it closes at once; that it has been
 * lost is told by the loop, later, so no caller sees it vanish.  All functions
 * are for the loop's thread.
 */
#ifndef AWAIT_NET_TRANSPORT_H
#define AWAIT_NET_TRANSPORT_H

#include "await.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/loop.h"
#include "core/remnant.h"
#include "core/system_call.h"

struct aw_pipe;
struct aw_output_queue;
struct aw_tls;
struct aw_wakeup;

/* What the protocol has been told. */
enum aw_told {
	AW_TOLD_NOTHING,
	AW_TOLD_MADE,
	AW_TOLD_LOST,
};

struct aw_transport {
	/*
	 * What a message touches: in a connection it shares two lines of the
	 * cache with the reader, as connection.h asserts.
	 */
	struct aw_watch watch;    /* of a socket; pipe.c has events for others */
	aw_loop *loop;
	int fd;                   /* -1 once it is closed */
	int error;                /* by which the connection was lost, or 0 */
	bool readable;            /* a receive may find something */
	bool read_armed;          /* it is watched, or its turn will come */
	bool more;                /* the last receive may have left something */
	bool eager;               /* receives until it is told -EAGAIN */
	bool queued;              /* there is output to send */
	bool write_paused;        /* the protocol knows of a full queue */
	/* What keeps a write from being simply sent, asked for at once. */
	union {
		struct {
			bool eof_wanted;  /* a FIN goes out after the queue */
			bool closing;     /* closes after the queue */
			bool indirect;    /* it has a pipe or tls */
			bool unused;
		};
		uint32_t unusual;
	};
	bool aborting;            /* closes with a RST */
	bool read_paused;         /* by the program */
	bool read_ended;          /* the protocol has been told of the end */
	bool in_ring;             /* the protocol is about to be told */
	struct aw_tls *tls;       /* NULL: the bytes are the socket's own */
	const aw_protocol *protocol;

	void *arg;
	struct aw_pipe *pipe;     /* NULL: a socket that does not block */
	uint8_t told;             /* enum aw_told */
	float write_timeout;      /* in seconds; 0 is none */
	struct aw_output_queue *queue; /* a socket's output, or NULL */
	aw_output_limit *output_limit; /* or NULL */
	size_t high_water, low_water;
	struct aw_ready ready;
	struct aw_remnant remnant; /* of the loop, if nobody else ends it */
	/* Called when the connection is lost, as the last thing; or NULL. */
	void (*closed)(struct aw_transport *transport);
	/*
	 * The peer, if it has an IP address: a socket that is no longer
	 * connected does not tell.
	 */
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} peer;
};

/*
 * Takes over a connected, non-blocking socket, in zeroed memory; options and
 * peer may be NULL.  The protocol, which is set already, is told of it by the
 * loop once aw_transport_tell has been called, unless told says that it knows.
 */
void aw_transport_init(struct aw_transport *transport, aw_loop *loop, int fd,
    const struct sockaddr *peer, const aw_connection_options *options,
    void (*closed)(struct aw_transport *));

/* What is the same for sockets and pipes. */
void aw_transport_init_common(struct aw_transport *transport, aw_loop *loop,
    int fd, const aw_connection_options *options,
    void (*closed)(struct aw_transport *));

/* Sets the water marks, as aw_transport_set_write_buffer_limits. */
void aw_transport_set_marks(struct aw_transport *transport, size_t high,
    size_t low);

/* Has the loop tell the protocol of the connection, or that it is lost. */
void aw_transport_tell(struct aw_transport *transport);

/* The program's protocol is to be told of what comes. */
void aw_transport_begin_reading(struct aw_transport *transport);

/* From here on nobody but the loop ends the transport. */
void aw_transport_disown(struct aw_transport *transport);

/* Closes it with an error of its own. */
void aw_transport_lose(struct aw_transport *transport, int error);
/* Closes it at once. */
void aw_transport_close_now(struct aw_transport *transport);

/*
 * Has readable called once, or all of what comes received and delivered, as
 * the protocol wants it.  Returns 0 or -ENOMEM.
 */
AW_MUST_CHECK int aw_transport_watch(struct aw_transport *transport);
/*
 * Tells what of a stream's socket is watched (core/hibernate.h); false if
 * something else than that is about to touch the transport.
 */
bool aw_transport_wakeup(struct aw_transport *transport,
    struct aw_wakeup *wakeup);
/* Not any more. */
void aw_transport_unwatch(struct aw_transport *transport);
/* The same as the first, whether the program wants to be told or not. */
AW_MUST_CHECK int aw_transport_arm(struct aw_transport *transport);
/*
 * Chooses who is called for a socket that is watched already, after the
 * protocol has changed from or to that of TLS.  Returns whether of what arrives
 * alone.
 */
bool aw_transport_choose_watch(struct aw_transport *transport);

/*
 * As aw_transport_receive, but does not watch for more: after each receive the
 * loop has to poll before the next one finds anything, so a busy peer can't
 * keep the others waiting.
 */
AW_MUST_CHECK static inline ssize_t aw_transport_pull(
    struct aw_transport *transport, void *buffer, size_t size);

/* The descriptor of the transport can be read from. */
void aw_transport_on_readable(struct aw_transport *transport);

/*
 * Sends bytes by the socket or the queue, as they are and also while it closes.
 * The protocol is not told what that does to the queue.
 */
void aw_transport_send(struct aw_transport *transport, const void *data,
    size_t size);
/* Tells it, once, that the queue is above the high water mark, if it is. */
void aw_transport_pause_writing(struct aw_transport *transport);

/* The queue is shorter than before, and at the low water mark or below. */
void aw_transport_on_output(struct aw_transport *transport);

/* Throws away what is queued, and what it is queued by. */
void aw_transport_free_queue(struct aw_transport *transport);

/*
 * Gives the program what it has asked for, as aw_transport_get_extra_info: the
 * value has room for size bytes.  Returns length, or -ENOSPC.
 */
AW_MUST_CHECK int aw_copy_info(void *value, size_t size, const void *from,
    size_t length);

/* As recv(2), of whatever it is, with the negative error. */
AW_MUST_CHECK ssize_t aw_transport_receive_any(struct aw_transport *transport,
    void *buffer, size_t size);
/*
 * What a receive returns that failed with this error: the connection is lost by
 * it, unless it is -EAGAIN or -EINTR.
 */
AW_MUST_CHECK ssize_t aw_transport_receive_error(
    struct aw_transport *transport, int error);

/* Nothing is asked of the kernel where nothing can have come. */
static inline ssize_t
aw_transport_pull(struct aw_transport *transport, void *buffer, size_t size)
{
	ssize_t n;

	if (__builtin_expect(transport->closing, 0))
		return transport->error;
	if (!transport->readable)
		return -EAGAIN;
	transport->readable = false;
	if (__builtin_expect(transport->indirect, 0))
		return aw_transport_receive_any(transport, buffer, size);
	n = aw_recv(transport->fd, buffer, size);
	if (__builtin_expect(n < 0, 0))
		return aw_transport_receive_error(transport, (int)n);
	transport->more = (size_t)n == size || transport->eager;
	return n;
}

/* What a writer is told once the descriptor is closed. */
static inline int
aw_transport_lost_error(const struct aw_transport *transport)
{
	return transport->error != 0 ? transport->error : -ECONNRESET;
}

#endif
