/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A server that runs out of what accepting takes.
 */
#ifndef TESTS_AWAIT_NET_SITE_H
#define TESTS_AWAIT_NET_SITE_H

#include "net/net.h"

/* A server, and what it has said. */
struct site {
	aw_server *server;
	uint16_t port;
	unsigned begun;   /* handlers */
	unsigned errors;  /* calls of accept_error with an error */
	unsigned relieved; /* and without */
	int error;        /* the last error */
	enum { GO_ON, CLOSE, FREE } then; /* what accept_error does */
};

/* One that echoes on 127.0.0.1, with such a pause in seconds. */
void open_site(struct site *site, double accept_pause);
/* Ends it, once its connections have ended. */
void close_site(struct site *site);

/* A client whose connection is being handled. */
int enter(struct site *site);
/*
 * A client for which accepting fails with an error (an errno), so many times
 * as fail_call has it; fail_stop follows.
 */
int enter_in_vain(struct site *site, unsigned times, int error);
/* Whether an error was told of; for net_wait_until. */
bool has_failed(void *site);

#endif
