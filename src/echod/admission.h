/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Which connections a listener accepts: as many as there are places for, and of
 * each address no more than it may have.  Who is refused is closed at once,
 * counted, and logged within limits.
 */
#ifndef ECHOD_ADMISSION_H
#define ECHOD_ADMISSION_H

#include <await.h>

struct service;

/* For the servers of a listener in a worker. */
aw_admission admission_of(struct service *service);

/* Their aw_accept_error: counts and logs; arg is the struct service. */
void admission_shortage(aw_server *server, int error, void *arg);
/* The server has closed, in whatever state it was. */
void admission_closed(struct service *service);

#endif
