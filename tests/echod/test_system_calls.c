/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Whatever is tried here would do nothing, or fail otherwise, if it were
 * allowed: the filter may be what is broken, and the tests may be root's.
 */
#include "echod/system_calls.h"

#include "child.h"
#include "unit.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Which call of libseccomp's from now on is to fail; 0 is none. */
static int failing;

#ifdef HAVE_LIBSECCOMP
#include <seccomp.h>

scmp_filter_ctx __real_seccomp_init(uint32_t action);
scmp_filter_ctx __wrap_seccomp_init(uint32_t action);
int __real_seccomp_attr_set(scmp_filter_ctx filter,
    enum scmp_filter_attr attribute, uint32_t value);
int __wrap_seccomp_attr_set(scmp_filter_ctx filter,
    enum scmp_filter_attr attribute, uint32_t value);
int __real_seccomp_load(scmp_filter_ctx filter);
int __wrap_seccomp_load(scmp_filter_ctx filter);

static bool
fails(void)
{
	return failing > 0 && --failing == 0;
}

scmp_filter_ctx
__wrap_seccomp_init(uint32_t action)
{
	return fails() ? NULL : __real_seccomp_init(action);
}

int
__wrap_seccomp_attr_set(scmp_filter_ctx filter,
    enum scmp_filter_attr attribute, uint32_t value)
{
	return fails() ? -EOPNOTSUPP :
	    __real_seccomp_attr_set(filter, attribute, value);
}

int
__wrap_seccomp_load(scmp_filter_ctx filter)
{
	return fails() ? -EINVAL : __real_seccomp_load(filter);
}
#endif

static bool
lacks_filter(void)
{
#ifdef HAVE_LIBSECCOMP
	return skip_if(RUNNING_ON_VALGRIND || prctl(PR_GET_SECCOMP) < 0,
	    "this kernel has no seccomp, or the calls are Valgrind's");
#else
	return skip_if(true, "built without libseccomp");
#endif
}

static void
try_programs(void)
{
	struct rlimit limit = { .rlim_cur = 10, .rlim_max = 10 };

	must(system_calls_limit() == 0);
	must_fail(execl("/bin/false", "false", NULL), EPERM);
	must_fail(syscall(SYS_execveat, AT_FDCWD, "/bin/false", NULL, NULL, 0),
	    EPERM);
	/* Flags that contradict each other. */
	must_fail(syscall(SYS_clone, CLONE_SIGHAND, 0, 0, 0, 0), EPERM);
	must_fail(syscall(SYS_clone, CLONE_THREAD | CLONE_NEWUSER, 0, 0, 0, 0),
	    EPERM);
	must_fail(syscall(SYS_clone3, NULL, 0), ENOSYS);
	/* No process has that number. */
	must_fail(ptrace(PTRACE_ATTACH, 0, NULL, NULL), EPERM);
	must_fail(kill(getppid(), 0), EPERM);
	must_fail(syscall(SYS_tgkill, getppid(), getppid(), 0), EPERM);
	must_fail(setrlimit(RLIMIT_CORE, &limit), EPERM);
	must_fail(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), EPERM);
	must_fail(setuid(getuid()), EPERM);
}

START_TEST(programs_and_processes)
{
	if (!lacks_filter())
		in_child(try_programs);
}
END_TEST

static void
try_kernel(void)
{
	must(system_calls_limit() == 0);
	must_fail(mount(NULL, NULL, NULL, 0, NULL), EPERM);
	must_fail(umount2(NULL, 0), EPERM);
	must_fail(unshare(CLONE_NEWUSER), EPERM);
	must_fail(syscall(SYS_chroot, NULL), EPERM);
	must_fail(syscall(SYS_io_uring_setup, 1, NULL), EPERM);
	must_fail(syscall(SYS_bpf, 0, NULL, 0), EPERM);
	must_fail(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0), EPERM);
	must_fail(syscall(SYS_keyctl, 0, 0, 0, 0, 0), EPERM);
	must_fail(syscall(SYS_memfd_create, "m", 0), EPERM);
	must_fail(socket(AF_NETLINK, SOCK_RAW, 0), EPERM);
	must_fail(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
	must_fail(socket(AF_VSOCK, SOCK_STREAM, 0), EPERM);
	must_fail(ioctl(-1, TIOCSTI, ""), EPERM);
	/* No kernel has it yet. */
	must_fail(syscall(639), ENOSYS);
}

