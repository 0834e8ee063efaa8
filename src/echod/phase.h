/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Where in its life the process is.  The main thread sets it, any thread asks.
 */
#ifndef ECHOD_PHASE_H
#define ECHOD_PHASE_H

enum phase {
	PHASE_STARTING, /* from the beginning on: workers are not ready yet */
	PHASE_SERVING,
	PHASE_LEAVING,  /* it is to stop, and still accepts for a while */
	PHASE_DRAINING, /* it accepts no more; connections may finish */
	PHASES
};

/* For the main thread; and for any. */
void phase_set(enum phase phase);
enum phase phase_get(void);
/* "starting", "serving", "leaving", "draining". */
const char *phase_name(enum phase phase);

#endif
