/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Tells AddressSanitizer, ThreadSanitizer and Valgrind of stacks and of the
 * switches between them, without which they would report nonsense, and whose
 * they are.  Without such a tool everything here is empty.
 */
#ifndef AWAIT_CORO_SANITIZER_H
#define AWAIT_CORO_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AW_HAVE_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define AW_HAVE_TSAN 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define AW_HAVE_ASAN 1
#endif
#ifdef __SANITIZE_THREAD__
#define AW_HAVE_TSAN 1
#endif

#ifdef AW_HAVE_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef AW_HAVE_TSAN
#include <sanitizer/tsan_interface.h>
#endif
#ifdef HAVE_VALGRIND_H
#include <valgrind/memcheck.h>
#include <valgrind/valgrind.h>
#endif

/* Whether the tool shows the names of stacks. */
#ifdef AW_HAVE_TSAN
#define AW_SANITIZER_NAMES 1
#else
#define AW_SANITIZER_NAMES 0
#endif

/* What the tools want to be told again of a stack. */
struct aw_sanitizer {
#ifdef AW_HAVE_ASAN
	void *fake_stack;
	const void *bottom;
	size_t size;
#endif
#ifdef AW_HAVE_TSAN
	void *fiber;
#endif
#ifdef HAVE_VALGRIND_H
	unsigned valgrind_id;
#endif
};

/*
 * Frames of a stack's earlier owner may have left red zones behind, and what it
 * no longer used was out of bounds for Valgrind.
 */
static inline void
aw_sanitizer_clean(void *low, void *high)
{
	(void)low, (void)high;
#ifdef AW_HAVE_ASAN
	__asan_unpoison_memory_region(low, (size_t)((char *)high - (char *)low));
#endif
#ifdef HAVE_VALGRIND_H
	VALGRIND_MAKE_MEM_UNDEFINED(low, (char *)high - (char *)low);
	/* What aw_stack_overrun looks at is the kernel's zeros, or an overrun. */
	VALGRIND_MAKE_MEM_DEFINED(low, sizeof(uint64_t));
#endif
}

/* A coroutine is about to be made on a stack from low to high. */
static inline void
aw_sanitizer_stack_made(struct aw_sanitizer *s, void *low, void *high)
{
	(void)s, (void)low, (void)high;
#ifdef AW_HAVE_ASAN
	s->fake_stack = NULL;
	s->bottom = low;
	s->size = (size_t)((char *)high - (char *)low);
#endif
#ifdef AW_HAVE_TSAN
	s->fiber = __tsan_create_fiber(0);
#endif
#ifdef HAVE_VALGRIND_H
	s->valgrind_id = VALGRIND_STACK_REGISTER(low, high);
#endif
}

/* It is not run any more. */
static inline void
aw_sanitizer_stack_gone(struct aw_sanitizer *s)
{
	(void)s;
#ifdef AW_HAVE_TSAN
	__tsan_destroy_fiber(s->fiber);
#endif
#ifdef HAVE_VALGRIND_H
	VALGRIND_STACK_DEREGISTER(s->valgrind_id);
#endif
}

/* The thread's own stack is about to be left. */
static inline void
aw_sanitizer_thread(struct aw_sanitizer *s)
{
	(void)s;
#ifdef AW_HAVE_TSAN
	s->fiber = __tsan_get_current_fiber();
#endif
}

/* What ThreadSanitizer is to call it. */
static inline void
aw_sanitizer_name(struct aw_sanitizer *s, const char *name)
{
	(void)s, (void)name;
#ifdef AW_HAVE_TSAN
	__tsan_set_fiber_name(s->fiber, name);
#endif
}

/* Whether a tool keeps notes of the stacks' bytes by their addresses. */
static inline bool
aw_sanitizer_knows_stacks(void)
{
#if defined(AW_HAVE_ASAN) || defined(AW_HAVE_TSAN)
	return true;
#elif defined(HAVE_VALGRIND_H)
	return RUNNING_ON_VALGRIND != 0;
#else
	return false;
#endif
}

/* Whether Valgrind runs this, which has no names for stacks. */
static inline bool
aw_sanitizer_counts_errors(void)
{
#ifdef HAVE_VALGRIND_H
	return RUNNING_ON_VALGRIND != 0;
#else
	return false;
#endif
}

/* How many errors Valgrind has reported so far. */
static inline unsigned
aw_sanitizer_errors(void)
{
#ifdef HAVE_VALGRIND_H
	return (unsigned)VALGRIND_COUNT_ERRORS;
#else
	return 0;
#endif
}

/* Has Valgrind say whose the errors were that it has just reported. */
static inline void
aw_sanitizer_blame(unsigned errors, const char *name)
{
	(void)errors, (void)name;
#ifdef HAVE_VALGRIND_H
	VALGRIND_PRINTF("await: the last %u error%s above: in task '%s'\n",
	    errors, errors == 1 ? "" : "s", name);
#endif
}

/* Before a switch; ends says that from never runs again. */
static inline void
aw_sanitizer_before(struct aw_sanitizer *from, struct aw_sanitizer *to, int ends)
{
	(void)from, (void)to, (void)ends;
#ifdef AW_HAVE_ASAN
	__sanitizer_start_switch_fiber(ends ? NULL : &from->fake_stack,
	    to->bottom, to->size);
#endif
#ifdef AW_HAVE_TSAN
	__tsan_switch_to_fiber(to->fiber, 0);
#endif
}

/* After a switch, on the stack that now runs; from is the one just left. */
static inline void
aw_sanitizer_after(struct aw_sanitizer *self, struct aw_sanitizer *from)
{
	(void)self, (void)from;
#ifdef AW_HAVE_ASAN
	/* The thread's own stack is known only once it has been left. */
	__sanitizer_finish_switch_fiber(self->fake_stack, &from->bottom,
	    &from->size);
#endif
}

#endif
