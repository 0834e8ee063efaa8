/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/pidfile.h"

#include "../common/folder.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct pidfile pidfile;
static char error[512];

static int
put(const char *path)
{
	return pidfile_write(&pidfile, path, error, sizeof(error));
}

static long
number_in(const char *path)
{
	long number = -1;
	FILE *file = fopen(path, "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%ld\n", &number), 1);
	fclose(file);
	return number;
}

static bool
exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The number of a process that is no more. */
static pid_t
dead_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	return pid;
}

START_TEST(fresh)
{
	folder_make();
	ck_assert_int_eq(put("p"), 0);
	ck_assert_int_eq(number_in("p"), getpid());
	pidfile_remove(&pidfile);
	ck_assert(!exists("p"));
	pidfile_remove(&pidfile);
	folder_remove();
}
END_TEST

/* The settings that had it may have gone by a reload. */
START_TEST(path_is_copied)
{
	char path[] = "p";

	folder_make();
	ck_assert_int_eq(put(path), 0);
	path[0] = 'q';
	pidfile_remove(&pidfile);
	ck_assert(!exists("p"));
	folder_remove();
}
END_TEST

START_TEST(stale_is_replaced)
{
	char text[32];

	folder_make();
	snprintf(text, sizeof(text), "%d\n", (int)dead_process());
	folder_write("p", text);
	ck_assert_int_eq(put("p"), 0);
	ck_assert_int_eq(number_in("p"), getpid());
	pidfile_remove(&pidfile);
	folder_write("p", "");
	ck_assert_int_eq(put("p"), 0);
	pidfile_remove(&pidfile);
	folder_remove();
}
END_TEST

START_TEST(living_is_an_error)
{
	char text[64], expected[256];

	folder_make();
	snprintf(text, sizeof(text), "%d\n", (int)getppid());
	folder_write("p", text);
	ck_assert_int_eq(put("p"), -EEXIST);
	snprintf(expected, sizeof(expected), "pidfile p: process %d is "
	    "running; stop it first, or remove the file if that is not echod",
	    (int)getppid());
	ck_assert_str_eq(error, expected);
	pidfile_remove(&pidfile);
	ck_assert_int_eq(number_in("p"), getppid());
	folder_remove();
}
END_TEST

START_TEST(other_file_is_left_alone)
{
	folder_make();
	folder_write("p", "12 precious\n");
	ck_assert_int_eq(put("p"), -EEXIST);
	ck_assert_str_eq(error, "pidfile p: there is a file that holds no "
	    "process number; it is left alone");
	ck_assert_int_eq(number_in("p"), 12);
	folder_remove();
}
END_TEST

START_TEST(no_folder)
{
	ck_assert_int_eq(put("/nonexistent/p"), -ENOENT);
	ck_assert_str_eq(error, "pidfile /nonexistent/p: can't be written: "
	    "No such file or directory");
}
END_TEST

START_TEST(full_disk)
{
	ck_assert_int_eq(put("/dev/full"), -EEXIST);
	ck_assert(exists("/dev/full"));
}
END_TEST

START_TEST(only_ours_is_removed)
{
	folder_make();
	ck_assert_int_eq(put("p"), 0);
	ck_assert_int_eq(rename("p", "q"), 0);
	folder_write("p", "1\n");
	pidfile_remove(&pidfile);
	ck_assert_int_eq(number_in("p"), 1);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { fresh, path_is_copied,
	    stale_is_replaced, living_is_an_error, other_file_is_left_alone,
	    no_folder, full_disk, only_ours_is_removed };

	return UNIT_RUN("pidfile", tests);
}
