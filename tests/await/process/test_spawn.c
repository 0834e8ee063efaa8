/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a program gets: arguments, environment, folder, signals, and which
 * process it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/children.h"

TASK_TEST(a_program_gets_its_arguments)
{
	ck_assert_str_eq(output_of_program(ARGV("printf", "<%s>", "a b", "",
	    "*"), NULL), "<a b><><*>");
}

TASK_TEST(a_command_line_goes_to_the_shell)
{
	ck_assert_str_eq(output_of("for i in 1 2; do printf $i; done", NULL),
	    "12");
}

TASK_TEST(a_program_has_this_environment)
{
	ck_assert_int_eq(setenv("GREETING", "hello there", 1), 0);
	ck_assert_str_eq(output_of("echo \"$GREETING\"", NULL),
	    "hello there\n");
}

TASK_TEST(a_program_has_the_environment_that_it_is_given)
{
	char one[] = "ONE=1", two[] = "TWO=2";
	char *env[] = { one, two, NULL };
	aw_subprocess_options options = { .env = env };

	ck_assert_str_eq(output_of_program(ARGV("/usr/bin/env"), &options),
	    "ONE=1\nTWO=2\n");
}

TASK_TEST(a_program_runs_in_the_folder_that_it_is_given)
{
	aw_subprocess_options options = { .cwd = "/usr/share" };

	ck_assert_str_eq(output_of("pwd", &options), "/usr/share\n");
}

TASK_TEST(a_path_is_relative_to_that_folder)
{
	aw_subprocess_options options = { .cwd = "/bin" };

	ck_assert_str_eq(output_of_program(ARGV("./echo", "x"), &options),
	    "x\n");
}

TASK_TEST(a_folder_that_is_not_there_is_named)
{
	aw_subprocess_options options = { .cwd = "/nowhere/at/all" };
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), &options,
	    &process), -ENOENT);
	ck_assert_str_eq(aw_error_text(), "/nowhere/at/all");
}

TASK_TEST(a_file_is_no_folder)
{
	aw_subprocess_options options = { .cwd = "/bin/sh" };
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), &options,
	    &process), -ENOTDIR);
}

TASK_TEST(a_program_that_is_not_there_is_named)
{
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("no-such-program"),
	    NULL, &process), -ENOENT);
	ck_assert_str_eq(aw_error_text(), "no-such-program");
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("/no/such/program"),
	    NULL, &process), -ENOENT);
	ck_assert_str_eq(aw_error_text(), "/no/such/program");
}

TASK_TEST(no_name_is_no_program)
{
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_exec(ARGV(""), NULL, &process),
	    -ENOENT);
	ck_assert_int_eq(aw_create_subprocess_exec((const char *[]){ NULL },
	    NULL, &process), -EINVAL);
	ck_assert_int_eq(aw_create_subprocess_exec(NULL, NULL, &process),
	    -EINVAL);
	ck_assert_int_eq(aw_create_subprocess_shell(NULL, NULL, &process),
	    -EINVAL);
}

TASK_TEST(what_can_not_be_run_says_so)
{
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("/etc/passwd"), NULL,
	    &process), -EACCES);
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("/usr"), NULL,
	    &process), -EACCES);
}

/* A folder with a program in it, and a PATH that leads there. */
struct place {
	char folder[32];
	char program[64];
	char path[128];
	char *env[2];
};

static void
make_place(struct place *place, const char *text, mode_t mode)
{
	FILE *file;

	strcpy(place->folder, "/tmp/await-process-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(place->folder));
	snprintf(place->program, sizeof(place->program), "%s/here",
	    place->folder);
	snprintf(place->path, sizeof(place->path), "PATH=/nowhere:%s:/bin",
	    place->folder);
	place->env[0] = place->path;
	place->env[1] = NULL;
	file = fopen(place->program, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_eq(chmod(place->program, mode), 0);
}

static void
remove_place(const struct place *place)
{
	unlink(place->program);
	rmdir(place->folder);
}

TASK_TEST(the_path_is_that_of_its_environment)
{
	struct place place;
	aw_subprocess_options options = { .env = place.env };
	aw_process *process;

	make_place(&place, "#!/bin/sh\necho found \"$0\" \"$1\"\n", 0755);
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("here"), NULL,
	    &process), -ENOENT);
	ck_assert_ptr_nonnull(strstr(output_of_program(ARGV("here", "it"),
	    &options), "/here it\n"));
	remove_place(&place);
}

TASK_TEST(without_a_path_the_standard_one_is_searched)
{
	char *env[] = { NULL };
	aw_subprocess_options options = { .env = env };

	ck_assert_str_eq(output_of_program(ARGV("echo", "x"), &options),
	    "x\n");
}

TASK_TEST(an_empty_folder_in_the_path_is_the_current_one)
{
	struct place place;
	char path[] = "PATH=/nowhere:";
	char *env[] = { path, NULL };
	aw_subprocess_options options = { .env = env, .cwd = place.folder };

	make_place(&place, "#!/bin/sh\necho here\n", 0755);
	ck_assert_str_eq(output_of_program(ARGV("here"), &options), "here\n");
	remove_place(&place);
}

TASK_TEST(what_was_found_but_not_to_be_run_counts_more)
{
	struct place place;
	aw_subprocess_options options = { .env = place.env };
	aw_process *process;

	make_place(&place, "", 0644);
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("here"), &options,
	    &process), -EACCES);
	remove_place(&place);
}

TASK_TEST(what_has_no_known_format_is_no_program)
{
	struct place place;
	aw_subprocess_options options = { .env = place.env };
	aw_process *process;

	make_place(&place, "echo no interpreter is named here\n", 0755);
	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("here"), &options,
	    &process), -ENOEXEC);
	remove_place(&place);
}

