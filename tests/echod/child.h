/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * For what a process can't take back: it is done in a child.
 */
#ifndef TESTS_ECHOD_CHILD_H
#define TESTS_ECHOD_CHILD_H

#include "echod/landlock.h"

#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef HAVE_VALGRIND_H
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

/* In a child: a condition without which it ends. */
#define must(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, \
			    __LINE__, #condition, strerror(errno)); \
			_exit(1); \
		} \
	} while (0)

/* In a child: a call that must be refused with the error. */
#define must_fail(call, error) \
	do { \
		errno = 0; \
		must((call) == -1 && errno == (error)); \
	} while (0)

/* The function, in a child that must end well. */
static inline void
in_child(void (*function)(void))
{
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		function();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(status == 0, "the child ended with status %#x",
	    (unsigned)status);
}

/* Whether the test has to be left out, which is said. */
static inline bool
skip_if(bool lacking, const char *reason)
{
	if (lacking)
		printf("SKIP: %s\n", reason);
	return lacking;
}

/* Whether the kernel has no landlock, and the test has to be left out. */
static inline bool
lacks_landlock(void)
{
	struct landlock landlock;
	int err = RUNNING_ON_VALGRIND ? -ENOSYS :
	    landlock_open(&landlock, false);

	if (err == 0)
		landlock_close(&landlock, false);
	else
		ck_assert_msg(err == -ENOSYS || err == -EOPNOTSUPP, "%s",
		    strerror(-err));
	return skip_if(err < 0, "this kernel has no landlock, or Valgrind "
	    "does not know it");
}

#endif
