/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/privileges.h"

#include "../common/folder.h"
#include "child.h"
#include "unit.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>

static char error[512];
/* Somebody who isn't root. */
static struct passwd *somebody;

static bool
lacks_root(void)
{
	if (skip_if(geteuid() != 0, "only root can become another user"))
		return true;
	somebody = getpwnam("nobody");
	ck_assert_ptr_nonnull(somebody);
	return false;
}

static int
find(const char *user, const char *group)
{
	return privileges_find(user, group, error, sizeof(error));
}

START_TEST(nothing_asked)
{
	ck_assert_int_eq(find(NULL, NULL), 0);
	ck_assert_int_eq(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	ck_assert_int_eq(privileges_lower(error, sizeof(error)), 0);
	ck_assert(!privileges_raise());
	ck_assert_int_eq(privileges_drop(error, sizeof(error)), 0);
	ck_assert_ptr_null(privileges_user());
}
END_TEST

START_TEST(names)
{
	ck_assert_int_eq(find("no-such-user", NULL), -ENOENT);
	ck_assert_str_eq(error, "user: there is no user 'no-such-user'; "
	    "`getent passwd` lists them");
	ck_assert_int_eq(find(NULL, "root"), -EINVAL);
	ck_assert_str_eq(error, "group: it is for the user that root becomes; "
	    "set user as well");
	ck_assert_int_eq(find("root", "no-such-group"), -ENOENT);
	ck_assert_str_eq(error, "group: there is no group 'no-such-group'; "
	    "`getent group` lists them");
}
END_TEST

static void
refuse(void)
{
	must(setgroups(0, NULL) == 0);
	must(setgid(somebody->pw_gid) == 0);
	must(setuid(somebody->pw_uid) == 0);
	must(find("root", NULL) == -EPERM);
	must(strcmp(error, "user: only root may become 'root'; start echod as "
	    "root, or leave user and group out") == 0);
	/* It is that user already. */
	must(find("nobody", NULL) == 0);
	must(privileges_lower(error, sizeof(error)) == 0);
	must(!privileges_raise());
	must(privileges_drop(error, sizeof(error)) == 0);
}

START_TEST(not_root)
{
	if (!lacks_root())
		in_child(refuse);
}
END_TEST

static void
must_be(uid_t uid, gid_t gid)
{
	must(geteuid() == uid);
	must(getegid() == gid);
}

static bool
can_write(const char *path)
{
	int fd = open(path, O_WRONLY);

	return fd >= 0 && close(fd) == 0;
}

static void
drop(void)
{
	uid_t uid[3];
	gid_t gid[3], groups[64];

	must(find("nobody", NULL) == 0);
	must(privileges_lower(error, sizeof(error)) == 0);
	must_be(somebody->pw_uid, somebody->pw_gid);
	must(!can_write("of-root"));
	must(privileges_raise());
	must_be(0, 0);
	must(can_write("of-root"));
	privileges_restore();
	must_be(somebody->pw_uid, somebody->pw_gid);
	must(privileges_user() == NULL);

	must(privileges_drop(error, sizeof(error)) == 0);
	must(strcmp(privileges_user(), "nobody") == 0);
	must(!privileges_raise());
	must(getresuid(&uid[0], &uid[1], &uid[2]) == 0);
	must(getresgid(&gid[0], &gid[1], &gid[2]) == 0);
	for (int i = 0; i < 3; i++)
		must(uid[i] == somebody->pw_uid && gid[i] == somebody->pw_gid);
	must_fail(setuid(0), EPERM);
	must_fail(seteuid(0), EPERM);
	for (int i = getgroups(64, groups); i-- > 0;)
		must(groups[i] != 0);
	must(!can_write("of-root"));
}

START_TEST(root_is_dropped)
{
	if (lacks_root())
		return;
	folder_make();
	folder_write("of-root", "1");
	ck_assert_int_eq(chmod("of-root", 0644), 0);
	ck_assert_int_eq(chmod(".", 0755), 0);
	in_child(drop);
	folder_remove();
}
END_TEST

static void
drop_group(void)
{
	const struct group *group = getgrnam("daemon");

	must(group != NULL);
	must(find("nobody", "daemon") == 0);
	must(privileges_lower(error, sizeof(error)) == 0);
	must(privileges_drop(error, sizeof(error)) == 0);
	must_be(somebody->pw_uid, group->gr_gid);
}

START_TEST(group)
{
	if (!lacks_root())
		in_child(drop_group);
}
END_TEST

static void
make_files(void)
{
	struct stat status;

	must(find("nobody", NULL) == 0);
	privileges_make_file("new");
	must(stat("new", &status) == 0);
	must(status.st_uid == somebody->pw_uid);
	must((status.st_mode & 07777) == 0640);
	/* What is there is somebody's already, and may be a trap. */
	privileges_make_file("of-root");
	must(stat("of-root", &status) == 0 && status.st_uid == 0);
	must(symlink("elsewhere", "link") == 0);
	privileges_make_file("link");
	must_fail(access("elsewhere", F_OK), ENOENT);
	privileges_give("link");
	must(lstat("link", &status) == 0);
	must(status.st_uid == somebody->pw_uid);
}

START_TEST(files)
{
	if (lacks_root())
		return;
	folder_make();
	folder_write("of-root", "1");
	in_child(make_files);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { nothing_asked, names, not_root,
	    root_is_dropped, group, files };

	return UNIT_RUN("privileges", tests);
}
