/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the tests of those who wait for several futures share.
 */
#ifndef TESTS_AWAIT_CORE_FUTURES_H
#define TESTS_AWAIT_CORE_FUTURES_H

#include "core/core.h"

void create_futures(aw_loop *loop, aw_future **futures, size_t count);
void unref_futures(aw_future **futures, size_t count);
/* A gather that must be had. */
aw_future *gather(aw_future **futures, size_t count, bool return_exceptions);

#endif
