/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Leaves faults to the program where the sanitizers' own handlers would have a
 * word to say too.  For one file of a test, as these are functions that they
 * look for.
 */
#ifndef TESTS_AWAIT_FAULTS_H
#define TESTS_AWAIT_FAULTS_H

#define FAULTS_ARE_OURS "handle_segv=0:handle_sigbus=0:handle_abort=0"

const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return FAULTS_ARE_OURS;
}

const char *__ubsan_default_options(void);
const char *
__ubsan_default_options(void)
{
	return FAULTS_ARE_OURS;
}

const char *__tsan_default_options(void);
const char *
__tsan_default_options(void)
{
	return FAULTS_ARE_OURS;
}

#endif
