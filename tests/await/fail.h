/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Makes the n-th call of what can run out fail: memory, mappings, descriptors,
 * threads, sockets.
 *
 * The linker has the test and the static library call the wrappers (--wrap,
 * FAIL_WRAPS in local.mk); libevent is given allocators that do.
 */
#ifndef TESTS_AWAIT_FAIL_H
#define TESTS_AWAIT_FAIL_H

#include <stdbool.h>

/*
 * Gives libevent our allocators and takes its log away; before anything else is
 * called of it.
 */
void fail_init(void);

/*
 * Has the n-th wrapped call from now on fail, counted from 1 and in whatever
 * thread; with for_good each one after it as well.
 */
void fail_at(unsigned n, bool for_good);

/*
 * Has the n-th call of one function fail with the error (an errno), and those
 * that follow it, times in all.
 */
void fail_call(const char *name, unsigned n, unsigned times, int error);

/*
 * Asked before a descriptor is added to an epoll: whether that has to fail.  A
 * test may have its own; nothing does by itself.
 */
bool fail_to_watch(int fd);

/* Lets every call succeed again.  Returns whether one had to fail. */
bool fail_stop(void);

/* Which function failed first since fail_at, or "nothing". */
const char *fail_name(void);

#endif
