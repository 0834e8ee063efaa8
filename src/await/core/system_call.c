/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <sys/syscall.h>

#include "core/system_call.h"

#ifdef AW_RAW_SYSTEM_CALLS

#ifdef __x86_64__

static inline long
call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall" : "=a" (result) : "0" (number), "D" (a),
	    "S" (b), "d" (c), "r" (r10), "r" (r8), "r" (r9) :
	    "rcx", "r11", "memory", "cc");
	return result;
}

#else

static inline long
call(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0" : "+r" (x0) : "r" (x8), "r" (x1), "r" (x2),
	    "r" (x3), "r" (x4), "r" (x5) : "memory", "cc");
	return x0;
}

#endif

ssize_t
aw_recv(int fd, void *buffer, size_t size)
{
	return call(SYS_recvfrom, fd, (long)buffer, (long)size, 0, 0, 0);
}

ssize_t
aw_send(int fd, const void *data, size_t size)
{
	return call(SYS_sendto, fd, (long)data, (long)size, MSG_NOSIGNAL, 0, 0);
}

int
aw_epoll_wait(int epoll, struct epoll_event *events, int size,
    int milliseconds)
{
#ifdef SYS_epoll_wait
	return (int)call(SYS_epoll_wait, epoll, (long)events, size,
	    milliseconds, 0, 0);
#else
	/* There is only the one that takes a set of signals as well. */
	return (int)call(SYS_epoll_pwait, epoll, (long)events, size,
	    milliseconds, 0, 8);
#endif
}

#endif