static void
handle_signal(int signal)
{
	(void)signal;
}

TASK_TEST(signals_are_as_by_default)
{
	struct sigaction handler = { .sa_handler = handle_signal };
	unsigned long long still_blocked, ignored;
	sigset_t blocked, before;

	ck_assert_int_eq(sigaction(SIGUSR2, &handler, NULL), 0);
	signal(SIGHUP, SIG_IGN);
	signal(SIGRTMAX, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &blocked, &before);
	ck_assert_int_eq(sscanf(output_of_program(ARGV("grep", "-E",
	    "^Sig(Blk|Ign)", "/proc/self/status"), NULL),
	    "SigBlk: %llx SigIgn: %llx", &still_blocked, &ignored), 2);
	ck_assert_uint_eq(still_blocked, 0);
	/* The C library has its own two ignored in what it starts. */
	ck_assert_uint_eq(ignored & ~(3ULL << (__SIGRTMIN - 1)), 0);
	/* And here they are as they were. */
	pthread_sigmask(SIG_SETMASK, &before, &blocked);
	ck_assert(sigismember(&blocked, SIGTERM));
	ck_assert(!sigismember(&blocked, SIGCHLD));
	ck_assert_ptr_eq(signal(SIGUSR2, SIG_DFL), handle_signal);
}

struct identity {
	int pid, parent, group, session;
};

static struct identity
identity_of(const aw_subprocess_options *options)
{
	struct identity identity;

	ck_assert_int_eq(sscanf(output_of_program(ARGV("cat",
	    "/proc/self/stat"), options), "%d (cat) R %d %d %d", &identity.pid,
	    &identity.parent, &identity.group, &identity.session), 4);
	ck_assert_int_eq(identity.parent, getpid());
	return identity;
}

TASK_TEST(it_belongs_to_our_group_and_session)
{
	struct identity identity = identity_of(NULL);

	ck_assert_int_eq(identity.group, getpgrp());
	ck_assert_int_eq(identity.session, getsid(0));
}

TASK_TEST(it_can_have_a_session_of_its_own)
{
	aw_subprocess_options options = { .start_new_session = true };
	struct identity identity = identity_of(&options);

	ck_assert_int_eq(identity.session, identity.pid);
	ck_assert_int_eq(identity.group, identity.pid);
	/* Which has a group of its own anyway. */
	options.new_process_group = true;
	identity = identity_of(&options);
	ck_assert_int_eq(identity.session, identity.pid);
}

TASK_TEST(it_can_have_a_group_of_its_own)
{
	aw_subprocess_options options = { .new_process_group = true };
	struct identity identity = identity_of(&options);

	ck_assert_int_eq(identity.group, identity.pid);
	ck_assert_int_eq(identity.session, getsid(0));
}

static void *
wait_for_end(void *fd)
{
	char byte;

	return read(*(int *)fd, &byte, 1) == 0 ? NULL : fd;
}

TASK_TEST(other_threads_go_on_meanwhile)
{
	pthread_t threads[4];
	int ends[2], i;
	void *failed;

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL,
		    wait_for_end, &ends[0]), 0);
	for (i = 0; i < 5; i++)
		ck_assert_str_eq(output_of("echo x", NULL), "x\n");
	close(ends[1]);
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
		ck_assert_ptr_null(failed);
	}
	close(ends[0]);
}

static int
start_too_many(void *arg)
{
	aw_process *process;

	(void)arg;
	return aw_create_subprocess_exec(ARGV("true"), NULL, &process) ==
	    -EAGAIN ? 0 : -EIO;
}

static void
run_without_processes(void)
{
	static const struct rlimit none;

	/* The limit is not for root. */
	if (setrlimit(RLIMIT_NPROC, &none) < 0 ||
	    (getuid() == 0 && setuid(65534) < 0) ||
	    aw_run(start_too_many, NULL) != 0)
		_exit(EXIT_FAILURE);
}

START_TEST(there_may_be_too_many_processes)
{
	char text[200];

	ck_assert_int_eq(in_child(run_without_processes, text, sizeof(text)),
	    0);
}
END_TEST

START_TEST(outside_of_a_task_it_is_an_error)
{
	aw_process *process;

	ck_assert_int_eq(aw_create_subprocess_exec(ARGV("true"), NULL,
	    &process), AW_ENOTASK);
	ck_assert_int_eq(aw_create_subprocess_shell("true", NULL, &process),
	    AW_ENOTASK);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_program_gets_its_arguments,
		a_command_line_goes_to_the_shell,
		a_program_has_this_environment,
		a_program_has_the_environment_that_it_is_given,
		a_program_runs_in_the_folder_that_it_is_given,
		a_path_is_relative_to_that_folder,
		a_folder_that_is_not_there_is_named,
		a_file_is_no_folder,
		a_program_that_is_not_there_is_named,
		no_name_is_no_program,
		what_can_not_be_run_says_so,
		the_path_is_that_of_its_environment,
		without_a_path_the_standard_one_is_searched,
		an_empty_folder_in_the_path_is_the_current_one,
		what_was_found_but_not_to_be_run_counts_more,
		what_has_no_known_format_is_no_program,
		signals_are_as_by_default,
		it_belongs_to_our_group_and_session,
		it_can_have_a_session_of_its_own,
		it_can_have_a_group_of_its_own,
		other_threads_go_on_meanwhile,
		there_may_be_too_many_processes,
		outside_of_a_task_it_is_an_error,
	};

	return UNIT_RUN("spawn", tests);
}
