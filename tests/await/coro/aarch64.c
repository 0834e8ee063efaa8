/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The switch between contexts and the system calls on another processor, where
 * neither libevent nor Check need be: test_aarch64.sh builds and runs it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/system_call.h"
#include "coro/context.h"
#include "coro/registers.h"

#define STACK_SIZE (64 * 1024)
#define SWITCHES 100000

static struct aw_context home, partner;
static uint64_t partner_values[REGISTERS];
static registers_switch_function *chosen_switch;
static unsigned long steps;
static double sum;
static unsigned failures;

static void
check(int holds, const char *implementation, const char *what)
{
	printf("%s: %s: %s\n", implementation, what, holds ? "ok" : "FAILED");
	if (!holds)
		failures++;
}

static void
fill(uint64_t *values, uint64_t seed)
{
	uint64_t i;

	for (i = 0; i < REGISTERS; i++)
		values[i] = seed * 0x0101010101010101 + i;
}

static void
scribble(struct registers_start *start)
{
	(void)start;
	for (;;)
		registers_switch(&partner, &home, partner_values,
		    chosen_switch);
}

static void
check_registers(const char *name, char *stack)
{
	uint64_t values[REGISTERS], expected[REGISTERS];
	struct registers_start start = { 0, scribble };

	aw_context_make(&partner, stack, stack + STACK_SIZE, registers_entry,
	    &start);
	fill(partner_values, 99);
	fill(values, 1);
	fill(expected, 1);
	registers_switch(&home, &partner, values, chosen_switch);
	check(memcmp(values, expected, sizeof(values)) == 0, name,
	    "registers are preserved");
	check((start.sp + ENTRY_OFFSET) % 16 == 0, name,
	    "the stack is aligned at the entry");
	memset(partner_values, 0, sizeof(partner_values));
	registers_switch(&home, &partner, values, chosen_switch);
	fill(expected, 99);
	check(memcmp(partner_values, expected, sizeof(expected)) == 0, name,
	    "the other context's registers are preserved");
}

static void
count(void *arg)
{
	double local = 0;

	for (;;) {
		steps += *(unsigned *)arg;
		local += 0.5;
		sum = local;
		chosen_switch(&partner, &home);
	}
}

static void
check_switches(const char *name, char *stack)
{
	unsigned one = 1, i;

	steps = 0;
	aw_context_make(&partner, stack, stack + STACK_SIZE, count, &one);
	for (i = 0; i < SWITCHES; i++)
		chosen_switch(&home, &partner);
	check(steps == SWITCHES && sum > SWITCHES / 2 - 1, name,
	    "each of many switches is counted");
}

static void
check_system_calls(void)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = 42 };
	struct epoll_event told = { .events = 0 };
	int ends[2], epoll = epoll_create1(0);
	char buffer[8] = "";

	check(epoll >= 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    ends) == 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1],
	    &event) == 0, "svc", "there is a pair of sockets");
	check(aw_recv(ends[1], buffer, 8) == -EAGAIN &&
	    aw_epoll_wait(epoll, &told, 1, 0) == 0, "svc", "nothing has come");
	check(aw_send(ends[0], "bytes", 5) == 5 &&
	    aw_epoll_wait(epoll, &told, 1, -1) == 1 &&
	    told.data.u64 == 42, "svc", "something has");
	check(aw_recv(ends[1], buffer, 8) == 5 &&
	    memcmp(buffer, "bytes", 6) == 0, "svc", "it is what was sent");
	close(ends[1]);
	check(aw_send(ends[0], "bytes", 5) == -EPIPE, "svc",
	    "an error is the result");
}

int
main(void)
{
	static char stack[STACK_SIZE] __attribute__((aligned(64)));

	aw_context_init();
	chosen_switch = aw_context_switch_asm;
	check_registers("asm", stack);
	check_switches("asm", stack);
	aw_context_is_ucontext = true;
	chosen_switch = aw_context_switch_ucontext;
	check_registers("ucontext", stack);
	check_switches("ucontext", stack);
#ifdef AW_RAW_SYSTEM_CALLS
	check_system_calls();
#else
	check(0, "svc", "system calls are known");
#endif
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
