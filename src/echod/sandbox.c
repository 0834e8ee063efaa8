/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "sandbox.h"

#include "common/log.h"
#include "sandbox_paths.h"
#include "settings_table.h"
#include "system_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_VALGRIND_H
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

/* A sanitizer's run-time library makes calls of its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

#define MESSAGE_SIZE 1024

/* What libraries open at any time. */
static const struct {
	const char *path;
	unsigned uses;
} always[] = {
	{ "/etc", LANDLOCK_READ },
	{ "/usr", LANDLOCK_READ },
	{ "/lib", LANDLOCK_READ },
	{ "/lib64", LANDLOCK_READ },
	{ "/proc/self", LANDLOCK_READ },
	{ "/proc/sys", LANDLOCK_READ },
	{ "/sys/devices/system", LANDLOCK_READ },
	{ "/dev/null", LANDLOCK_READ | LANDLOCK_WRITE },
	{ "/dev/random", LANDLOCK_READ },
	{ "/dev/urandom", LANDLOCK_READ },
};

/* Something in /etc that leads elsewhere, and is replaced there. */
#define RESOLVER "/etc/resolv.conf"

struct place {
	char *path; /* without links */
	unsigned uses;
};

static struct {
	enum sandbox_mode mode;
	int version; /* of landlock; 0: none */
	const char *lacking; /* why there is none */
	struct place *places;
	size_t count;
} sandbox;

struct building {
	const struct landlock *landlock;
	int err;
};

/* ------------------------------------------------------------------ places */

/* Takes over the path. */
static int
note_place(char *path, unsigned uses)
{
	struct place *places = reallocarray(sandbox.places, sandbox.count + 1,
	    sizeof(*places));

	if (places == NULL) {
		free(path);
		return -ENOMEM;
	}
	sandbox.places = places;
	places[sandbox.count++] = (struct place){ path, uses };
	return 0;
}

static void
clear_places(void)
{
	for (size_t i = 0; i < sandbox.count; i++)
		free(sandbox.places[i].path);
	free(sandbox.places);
	sandbox.places = NULL;
	sandbox.count = 0;
}

/* What is not there now can't be used later either. */
static void
allow(struct building *building, const char *path, unsigned uses)
{
	char *real;

	if (building->err < 0)
		return;
	building->err = landlock_allow(building->landlock, path, uses);
	if (building->err < 0)
		return;
	real = realpath(path, NULL);
	if (real != NULL)
		building->err = note_place(real, uses);
	else if (errno == ENOMEM)
		building->err = -ENOMEM;
}

static void
allow_folder(struct building *building, const char *path, unsigned uses)
{
	char *folder = sandbox_folder(path);

	if (folder == NULL) {
		building->err = -ENOMEM;
		return;
	}
	allow(building, folder, uses);
	free(folder);
}

/* A link's own folder, and that of what it leads to. */
static void
allow_path(const struct sandbox_path *path, void *arg)
{
	struct building *building = arg;
	char *real = NULL;

	if (path->uses == LANDLOCK_WRITE) {
		allow(building, path->path, path->uses);
		return;
	}
	allow_folder(building, path->path, path->uses);
	if (path->uses == LANDLOCK_READ || path->uses == LANDLOCK_APPEND)
		real = sandbox_destination(path->path);
	if (real != NULL)
		allow_folder(building, real, path->uses);
	free(real);
}

static bool
is_beneath(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 &&
	    (path[length] == '\0' || path[length] == '/');
}

static bool
is_allowed(const char *real, unsigned uses)
{
	for (size_t i = 0; i < sandbox.count; i++)
		if ((sandbox.places[i].uses & uses) == uses &&
		    is_beneath(real, sandbox.places[i].path))
			return true;
	return false;
}

/* ------------------------------------------------------------------- files */

/* The folders that systemd made for us, with ':' between. */
static void
allow_runtime(struct building *building, const char *folders)
{
	char *copy = folders != NULL ? strdup(folders) : NULL, *rest = copy;
	const char *folder;

	while ((folder = strsep(&rest, ":")) != NULL)
		allow(building, folder, LANDLOCK_SOCKET);
	if (copy == NULL && folders != NULL)
		building->err = -ENOMEM;
	free(copy);
}

static int
build(const struct landlock *landlock, const struct settings *settings)
{
	const struct sandbox_path resolver = {
		.path = RESOLVER,
		.uses = LANDLOCK_READ,
	};
	struct building building = { .landlock = landlock };

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		allow(&building, always[i].path, always[i].uses);
	allow_path(&resolver, &building);
	allow_runtime(&building, getenv("RUNTIME_DIRECTORY"));
	sandbox_paths(settings, allow_path, &building);
	return building.err;
}

