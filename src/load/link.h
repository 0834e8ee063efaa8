/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * One connection of a thread of load, and the messages that are under way on
 * it.  It is opened again and again; its number stays, and that of its messages
 * goes on.  Its functions are for its thread; those that wait are for its task.
 */
#ifndef LOAD_LINK_H
#define LOAD_LINK_H

#include <await.h>
#include <stdbool.h>

#include "load/random.h"
#include "load/statistics.h"

struct worker;

/* One that has been begun, and whose echo is not back. */
struct message {
	int64_t due;
	int64_t sent;
	uint64_t size;
};

/*
 * What a message touches lies together, in two lines of the cache, which is
 * what counts when there are many.
 */
struct link {
	struct worker *worker;
	aw_reader *reader;
	aw_writer *writer;      /* NULL: not open */
	struct message *slots;  /* a ring */
	uint32_t slot_count;
	uint32_t head;          /* the slot of the oldest one under way */
	uint32_t under_way;
	uint32_t to_send;       /* of these, not sent whole; the newest */
	uint64_t number;        /* of the next message that is begun */
	uint64_t matched;       /* bytes of the oldest one that have come */
	uint64_t written;       /* bytes of the one that is sent next */
	uint64_t sent;          /* bytes of this connection's life */
	uint64_t received;
	int64_t progress;       /* when it was last seen to get on */
	uint64_t echoes;        /* of the part that is measured */
	uint64_t id;            /* of the connection, in the whole run */
	aw_task *sender;        /* sender.h; or NULL */
	bool has_room;          /* it is in the ring of dispatcher.h */
	bool serving;           /* not to be cancelled when the run ends */
	bool ending;            /* the end of the stream is expected */
	bool eof_wanted;        /* once all is sent: sender.h */
	bool overdue;           /* given up after --timeout */
	bool broken_off;        /* on purpose */
	bool encrypted;
	bool attempted;         /* the first connection was, or has failed */

	uint32_t reserved;      /* messages for the connection of churn.h */
	int64_t due;            /* and when it was */
	aw_event *turn;         /* NULL, unless connections are due */
	aw_event *work;         /* there is something to send: sender.h */
	aw_task *task;
	aw_tls_session *session; /* to resume */
	struct random sizes;    /* of its messages */
} __attribute__((aligned(64)));

/*
 * Connects, and shakes hands if there is TLS, within the timeout each; counts
 * that, or what went wrong.  Returns 0, or a negative error.
 */
AW_MUST_CHECK int link_open(struct link *link);

/*
 * Ends the connection: with 0 in good order, with an error at once.  What is
 * under way is lost, and counted as unanswered unless it is broken_off.  Waits.
 */
void link_close(struct link *link, int error);

/* Whether another message can be begun. */
static inline bool
link_has_room(const struct link *link)
{
	return link->under_way < link->slot_count;
}

/* Begins a message; there has to be room.  link_push sends it. */
void link_begin(struct link *link, int64_t due, int64_t now);
void link_push(struct link *link);

/*
 * Writes the bytes that are next to be sent, at most size of them, and returns
 * how many there are.
 */
size_t link_next_bytes(struct link *link, void *data, size_t size);

/*
 * Waits for bytes and compares them.  Returns 1, and *now is when they came; 0
 * at the end of the stream, if that was expected; or a negative error, which
 * has been counted.
 */
AW_MUST_CHECK int link_receive(struct link *link, int64_t *now);

/* Takes bytes that have come.  Returns 1, or -EBADMSG if they differ. */
AW_MUST_CHECK int link_take(struct link *link, const void *data, size_t size,
    int64_t now);

/* Gives it up because nothing has come for too long. */
void link_give_up(struct link *link);

#endif
