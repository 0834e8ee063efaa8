/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "shortage.h"

#include <check.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "entries.h"

/* As many of OpenSSL's calls fail, one at a time. */
#define OF_OPENSSL 60
/* More calls than any scenario makes. */
#define MOST_CALLS 2000

/* Calls that are counted, and the one that fails; 0 is none. */
struct series {
	unsigned calls;
	unsigned failing;
};

static struct series own, openssl;
static const char *failed;

static bool
must_fail(struct series *series, const char *name)
{
	if (++series->calls != series->failing)
		return false;
	failed = name;
	return true;
}

/* The linker's names: __wrap_f is called for f, and __real_f is the real f. */
#define WRAP(type, name, parameters, arguments, failure, error) \
	type __real_##name parameters; \
	type __wrap_##name parameters; \
	type \
	__wrap_##name parameters \
	{ \
		if (must_fail(&own, #name)) { \
			errno = error; \
			return failure; \
		} \
		return __real_##name arguments; \
	}

WRAP(void *, malloc, (size_t size), (size), NULL, ENOMEM)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), NULL, ENOMEM)
WRAP(void *, reallocarray, (void *memory, size_t count, size_t size),
    (memory, count, size), NULL, ENOMEM)
WRAP(char *, strdup, (const char *text), (text), NULL, ENOMEM)
WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL,
    EMFILE)
WRAP(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL, ENOMEM)
WRAP(FILE *, open_memstream, (char **text, size_t *size), (text, size), NULL,
    ENOMEM)
WRAP(int, mkstemp, (char *path), (path), -1, EMFILE)

int __wrap_asprintf(char **text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int
__wrap_asprintf(char **text, const char *format, ...)
{
	va_list list;
	int length;

	if (must_fail(&own, "asprintf"))
		return -1;
	va_start(list, format);
	length = vasprintf(text, format, list);
	va_end(list);
	return length;
}

static void *
openssl_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return must_fail(&openssl, "OpenSSL's malloc") ? NULL :
	    __real_malloc(size);
}

static void *
openssl_realloc(void *memory, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return must_fail(&openssl, "OpenSSL's realloc") ? NULL :
	    realloc(memory, size);
}

static void
openssl_free(void *memory, const char *file, int line)
{
	(void)file, (void)line;
	free(memory);
}

void
shortage_init(void)
{
	if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc,
	    openssl_free) != 1)
		abort();
}

void
shortage_abort(const char *condition)
{
	own.failing = openssl.failing = 0;
	ck_abort_msg("after %s failed: %s", failed != NULL ? failed :
	    "nothing", condition);
}

/* Runs it with one call failing.  Returns whether there was such a call. */
static bool
run_with(int (*scenario)(void), struct series *series, unsigned n)
{
	unsigned descriptors = count_descriptors();
	int result;

	failed = NULL;
	series->calls = 0;
	series->failing = n;
	result = scenario();
	series->failing = 0;
	ck_assert_msg(result == 0 || failed != NULL,
	    "the result is %d, and nothing failed", result);
	ck_assert_msg(count_descriptors() == descriptors,
	    "call %u, of %s, failed, and a descriptor is open", n, failed);
	return failed != NULL;
}

void
shortage_each(int (*scenario)(void))
{
	unsigned n, calls;

	/* What is made once is made. */
	run_with(scenario, &own, 0);
	for (n = 1; run_with(scenario, &own, n); n++)
		ck_assert_uint_lt(n, MOST_CALLS);
	run_with(scenario, &openssl, 0);
	calls = openssl.calls;
	for (n = 1; n <= calls; n += 1 + calls / OF_OPENSSL)
		run_with(scenario, &openssl, n);
	run_with(scenario, &own, 0);
}