static int
limit_files(const struct settings *settings)
{
	const char *manager = getenv("NOTIFY_SOCKET");
	struct landlock landlock;
	int err, closed;

	err = landlock_open(&landlock, manager != NULL && manager[0] == '@');
	if (err < 0)
		return err;
	err = build(&landlock, settings);
	closed = landlock_close(&landlock, err == 0);
	if (err == 0)
		err = closed;
	if (err == 0)
		sandbox.version = landlock.version;
	return err;
}

/* --------------------------------------------------------- what is lacking */

#define FILES "files can't be given up"
#define CALLS "system calls can't be given up"

static const char *
explain(int err, const char *lacking)
{
	if (err == -EPERM || err == -EACCES)
		return "it is not permitted, by a container or by "
		    "SystemCallFilter= of a unit";
	return err == -ENOSYS || err == -EOPNOTSUPP || err == -EINVAL ?
	    lacking : strerrordesc_np(-err);
}

/* Returns the error if it is one for the setting. */
static int
lack(const char *what, const char *reason, int err)
{
	if (sandbox.mode == SANDBOX_REQUIRED) {
		log_error("sandbox: it is required, but %s: %s", what, reason);
		return err;
	}
	log_notice("sandbox: %s: %s", what, reason);
	return 0;
}

/* The log is not open yet, so what is no error is kept for later. */
int
sandbox_begin(const struct settings *settings)
{
	const struct global_settings *global = settings->global;
	int err;

	sandbox_clear();
	sandbox.mode = (enum sandbox_mode)global->sandbox;
	if (sandbox.mode == SANDBOX_OFF)
		return 0;
	err = RUNNING_ON_VALGRIND ? -ENOSYS : limit_files(settings);
	if (err == 0)
		return 0;
	clear_places();
	sandbox.lacking = explain(err, RUNNING_ON_VALGRIND ?
	    "Valgrind does not know landlock" : "this kernel has no landlock "
	    "(Linux 5.13 or later has, if its option lsm= names it)");
	return sandbox.mode == SANDBOX_REQUIRED ?
	    lack(FILES, sandbox.lacking, err) : 0;
}

int
sandbox_finish(void)
{
	int err;

	if (sandbox.mode == SANDBOX_OFF)
		return 0;
	if (sandbox.lacking != NULL)
		(void)lack(FILES, sandbox.lacking, -ENOSYS);
	if (RUNNING_ON_VALGRIND || IS_SANITIZED)
		return lack(CALLS, "Valgrind and sanitizers make calls of "
		    "their own", -ENOSYS);
	err = system_calls_limit();
	if (err < 0)
		return lack(CALLS, explain(err, "this kernel or container, or "
		    "this build of echod, has no seccomp filters"), err);
	if (sandbox.version > 0)
		log_info("sandbox: files (landlock version %d) and system "
		    "calls", sandbox.version);
	return 0;
}

/* ------------------------------------------------------------------ reload */

struct check {
	settings_report *report;
	void *arg;
	bool good;
};

static void
refuse(struct check *check, const struct sandbox_path *path)
{
	const char *what = (path->uses & LANDLOCK_SOCKET) != 0 ?
	    "make sockets in" : "read";
	char message[MESSAGE_SIZE];

	snprintf(message, sizeof(message), "%s%s%s%s: %s is in no folder that "
	    "the sandbox lets echod %s since its start; a restart will",
	    path->section != NULL ? "listener \"" : "",
	    path->section != NULL ? path->section : "",
	    path->section != NULL ? "\": " : "", path->setting, path->path,
	    what);
	check->report(message, check->arg);
	check->good = false;
}

/*
 * Of what is read the file counts, as links may lead anywhere; of a pattern and
 * of what is made the folder.  What is not there is said elsewhere.
 */
static void
check_path(const struct sandbox_path *path, void *arg)
{
	struct check *check = arg;
	char *real = NULL, *folder;

	if (!path->reload)
		return;
	if (path->uses == LANDLOCK_READ)
		real = realpath(path->path, NULL);
	if (real == NULL) {
		folder = sandbox_folder(path->path);
		if (folder != NULL)
			real = realpath(folder, NULL);
		free(folder);
	}
	if (real != NULL && !is_allowed(real, path->uses))
		refuse(check, path);
	free(real);
}

bool
sandbox_permits(const struct settings *settings, settings_report *report,
    void *arg)
{
	struct check check = { .report = report, .arg = arg, .good = true };

	if (sandbox.version > 0)
		sandbox_paths(settings, check_path, &check);
	return check.good;
}

void
sandbox_clear(void)
{
	clear_places();
	memset(&sandbox, 0, sizeof(sandbox));
}