START_TEST(the_kernel)
{
	if (!lacks_filter())
		in_child(try_kernel);
}
END_TEST

static void
try_memory(void)
{
	void *page;

	must(system_calls_limit() == 0);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(page != MAP_FAILED);
	must_fail(mprotect(page, 4096, PROT_READ | PROT_EXEC), EPERM);
	must(mprotect(page, 4096, PROT_READ) == 0);
	must(munmap(page, 4096) == 0);
	errno = 0;
	must(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
	    errno == EPERM);
}

START_TEST(memory)
{
	if (!lacks_filter())
		in_child(try_memory);
}
END_TEST

static sem_t begin_there, done_there;

/* Here the filter comes from another thread. */
static void *
try_in_thread(void *arg)
{
	must(sem_wait(&begin_there) == 0);
	must_fail(socket(AF_NETLINK, SOCK_RAW, 0), EPERM);
	must(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 0);
	must(sem_post(&done_there) == 0);
	return arg;
}

static void
try_threads(void)
{
	pthread_t before, after;

	must(sem_init(&begin_there, 0, 0) == 0);
	must(sem_init(&done_there, 0, 0) == 0);
	must(pthread_create(&before, NULL, try_in_thread, NULL) == 0);
	must(system_calls_limit() == 0);
	must(sem_post(&begin_there) == 0);
	must(sem_wait(&done_there) == 0);
	must(pthread_join(before, NULL) == 0);
	must(pthread_create(&after, NULL, try_in_thread, NULL) == 0);
	must(sem_post(&begin_there) == 0);
	must(pthread_join(after, NULL) == 0);
}

START_TEST(all_threads)
{
	if (!lacks_filter())
		in_child(try_threads);
}
END_TEST

static void
try_what_is_needed(void)
{
	struct rlimit limit;
	int ends[2], waiting;

	must(system_calls_limit() == 0);
	must(close(socket(AF_INET, SOCK_STREAM, 0)) == 0);
	must(close(socket(AF_INET6, SOCK_STREAM, 0)) == 0 ||
	    errno != EPERM);
	must(close(socket(AF_UNIX, SOCK_DGRAM, 0)) == 0);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	must(ioctl(ends[0], FIONREAD, &waiting) == 0);
	must(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	must(close(open("/dev/null", O_RDONLY)) == 0);
	must(unshare(CLONE_FILES) == 0);
	must(signal(SIGUSR1, SIG_IGN) != SIG_ERR && raise(SIGUSR1) == 0);
}

START_TEST(what_is_needed)
{
	if (!lacks_filter())
		in_child(try_what_is_needed);
}
END_TEST

/* Each failure leaves the process as it was. */
static void
fail_each(void)
{
	int n = 0, hints = 0;

	for (;;) {
		int err;

		failing = ++n;
		err = system_calls_limit();
		if (failing > 0)
			break;
		/* Without the hints about speed and the log it works, too. */
		if (err == 0) {
			hints++;
			continue;
		}
		must(hints > 0 || close(socket(AF_NETLINK, SOCK_RAW, 0)) == 0);
	}
	must(n > 4);
}

START_TEST(each_call_fails)
{
	if (!lacks_filter())
		in_child(fail_each);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { programs_and_processes, the_kernel,
	    memory, all_threads, what_is_needed, each_call_fails };

	return UNIT_RUN("system_calls", tests);
}
