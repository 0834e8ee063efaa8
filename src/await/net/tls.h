/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a transport has beside it if it speaks TLS: an SSL object between the
 * protocol and the socket.
 *
 * OpenSSL reads and writes by a BIO of our own (tls_bio.c).  What it writes is
 * sent or queued by the transport, so no write ever waits; what it reads is
 * received straight into its buffer.  It needs a deep stack, so it runs on the
 * loop's, never on a task's.  During the handshake and while the connection
 * closes, the transport's protocol is the layer's own, and the program's is
 * kept here; so there is nothing for plain connections to ask.
 *
 * tls.c has the life, tls_handshake.c the beginning, tls_data.c the bytes in
 * between, tls_shutdown.c the end, tls_error.c what errors mean.
 */
#ifndef AWAIT_NET_TLS_H
#define AWAIT_NET_TLS_H

#include "await.h"

#include <openssl/ssl.h>

#include "core/loop.h"
#include "core/waiters.h"
#include "net/transport.h"

struct evbuffer;

/* Bytes that OpenSSL may receive before others have their turn. */
#define AW_TLS_BUDGET (64 * 1024)
/* Up to so many bytes, buffers of one's own are better than those in cache. */
#define AW_TLS_SMALL 2048
/* The most that a record carries. */
#define AW_TLS_RECORD (16 * 1024)

enum aw_tls_phase {
	AW_TLS_HANDSHAKE,
	AW_TLS_OPEN,
	AW_TLS_SHUTDOWN, /* waits for its end */
};

/* What is needed until the handshake is done. */
struct aw_tls_beginning {
	/* What OpenSSL writes, to be sent at once. */
	char *flight;
	size_t flight_size;
	/* What was received before TLS began, which may outlast that. */
	char *early;
	size_t early_size, early_taken;
	/* What was written before the handshake was done. */
	struct evbuffer *backlog;
	double timeout;
	struct aw_waiters waiters;
	bool over;
};

struct aw_tls {
	/* What a message touches: 64 bytes. */
	struct aw_transport *transport;
	SSL *ssl;            /* NULL before a server's handshake begins */
	struct aw_tls_beginning *beginning; /* NULL once it is over */
	uint8_t phase;       /* enum aw_tls_phase */
	bool drained;        /* the socket has nothing more for now */
	bool starved;        /* OpenSSL was told in this call to come again */
	bool more;           /* there may be bytes that no event will tell of */
	bool ended;          /* a FIN has come */
	bool answering;      /* what OpenSSL writes now nobody asked for */
	bool fruitless;      /* what was received had little for the program */
	bool limited;        /* only so many bytes are to be received still */
	uint32_t budget;     /* bytes that may be received in this call */
	uint32_t answers;    /* bytes queued that nobody asked for */
	int socket_error;    /* of recv(2) */
	int error;           /* that the connection is to be lost by */
	uint64_t place;      /* among those that keep their buffers; 0: none */
	uint32_t period;     /* of the places */
	uint8_t calls;       /* small ones in that period, without a place */

	bool in_ring;        /* turn is */
	bool peer_closed;    /* its close_notify has come */
	bool close_sent;     /* ours has been sent, or can't be */
	bool was_open;       /* the handshake succeeded */
	bool tells_failure;  /* connection_lost tells of a failed handshake */
	bool released;       /* goes when the transport is lost */
	bool timer_set;
	uint8_t reason;      /* aw_tls_reason of a handshake that failed */
	uint32_t limit;
	char *text;          /* what went wrong; NULL: nothing, or no memory */

	/* The program's, while the transport has the layer's own. */
	const aw_protocol *protocol;
	void *arg;
	struct aw_ready turn;
	struct aw_timer timer;
	double shutdown_timeout;
	aw_tls_context *context;
};

/*
 * Has the transport speak TLS as the options say, from the handshake on, which
 * has not yet begun; its protocol is set already.  Returns 0, -EINVAL, or
 * -ENOMEM, with a text for the running task.
 */
AW_MUST_CHECK int aw_tls_attach(struct aw_transport *transport,
    const aw_connection_options *options);

/*
 * The options as they are, or, if they want TLS and name no server, in *named
 * with the host for that.
 */
const aw_connection_options *aw_tls_name_host(
    const aw_connection_options *options, const char *host,
    aw_connection_options *named);

/* Begins the handshake; whoever waits is told of its end. */
void aw_tls_begin(struct aw_transport *transport);
/*
 * The same, and waits.  Returns 0, or an error, by which the connection has
 * been lost unless it is -ECANCELED.
 */
AW_MUST_CHECK int aw_tls_handshake(struct aw_transport *transport);

/* The layer's end, with the transport, or once that is lost. */
void aw_tls_release(struct aw_transport *transport);
/* The transport has been told that it is lost. */
void aw_tls_lost(struct aw_transport *transport);
/* Its descriptor has been closed. */
void aw_tls_closed(struct aw_transport *transport);

/* As aw_transport_pull and aw_transport_writelines. */
AW_MUST_CHECK ssize_t aw_tls_receive(struct aw_transport *transport,
    void *buffer, size_t size);
