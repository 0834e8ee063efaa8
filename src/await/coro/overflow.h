/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Names the coroutine whose stack overflowed, before the signal's default
 * action ends the process.
 */
#ifndef AWAIT_CORO_OVERFLOW_H
#define AWAIT_CORO_OVERFLOW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Tells what runs in this thread: its name if address lies in the guard of its
 * stack, otherwise NULL.  Called in a signal's context.
 */
typedef const char *aw_overflow_name(const void *address);

/*
 * Mends what is wrong at the address, if it can, so that the access can be
 * repeated, and tells whether it did.  Called in a signal's context.
 */
typedef bool aw_overflow_mend(const void *address);

/*
 * Catches SIGSEGV and SIGBUS of the process, once, and gives this thread a
 * signal stack if it has none.  Does without if memory is short.
 */
void aw_overflow_watch(aw_overflow_name *name, aw_overflow_mend *mend);

/*
 * Takes the signal stack away again after the last call that a thread has
 * watched; does nothing in one that has not.
 */
void aw_overflow_unwatch(void);

/* Says that the named coroutine overflowed its stack, and aborts. */
_Noreturn void aw_overflow_abort(const char *name);

#endif
