/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "log_limit.h"

static uint64_t
tell(struct log_limit *limit)
{
	uint64_t left_out = limit->left_out;

	limit->left_out = 0;
	return left_out;
}

bool
log_limit_allows(struct log_limit *limit, double now, uint64_t *left_out)
{
	bool allowed;

	*left_out = 0;
	pthread_mutex_lock(&limit->mutex);
	if (limit->used == 0 || now - limit->begin >= limit->seconds) {
		limit->begin = now;
		limit->used = 0;
	}
	allowed = limit->used < limit->lines;
	if (allowed) {
		limit->used++;
		*left_out = tell(limit);
	} else {
		limit->left_out++;
	}
	pthread_mutex_unlock(&limit->mutex);
	return allowed;
}

uint64_t
log_limit_left_out(struct log_limit *limit)
{
	uint64_t left_out;

	pthread_mutex_lock(&limit->mutex);
	left_out = tell(limit);
	pthread_mutex_unlock(&limit->mutex);
	return left_out;
}
