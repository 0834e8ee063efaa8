/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What threads with a loop each tell one another.
 */
#ifndef COMMON_TELL_H
#define COMMON_TELL_H

#include <await.h>

/*
 * Has the loop call the function with arg, as aw_loop_call_soon_threadsafe
 * does, from any thread; but the message is not lost: where there is no memory
 * for it, this waits until there is.  The loop must not be closed meanwhile.
 */
void tell(aw_loop *loop, aw_callback *callback, void *arg);

#endif
