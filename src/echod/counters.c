/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "counters.h"

#define ENDED(reason, word) { \
	.name = "connections_ended", \
	.help = "Connections that have ended", \
	.label = "reason", .value = (word), \
	.offset = offsetof(struct counters, ended[reason]), \
}
#define REFUSED(reason, word) { \
	.name = "connections_refused", \
	.help = "Connections that were closed as soon as they were accepted", \
	.label = "reason", .value = (word), \
	.offset = offsetof(struct counters, refused[reason]), \
}
#define PAUSED(reason, word) { \
	.name = "accept_pauses", \
	.help = "Times that connections had to wait to be accepted", \
	.label = "reason", .value = (word), \
	.offset = offsetof(struct counters, paused[reason]), \
}

const struct counter_row counter_rows[] = {
	ENDED(END_CLIENT_CLOSED, "client_closed"),
	ENDED(END_RESET, "reset"),
	ENDED(END_TIMED_OUT, "timed_out"),
	ENDED(END_TRUNCATED, "truncated"),
	ENDED(END_IDLE, "idle"),
	ENDED(END_WRITE_TIMEOUT, "write_timeout"),
	ENDED(END_BUFFERS_FULL, "buffers_full"),
	ENDED(END_DRAINED, "drained"),
	ENDED(END_DROPPED, "dropped"),
	ENDED(END_ERROR, "error"),
	REFUSED(REFUSED_FULL, "full"),
	REFUSED(REFUSED_ADDRESS, "address"),
	REFUSED(REFUSED_MEMORY, "memory"),
	PAUSED(PAUSED_FULL, "full"),
	PAUSED(PAUSED_SHORTAGE, "shortage"),
};
const size_t counter_row_count = sizeof(counter_rows) /
    sizeof(counter_rows[0]);

uint64_t
counter_get(struct counters *counters, const struct counter_row *row)
{
	_Atomic uint64_t *counter = (void *)((char *)counters + row->offset);

	return atomic_load_explicit(counter, memory_order_relaxed);
}

/* The reasons are few, and asked for when a connection ends. */
static const char *
value_at(size_t offset)
{
	for (size_t i = 0; i < counter_row_count; i++)
		if (counter_rows[i].offset == offset)
			return counter_rows[i].value;
	return NULL;
}

const char *
end_reason_name(enum end_reason reason)
{
	return value_at(offsetof(struct counters, ended) +
	    reason * sizeof(_Atomic uint64_t));
}

const char *
refusal_name(enum refusal refusal)
{
	return value_at(offsetof(struct counters, refused) +
	    refusal * sizeof(_Atomic uint64_t));
}
