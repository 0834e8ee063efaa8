/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Scenarios in which the n-th call of what can run out fails: the programs' own
 * memory and files, for every n, and OpenSSL's memory, whose calls are
 * thousands, for some n all over the scenario.
 *
 * The linker has the test and the static libraries call the wrappers (--wrap,
 * SHORTAGE_WRAPS in local.mk); OpenSSL is given allocators that do.
 */
#ifndef TESTS_COMMON_SHORTAGE_H
#define TESTS_COMMON_SHORTAGE_H

/* Gives OpenSSL the allocators; before anything else is called of it. */
void shortage_init(void);

/*
 * Runs the scenario, which returns 0 or an error, once for each failing call.
 * It may only give an error if a call failed, and leaves no descriptor open.
 */
void shortage_each(int (*scenario)(void));

/* As ck_assert, for scenarios: that one allocates even if all is well. */
#define shortage_must(condition) \
	do { \
		if (!(condition)) \
			shortage_abort(#condition); \
	} while (0)
void shortage_abort(const char *condition) __attribute__((noreturn));

#endif
