/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A main task from its beginning to its end.
 */
#ifndef AWAIT_RUN_H
#define AWAIT_RUN_H

#include <await/loop.h>

AW_BEGIN_DECLS

/*
 * Runs a coroutine as the main task of a new loop, cancels what it leaves
 * behind and waits for that, and for at most five minutes for functions in
 * threads of the loop's executor; closes the loop, and returns the coroutine's
 * result (asyncio.run).  Meanwhile the loop is the thread's by
 * aw_set_event_loop, and afterwards none is.  The first SIGINT cancels the main
 * task, and the result is AW_EINTERRUPT if it ends by that; a second one, or
 * one after the end of the main task, ends the process.  -EBUSY if a loop is
 * running in this thread, -ENOMEM or -EMFILE if none could be made.
 */
AW_MUST_CHECK int aw_run(aw_coroutine *main, void *arg);
/* The same with options for the loop. */
AW_MUST_CHECK int aw_run_with(aw_coroutine *main, void *arg,
    const aw_loop_options *options);

AW_END_DECLS

#endif
