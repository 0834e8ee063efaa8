/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Results made by hand, the same each time, for the tests of the reports.
 */
#ifndef TESTS_LOAD_SAMPLE_H
#define TESTS_LOAD_SAMPLE_H

#include "load/result.h"

/*
 * "full": an open loop with TLS, objectives, a stall and a few errors; SUSPECT.
 * "handshakes" of TLS.  "empty": no connection was there.  "single": one echo.
 * "hostile": texts that are no text, and values at the ends of what there is.
 * NULL of any other name, or if memory is short; ended by load_result_free.
 */
struct load_result *sample_new(const char *name);

/* The same as another run: of a seed of its own, and faster by so much. */
struct load_result *sample_new_run(const char *name, int64_t run,
    double faster);

#endif
