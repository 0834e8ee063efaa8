/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "coro/overflow.h"

#define SIGNAL_STACK_SIZE (64 * 1024)

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic(aw_overflow_name *) name_of;
static _Atomic(aw_overflow_mend *) mend_at;
static struct sigaction previous_segv, previous_bus;

static _Thread_local unsigned watchers;
static _Thread_local void *signal_stack;

/* write(2) is all that a signal handler may use. */
static void
say(const char *text)
{
	ssize_t ignored = write(STDERR_FILENO, text, strlen(text));

	(void)ignored;
}

static void
report(const char *name)
{
	say("await: stack overflow in task '");
	say(name);
	say("': use less of it, or raise aw_loop_options.stack_size\n");
}

/*
 * Whatever handled the signal before does so again: on the way back from here
 * the instruction is repeated and faults once more.
 */
static void
on_fault(int signal, siginfo_t *info, void *context)
{
	const char *name = NULL;

	(void)context;
	if (info->si_code > 0 && mend_at(info->si_addr))
		return;
	if (info->si_code > 0)
		name = name_of(info->si_addr);
	if (name != NULL)
		report(name);
	sigaction(signal, signal == SIGSEGV ? &previous_segv : &previous_bus,
	    NULL);
	if (info->si_code <= 0)
		raise(signal);
}

static void
catch_faults(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_sigaction = on_fault;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigemptyset(&action.sa_mask);
	sigaction(SIGSEGV, &action, &previous_segv);
	sigaction(SIGBUS, &action, &previous_bus);
}

void
aw_overflow_watch(aw_overflow_name *name, aw_overflow_mend *mend)
{
	stack_t stack;

	name_of = name;
	mend_at = mend;
	pthread_once(&once, catch_faults);
	if (watchers++ > 0 || sigaltstack(NULL, &stack) < 0 ||
	    (stack.ss_flags & SS_DISABLE) == 0)
		return;
	signal_stack = malloc(SIGNAL_STACK_SIZE);
	if (signal_stack == NULL)
		return;
	memset(&stack, 0, sizeof(stack));
	stack.ss_sp = signal_stack;
	stack.ss_size = SIGNAL_STACK_SIZE;
	sigaltstack(&stack, NULL);
}

void
aw_overflow_unwatch(void)
{
	stack_t stack;

	/* None: the loop that it was for was made in another thread. */
	if (watchers == 0 || --watchers > 0 || signal_stack == NULL)
		return;
	memset(&stack, 0, sizeof(stack));
	stack.ss_flags = SS_DISABLE;
	sigaltstack(&stack, NULL);
	free(signal_stack);
	signal_stack = NULL;
}

void
aw_overflow_abort(const char *name)
{
	report(name);
	abort();
}
