/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is measured: histograms of times, and counters.  Each is a row of one of
 * the two tables here, from which every report has its names and units.
 *
 * A thread of load has its own; they are added up when it has handed them over.
 */
#ifndef LOAD_STATISTICS_H
#define LOAD_STATISTICS_H

#include <stdint.h>

#include "common/histogram.h"

/* enum constant, name in reports, what it is */
#define STATISTICS_TIMES(row) \
	row(TIME_RESPONSE, "response", \
	    "from when a message was due until its last byte was back") \
	row(TIME_SERVICE, "service", \
	    "from when it was sent until its last byte was back") \
	row(TIME_LAG, "lag", \
	    "from when it was due until it was sent") \
	row(TIME_CONNECT, "connect", \
	    "from the call until the connection was there") \
	row(TIME_HANDSHAKE_FULL, "handshake_full", \
	    "a full handshake of TLS") \
	row(TIME_HANDSHAKE_RESUMED, "handshake_resumed", \
	    "the handshake of a resumed session of TLS")

#define STATISTICS_COUNTERS(row) \
	row(COUNT_SENT, "messages_sent", "messages sent") \
	row(COUNT_RECEIVED, "messages_received", \
	    "messages whose echo came back whole and right") \
	row(COUNT_WRONG, "messages_wrong", "messages whose echo differed") \
	row(COUNT_UNANSWERED, "messages_unanswered", \
	    "messages without an echo when the connection or the run ended") \
	row(COUNT_BYTES_SENT, "bytes_sent", "bytes sent") \
	row(COUNT_BYTES_RECEIVED, "bytes_received", "bytes received") \
	row(COUNT_OPENED, "connections_opened", "connections made") \
	row(COUNT_CLOSED, "connections_closed", \
	    "connections ended in good order") \
	row(COUNT_HANDSHAKES, "handshakes", "handshakes of TLS done") \
	row(COUNT_RESUMED, "handshakes_resumed", \
	    "of these, with a resumed session") \
	row(COUNT_CONNECT_ERRORS, "connect_errors", \
	    "connections that could not be made") \
	row(COUNT_HANDSHAKE_ERRORS, "handshake_errors", \
	    "handshakes of TLS that failed") \
	row(COUNT_RESET_ERRORS, "reset_errors", \
	    "connections that were reset") \
	row(COUNT_END_ERRORS, "end_errors", \
	    "connections that the server ended too soon") \
	row(COUNT_TIMEOUT_ERRORS, "timeout_errors", \
	    "connections given up after --timeout") \
	row(COUNT_OTHER_ERRORS, "other_errors", \
	    "connections lost by another error")

#define STATISTICS_ENUM(constant, name, help) constant,
enum statistics_time { STATISTICS_TIMES(STATISTICS_ENUM) TIME_KINDS };
enum statistics_counter { STATISTICS_COUNTERS(STATISTICS_ENUM) COUNT_KINDS };
#undef STATISTICS_ENUM

struct statistics_name {
	const char *name;
	const char *help;
};
extern const struct statistics_name statistics_times[TIME_KINDS];
extern const struct statistics_name statistics_counters[COUNT_KINDS];

/* Large (1.6 MB): on the heap.  All zero is empty. */
struct statistics {
	uint64_t counters[COUNT_KINDS];
	struct histogram times[TIME_KINDS];
};

/* NULL if memory is short; ended by free(3). */
struct statistics *statistics_new(void);
void statistics_clear(struct statistics *statistics);
void statistics_merge(struct statistics *to, const struct statistics *from);
/* The kind of handshake of which there are more; the full one if equal. */
enum statistics_time statistics_handshake(const struct statistics *statistics);
/* All errors that have a counter, and wrong and unanswered messages. */
uint64_t statistics_errors(const struct statistics *statistics);

#endif
