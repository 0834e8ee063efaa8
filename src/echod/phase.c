/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "phase.h"

#include <stdatomic.h>

static _Atomic enum phase now = PHASE_STARTING;

void
phase_set(enum phase phase)
{
	atomic_store(&now, phase);
}

enum phase
phase_get(void)
{
	return atomic_load(&now);
}

const char *
phase_name(enum phase phase)
{
	static const char *const names[PHASES] = {
		[PHASE_STARTING] = "starting",
		[PHASE_SERVING] = "serving",
		[PHASE_LEAVING] = "leaving",
		[PHASE_DRAINING] = "draining",
	};

	return names[phase];
}
