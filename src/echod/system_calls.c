/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "system_calls.h"

#include <errno.h>

#ifdef HAVE_LIBSECCOMP

#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#define CLONE_NEW (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | \
	CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
/* Numbers that later kernels give their calls. */
#define NUMBERS_END 640

/* Whatever their arguments are. */
static const int calls[] = {
	/* What a message, a connection and the loop cost. */
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),
	SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(read), SCMP_SYS(write),
	SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg), SCMP_SYS(recv), SCMP_SYS(send),
	SCMP_SYS(recvmmsg), SCMP_SYS(sendmmsg), SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_create), SCMP_SYS(epoll_create1), SCMP_SYS(accept),
	SCMP_SYS(accept4), SCMP_SYS(close), SCMP_SYS(shutdown),
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
	SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(ppoll_time64), SCMP_SYS(eventfd2), SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime), SCMP_SYS(timerfd_settime64),
	SCMP_SYS(timerfd_gettime), SCMP_SYS(pipe2), SCMP_SYS(pipe),
	SCMP_SYS(preadv2), SCMP_SYS(pwritev2), SCMP_SYS(sendfile),
	SCMP_SYS(sendfile64),
	/* Descriptors and files; which of these is landlock's affair. */
	SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(fcntl),
	SCMP_SYS(fcntl64), SCMP_SYS(close_range), SCMP_SYS(open),
	SCMP_SYS(openat), SCMP_SYS(pread64), SCMP_SYS(pwrite64),
	SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(stat), SCMP_SYS(lstat),
	SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(stat64),
	SCMP_SYS(lstat64), SCMP_SYS(fstat64), SCMP_SYS(fstatat64),
	SCMP_SYS(statx), SCMP_SYS(statfs), SCMP_SYS(fstatfs),
	SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
	SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
	SCMP_SYS(getdents), SCMP_SYS(getcwd), SCMP_SYS(unlink),
	SCMP_SYS(unlinkat), SCMP_SYS(chmod), SCMP_SYS(fchmod),
	SCMP_SYS(fchmodat), SCMP_SYS(umask), SCMP_SYS(fadvise64),
	/* Memory. */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(mincore), SCMP_SYS(mlock), SCMP_SYS(munlock),
	/* Threads, signals and time. */
	SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(rseq), SCMP_SYS(set_robust_list),
	SCMP_SYS(get_robust_list), SCMP_SYS(set_tid_address),
	SCMP_SYS(gettid), SCMP_SYS(getpid), SCMP_SYS(getppid),
	SCMP_SYS(membarrier), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler), SCMP_SYS(getcpu),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall), SCMP_SYS(nanosleep),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(clock_nanosleep_time64),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres), SCMP_SYS(clock_getres_time64),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	/* What may be asked of the process and the machine. */
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid), SCMP_SYS(getresuid), SCMP_SYS(getresgid),
	SCMP_SYS(getgroups), SCMP_SYS(getuid32), SCMP_SYS(geteuid32),
	SCMP_SYS(getgid32), SCMP_SYS(getegid32), SCMP_SYS(getrlimit),
	SCMP_SYS(ugetrlimit), SCMP_SYS(getrusage), SCMP_SYS(uname),
	SCMP_SYS(sysinfo), SCMP_SYS(times),
};

