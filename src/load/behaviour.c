/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/behaviour.h"

#include <sys/socket.h>

#include "load/clock.h"
#include "load/closed.h"
#include "load/link_errors.h"
#include "load/sender.h"
#include "load/worker.h"

/* What a slow reader takes at a time, and how many seconds it pauses then. */
#define SIP 256
#define PAUSE 0.01
/* Its receive buffer; the kernel makes it the smallest that there is. */
#define SMALLEST_BUFFER 1

static int
behaviour_of(const struct link *link)
{
	return link->worker->plan->options->behaviour;
}

void
behaviour_prepare(const struct link *link, int fd)
{
	const int size = SMALLEST_BUFFER;

	if (behaviour_of(link) == BEHAVE_SLOW_READER)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size,
		    sizeof(size));
}

size_t
behaviour_most_sent(const struct link *link, size_t most)
{
	return behaviour_of(link) == BEHAVE_BYTEWISE ? 1 : most;
}

int
behaviour_receive_slowly(struct link *link, int64_t *now)
{
	char data[SIP];
	ssize_t n;
	int err;

	n = aw_reader_read(link->reader, data, sizeof(data));
	*now = clock_now();
	if (n <= 0)
		return link_ended(link, (int)n);
	err = link_take(link, data, (size_t)n, *now);
	if (err < 0)
		return err;
	err = aw_sleep(PAUSE);
	*now = clock_now();
	return err < 0 ? err : 1;
}

bool
behaviour_ends(const struct link *link)
{
	return behaviour_of(link) == BEHAVE_HALF_CLOSE ||
	    behaviour_of(link) == BEHAVE_RESET;
}

/* Sends another message, and goes when its echo has begun to come. */
static int
break_off(struct link *link, int64_t now)
{
	char first;
	ssize_t n;
	int err;

	link_begin(link, now, now);
	link_push(link);
	n = aw_reader_read(link->reader, &first, sizeof(first));
	now = clock_now();
	if (n <= 0)
		return link_ended(link, (int)n);
	err = link_take(link, &first, sizeof(first), now);
	link->broken_off = err > 0;
	return err < 0 ? err : 0;
}

/* The first messages are answered, the last one is not waited for. */
static int
reset(struct link *link)
{
	int64_t now;
	int err = 1;

	while (err > 0 && link->under_way > 0)
		err = link_receive(link, &now);
	if (err <= 0 || !worker_goes_on(link->worker))
		return err < 0 ? err : 0;
	return break_off(link, now);
}

int
behaviour_read_to_end(struct link *link)
{
	int64_t now;
	int err;

	link->ending = true;
	sender_end_stream(link);
	do {
		err = link_receive(link, &now);
	} while (err > 0);
	return err;
}

int
behaviour_serve(struct link *link)
{
	closed_fill(link, clock_now());
	if (link->under_way == 0)
		return 0;
	return behaviour_of(link) == BEHAVE_RESET ? reset(link) :
	    behaviour_read_to_end(link);
}
