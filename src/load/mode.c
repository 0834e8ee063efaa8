/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/mode.h"

#include "load/churn.h"
#include "load/closed.h"
#include "load/hold.h"
#include "load/idle.h"
#include "load/open.h"
#include "load/options.h"

const struct mode modes[] = {
	[MODE_CLOSED] = { .live = hold, .serve = closed_serve, .cuts = true,
	    .closed = true },
	[MODE_OPEN] = { .live = hold, .serve = open_serve, .cuts = true,
	    .is_due = true },
	[MODE_CHURN] = { .live = churn, .cuts = true },
	[MODE_HANDSHAKES] = { .live = churn, .cuts = true },
	/* Large messages, of which several follow each other at any time. */
	[MODE_BULK] = { .live = hold, .serve = closed_serve, .cuts = true,
	    .closed = true },
	[MODE_IDLE] = { .live = hold, .serve = idle_serve, .closed = true },
};