/* With one argument, of which the bits of a mask must be a value. */
static const struct limited {
	int call;
	unsigned argument;
	scmp_datum_t mask;
	scmp_datum_t value;
} limited[] = {
#define ALL (~(scmp_datum_t)0)
#define NUMBER 0xffffffff /* of an int, whose upper half may be anything */
	{ SCMP_SYS(socket), 0, NUMBER, AF_UNIX },
	{ SCMP_SYS(socket), 0, NUMBER, AF_INET },
	{ SCMP_SYS(socket), 0, NUMBER, AF_INET6 },
	{ SCMP_SYS(socketpair), 0, NUMBER, AF_UNIX },
	/* Memory is written or executed, not both, and stays what it is. */
	{ SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, 0 },
	{ SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, PROT_WRITE },
	{ SCMP_SYS(mmap), 2, PROT_WRITE | PROT_EXEC, PROT_EXEC },
	{ SCMP_SYS(mmap2), 2, PROT_WRITE | PROT_EXEC, 0 },
	{ SCMP_SYS(mmap2), 2, PROT_WRITE | PROT_EXEC, PROT_WRITE },
	{ SCMP_SYS(mmap2), 2, PROT_WRITE | PROT_EXEC, PROT_EXEC },
	{ SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
	/* Threads, no processes; and the log's have descriptors of its own. */
#ifdef __s390__
	{ SCMP_SYS(clone), 1, CLONE_THREAD | CLONE_NEW, CLONE_THREAD },
#else
	{ SCMP_SYS(clone), 0, CLONE_THREAD | CLONE_NEW, CLONE_THREAD },
#endif
	{ SCMP_SYS(unshare), 0, ALL, CLONE_FILES },
	{ SCMP_SYS(prctl), 0, NUMBER, PR_SET_NAME },
	{ SCMP_SYS(prctl), 0, NUMBER, PR_GET_NAME },
	{ SCMP_SYS(prctl), 0, NUMBER, PR_SET_VMA },
	/* Limits are read. */
	{ SCMP_SYS(prlimit64), 2, ALL, 0 },
	/* How much waits in a socket, and whether it is a terminal. */
	{ SCMP_SYS(ioctl), 1, NUMBER, FIONREAD },
	{ SCMP_SYS(ioctl), 1, NUMBER, FIONBIO },
	{ SCMP_SYS(ioctl), 1, NUMBER, SIOCOUTQ },
	{ SCMP_SYS(ioctl), 1, NUMBER, TCGETS },
};

static int
allow_calls(scmp_filter_ctx filter)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]) && err == 0;
	    i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return err;
}

static int
allow_limited(scmp_filter_ctx filter)
{
	int err = 0;

	for (size_t i = 0; i < sizeof(limited) / sizeof(limited[0]) && err == 0;
	    i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, limited[i].call,
		    1, SCMP_CMP64(limited[i].argument, SCMP_CMP_MASKED_EQ,
		    limited[i].mask, limited[i].value));
	return err;
}

/* For raise(3) and abort(3); no other process gets a signal. */
static int
allow_own_signals(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, NUMBER, (scmp_datum_t)getpid()));
}

/*
 * What is to look as on a kernel without it: the numbers that libseccomp does
 * not know yet; and clone3, as its flags can't be looked at, and there is clone.
 */
static int
add_missing(scmp_filter_ctx filter, uint32_t action)
{
	int err = seccomp_rule_add(filter, action, SCMP_SYS(clone3), 0);

	for (int number = NUMBERS_END; number-- > 0 && err == 0;) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE,
		    number);
		bool known = name != NULL;

		free(name);
		if (known)
			break;
		err = seccomp_rule_add(filter, action, number, 0);
	}
	return err;
}

/*
 * The last is for kernels before 5.16, which would slow down all of a process
 * that has a filter; it is for those that run others' programs.
 */
static int
set_attributes(scmp_filter_ctx filter, bool log)
{
	int err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

	if (err == 0)
		err = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1);
	if (err < 0)
		return err;
	(void)seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, log);
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_SSB, 1);
	return 0;
}

/* A filter of its own, as each thread tries clone3, which is not to be noted. */
static int
limit_missing(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int err;

	if (filter == NULL)
		return -ENOMEM;
	err = set_attributes(filter, false);
	if (err == 0)
		err = add_missing(filter, SCMP_ACT_ERRNO(ENOSYS));
	if (err == 0)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}

static int
limit_known(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err;

	if (filter == NULL)
		return -ENOMEM;
	err = set_attributes(filter, true);
	if (err == 0)
		err = allow_calls(filter);
	if (err == 0)
		err = allow_limited(filter);
	if (err == 0)
		err = allow_own_signals(filter);
	if (err == 0)
		err = add_missing(filter, SCMP_ACT_ALLOW);
	if (err == 0)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}

int
system_calls_limit(void)
{
	int err = limit_missing();

	return err < 0 ? err : limit_known();
}

#else

int
system_calls_limit(void)
{
	return -ENOSYS;
}

#endif
