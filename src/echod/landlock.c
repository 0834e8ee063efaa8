/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What later kernels know; these headers may be older. */
#define FS_REFER (1ULL << 13)     /* version 2 */
#define FS_TRUNCATE (1ULL << 14)  /* 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* 5 */
#define NET_CONNECT_TCP (1ULL << 1)       /* 4 */
#define RULE_NET_PORT 2                   /* 4 */
#define SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0) /* 6 */
#define SCOPE_SIGNAL (1ULL << 1)               /* 6 */

#define PORT_DOMAIN 53

struct attributes {
	uint64_t files;
	uint64_t network;
	uint64_t scoped;
};

struct port_rule {
	uint64_t allowed;
	uint64_t port;
};

/* These are all that the kernel takes for what is no folder. */
#define FILE_RIGHTS (LANDLOCK_ACCESS_FS_EXECUTE | \
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | \
	FS_TRUNCATE | FS_IOCTL_DEV)

static const struct {
	unsigned use;
	uint64_t rights;
} uses[] = {
	{ LANDLOCK_READ,
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR },
	{ LANDLOCK_APPEND,
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG },
	{ LANDLOCK_SOCKET,
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE },
	{ LANDLOCK_REPLACE,
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE },
	{ LANDLOCK_WRITE, LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE },
};

/* Asking for a right that the kernel does not know is an error. */
static uint64_t
file_rights(int version)
{
	uint64_t rights = LANDLOCK_ACCESS_FS_EXECUTE |
	    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE |
	    LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

	if (version >= 2)
		rights |= FS_REFER;
	if (version >= 3)
		rights |= FS_TRUNCATE;
	if (version >= 5)
		rights |= FS_IOCTL_DEV;
	return rights;
}

static size_t
attributes_size(int version)
{
	return sizeof(uint64_t) * (version >= 6 ? 3 : version >= 4 ? 2 : 1);
}

static int
allow_domain(const struct landlock *landlock)
{
	const struct port_rule rule = {
		.allowed = NET_CONNECT_TCP,
		.port = PORT_DOMAIN,
	};

	if (landlock->version < 4)
		return 0;
	return syscall(SYS_landlock_add_rule, landlock->fd, RULE_NET_PORT,
	    &rule, 0) < 0 ? -errno : 0;
}

int
landlock_open(struct landlock *landlock, bool abstract)
{
	struct attributes attributes = {
		.network = NET_CONNECT_TCP,
		.scoped = SCOPE_SIGNAL |
		    (abstract ? 0 : SCOPE_ABSTRACT_UNIX_SOCKET),
	};
	int err;

	landlock->version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (landlock->version < 0)
		return -errno;
	landlock->files = attributes.files = file_rights(landlock->version);
	landlock->fd = (int)syscall(SYS_landlock_create_ruleset, &attributes,
	    attributes_size(landlock->version), 0);
	if (landlock->fd < 0)
		return -errno;
	err = allow_domain(landlock);
	if (err < 0)
		close(landlock->fd);
	return err;
}

static int
add_rule(const struct landlock *landlock, int fd, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights & landlock->files,
		.parent_fd = fd,
	};
	struct stat status;

	if (fstat(fd, &status) < 0)
		return -errno;
	if (!S_ISDIR(status.st_mode))
		rule.allowed_access &= FILE_RIGHTS;
	if (rule.allowed_access == 0 || syscall(SYS_landlock_add_rule,
	    landlock->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0)
		return 0;
	/* What has no name, as a pipe, is not held to any rule. */
	return errno == EBADFD ? 0 : -errno;
}

int
landlock_allow(const struct landlock *landlock, const char *path,
    unsigned wanted)
{
	uint64_t rights = 0;
	int fd, err;

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		if ((wanted & uses[i].use) != 0)
			rights |= uses[i].rights;
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == ENFILE || errno == EMFILE || errno == ENOMEM ?
		    -errno : 0;
	err = add_rule(landlock, fd, rights);
	close(fd);
	return err;
}

int
landlock_close(struct landlock *landlock, bool enforce)
{
	int err = 0;

	if (enforce && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, landlock->fd, 0) < 0))
		err = -errno;
	close(landlock->fd);
	return err;
}
