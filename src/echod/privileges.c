/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static struct {
	char name[256];
	uid_t uid;
	gid_t gid;
	bool wanted; /* root is to become the user */
	bool lowered;
	bool dropped;
} target;

static int __attribute__((format(printf, 4, 5)))
fail(char *error, size_t error_size, int err, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(error, error_size, format, list);
	va_end(list);
	return err;
}

/* --------------------------------------------------------------- the names */

/* The reentrant functions would need a buffer of unknown size. */
static int
find_user(const char *user, char *error, size_t error_size)
{
	const struct passwd *entry;

	errno = 0;
	entry = getpwnam(user);
	if (entry == NULL)
		return fail(error, error_size, errno == 0 ? -ENOENT : -errno,
		    "user: there is no user '%s'%s%s; `getent passwd` lists "
		    "them", user, errno == 0 ? "" : ": ",
		    errno == 0 ? "" : strerror(errno));
	target.uid = entry->pw_uid;
	target.gid = entry->pw_gid;
	snprintf(target.name, sizeof(target.name), "%s", entry->pw_name);
	return 0;
}

static int
find_group(const char *group, char *error, size_t error_size)
{
	const struct group *entry;

	errno = 0;
	entry = getgrnam(group);
	if (entry == NULL)
		return fail(error, error_size, errno == 0 ? -ENOENT : -errno,
		    "group: there is no group '%s'%s%s; `getent group` lists "
		    "them", group, errno == 0 ? "" : ": ",
		    errno == 0 ? "" : strerror(errno));
	target.gid = entry->gr_gid;
	return 0;
}

/* Whoever is that user already has nothing to do. */
static int
check(const char *user, char *error, size_t error_size)
{
	if (geteuid() == 0) {
		target.wanted = target.uid != 0;
		return 0;
	}
	if (target.uid == getuid() && target.uid == geteuid() &&
	    target.gid == getegid())
		return 0;
	return fail(error, error_size, -EPERM, "user: only root may become "
	    "'%s'; start echod as root, or leave user and group out", user);
}

int
privileges_look_up(const char *user, const char *group, char *error,
    size_t error_size)
{
	int err;

	memset(&target, 0, sizeof(target));
	if (user == NULL && group == NULL)
		return 0;
	if (user == NULL)
		return fail(error, error_size, -EINVAL, "group: it is for the "
		    "user that root becomes; set user as well");
	err = find_user(user, error, error_size);
	if (err == 0 && group != NULL)
		err = find_group(group, error, error_size);
	return err;
}

int
privileges_find(const char *user, const char *group, char *error,
    size_t error_size)
{
	int err;

	/* Nothing is executed, so nothing needs more than there is. */
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	err = privileges_look_up(user, group, error, error_size);
	if (err < 0 || user == NULL)
		return err;
	return check(user, error, error_size);
}

void
privileges_make_file(const char *path)
{
	int fd;

	if (!target.wanted)
		return;
	/* Never through a link, which whoever owns the folder may make. */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (fd < 0)
		return;
	if (fchown(fd, target.uid, target.gid) < 0)
		unlink(path);
	close(fd);
}

/* -------------------------------------------------------------- for a time */

static int
act_as(uid_t uid, gid_t gid)
{
	/* Only root may change the group, so it is root's first or last. */
	if (uid == 0 && seteuid(uid) < 0)
		return -errno;
	if (setegid(gid) < 0 || (uid != 0 && seteuid(uid) < 0))
		return -errno;
	return 0;
}

int
privileges_lower(char *error, size_t error_size)
{
	int err = 0;

	if (!target.wanted)
		return 0;
	if (initgroups(target.name, target.gid) < 0)
		err = -errno;
	if (err == 0)
		err = act_as(target.uid, target.gid);
	if (err < 0)
		return fail(error, error_size, err, "user: can't become '%s': "
		    "%s", target.name, strerror(-err));
	target.lowered = true;
	return 0;
}

bool
privileges_raise(void)
{
	return target.lowered && act_as(0, 0) == 0;
}

/* To go on as root would be worse than to end. */
void
privileges_restore(void)
{
	if (act_as(target.uid, target.gid) < 0)
		abort();
}

void
privileges_give(const char *path)
{
	(void)lchown(path, target.uid, target.gid);
}

/* ---------------------------------------------------------------- for good */

/* Whether any of its ways back is open. */
static bool
can_be_root(void)
{
	uid_t uid[3];
	gid_t gid[3];

	if (getresuid(&uid[0], &uid[1], &uid[2]) < 0 ||
	    getresgid(&gid[0], &gid[1], &gid[2]) < 0)
		return true;
	for (int i = 0; i < 3; i++)
		if (uid[i] != target.uid || gid[i] != target.gid)
			return true;
	return setuid(0) == 0 || seteuid(0) == 0 ||
	    (target.gid != 0 && setegid(0) == 0);
}

int
privileges_drop(char *error, size_t error_size)
{
	if (!target.lowered)
		return 0;
	target.lowered = false;
	if (setresgid(target.gid, target.gid, target.gid) < 0 ||
	    setresuid(target.uid, target.uid, target.uid) < 0)
		return fail(error, error_size, -errno, "user: can't become "
		    "'%s' for good: %s", target.name, strerror(errno));
	if (can_be_root())
		return fail(error, error_size, -EPERM, "user: '%s' could "
		    "become root again, so echod does not start", target.name);
	target.dropped = true;
	return 0;
}

const char *
privileges_user(void)
{
	return target.dropped ? target.name : NULL;
}
