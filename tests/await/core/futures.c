/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "core/futures.h"

void
create_futures(aw_loop *loop, aw_future **futures, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		futures[i] = aw_loop_create_future(loop);
}

void
unref_futures(aw_future **futures, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		aw_future_unref(futures[i]);
}

aw_future *
gather(aw_future **futures, size_t count, bool return_exceptions)
{
	aw_future *future = aw_gather(futures, count, return_exceptions);

	ck_assert_ptr_nonnull(future);
	return future;
}