void aw_tls_write(struct aw_transport *transport, const struct iovec *pieces,
    size_t count);
/* Bytes that wait for the handshake. */
size_t aw_tls_backlog(const struct aw_tls *tls);
/* Nothing has come for long: an idle connection has no buffers. */
void aw_tls_rest(struct aw_transport *transport);
/* Nothing is to be received but what the socket has now. */
void aw_tls_limit(struct aw_transport *transport);
/* Bytes that may be inside OpenSSL, at most. */
size_t aw_tls_pending(const struct aw_tls *tls);
/* Reading goes on, maybe with bytes that no event will tell of. */
void aw_tls_resume(struct aw_tls *tls);

/* As aw_transport_close, aw_transport_write_eof. */
void aw_tls_close(struct aw_transport *transport);
void aw_tls_write_eof(struct aw_transport *transport);
bool aw_tls_can_write_eof(const struct aw_tls *tls);
/* The queue is empty. */
void aw_tls_flushed(struct aw_transport *transport);

/* Whether the layer itself reads, and not the program. */
bool aw_tls_is_reading(const struct aw_tls *tls);
/* Gives the program another protocol meanwhile. */
void aw_tls_change_protocol(struct aw_tls *tls, const aw_protocol *protocol,
    void *arg);

/* Sets aw_error_text to what went wrong; does nothing outside of a task. */
void aw_tls_explain(const struct aw_transport *transport);

/* As aw_transport_get_extra_info. */
int aw_tls_get_extra_info(const struct aw_transport *transport,
    const char *name, void *value, size_t size);

/*
 * Inside of the layer.
 */

/* The protocol of the transport while the layer reads. */
extern const aw_protocol aw_tls_protocol;
void aw_tls_swap_protocol(struct aw_tls *tls);
void aw_tls_restore_protocol(struct aw_tls *tls);

/* For who is on the loop's stack.  The first returns 0 or -ENOMEM. */
AW_MUST_CHECK int aw_tls_make_ssl(struct aw_tls *tls);
void aw_tls_free(struct aw_tls *tls);

/* The handshake is done; what was received before may still be kept. */
void aw_tls_end_beginning(struct aw_tls *tls);

/* Has aw_transport_on_readable called in the next iteration. */
void aw_tls_take_turn(struct aw_tls *tls);
/* Goes on with what the phase is about. */
void aw_tls_continue_handshake(struct aw_tls *tls);
void aw_tls_continue_shutdown(struct aw_tls *tls);
void aw_tls_set_timer(struct aw_tls *tls, double seconds,
    void (*due)(struct aw_timer *timer));
void aw_tls_stop_timer(struct aw_tls *tls);

/*
 * Has the SSL object read and write by the loop's BIO.  0 or -ENOMEM.  All share
 * that, as one each would be 192 bytes and some lines of the cache more; so
 * around each call that may read or write, it is told whose that is.  Those of
 * others' find nothing, and are to be tried again.
 */
AW_MUST_CHECK int aw_tls_set_bio(struct aw_tls *tls);
static inline struct aw_tls *
aw_tls_claim(struct aw_tls *tls)
{
	aw_loop *loop = tls->transport->loop;
	struct aw_tls *outer = loop->tls_running;

	loop->tls_running = tls;
	return outer;
}
static inline void
aw_tls_resign(struct aw_tls *tls, struct aw_tls *outer)
{
	tls->transport->loop->tls_running = outer;
}

/* Before OpenSSL is called: what it may receive. */
static inline void
aw_tls_enter(struct aw_tls *tls)
{
	tls->drained = false;
	tls->starved = false;
	tls->budget = AW_TLS_BUDGET;
}
/* Gathers what OpenSSL writes until it is sent. */
#define AW_TLS_FLIGHT (16 * 1024)
void aw_tls_gather(struct aw_tls *tls, char *flight);
void aw_tls_send_flight(struct aw_tls *tls);

/*
 * After OpenSSL was called with so many bytes, about: it keeps its buffers for
 * the next time, or not.
 */
void aw_tls_find_place(struct aw_tls *tls);
void aw_tls_give_up_place(struct aw_tls *tls);
/* It gives them back, now or when there is nothing in them. */
void aw_tls_release_buffers(struct aw_tls *tls);
static inline void
aw_tls_leave(struct aw_tls *tls, size_t size)
{
	bool small = size <= AW_TLS_SMALL;

	if (tls->place == 0) {
		if (small)
			aw_tls_find_place(tls);
		else
			tls->calls = 0;
	} else if (__builtin_expect(small, 1)) {
		tls->transport->loop->tls_places.used |= tls->place;
	} else {
		aw_tls_give_up_place(tls);
	}
}
/* The connection is closed, maybe while OpenSSL is at work. */
void aw_tls_leave_place(struct aw_tls *tls);

/* Sends close_notify, once. */
void aw_tls_send_close(struct aw_tls *tls);

/*
 * Keeps what went wrong: an error of ours, with a text like printf's; or what
 * OpenSSL says, whose result was result.  The first one counts.
 */
void aw_tls_fail(struct aw_tls *tls, int error, aw_tls_reason reason,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void aw_tls_fail_ssl(struct aw_tls *tls, int result);

#endif
