/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "coro/partner.h"

static struct aw_coro home;

void
choose(int implementation)
{
	aw_context_init();
	if (implementation == 1)
		aw_context_is_ucontext = true;
	aw_coro_thread(&home);
}

static void
run_partner(void *arg)
{
	struct partner *partner = arg;

	aw_coro_started(&partner->coro, partner->home);
	partner->body(partner);
	partner->ended = true;
	aw_coro_exit(&partner->coro, partner->home);
}

void
make_partner(struct partner *partner, void (*body)(struct partner *))
{
	memset(partner, 0, sizeof(*partner));
	partner->home = &home;
	partner->body = body;
	partner->stack = aligned_alloc(64, STACK_SIZE);
	ck_assert_ptr_nonnull(partner->stack);
	aw_coro_make(&partner->coro, partner->stack,
	    partner->stack + STACK_SIZE, run_partner, partner);
}

void
free_partner(struct partner *partner)
{
	aw_coro_free(&partner->coro);
	free(partner->stack);
}

void
resume(struct partner *partner)
{
	aw_coro_switch(partner->home, &partner->coro);
}

void
give_way(struct partner *partner)
{
	aw_coro_switch(&partner->coro, partner->home);
}
