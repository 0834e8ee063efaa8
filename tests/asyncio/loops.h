/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the cases have in common that make their loops themselves.
 */
#ifndef TESTS_ASYNCIO_LOOPS_H
#define TESTS_ASYNCIO_LOOPS_H

#include "trace.h"

/* Its reports are printed. */
aw_loop *new_loop(void);
/* Runs what is ready now, and no more. */
void run_once(aw_loop *loop);
/* aw_callback that stops a loop. */
void stop(void *loop);
/* Has the word printed in the next iteration. */
aw_handle *soon(aw_loop *loop, const char *word);

#endif
