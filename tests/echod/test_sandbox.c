/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/sandbox.h"

#include "../common/folder.h"
#include "child.h"
#include "echod/sandbox_paths.h"
#include "fixture.h"
#include "unit.h"

#include <sys/stat.h>

static char reported[2048];

static void
report(const char *message, void *arg)
{
	(void)arg;
	snprintf(reported + strlen(reported),
	    sizeof(reported) - strlen(reported), "%s\n", message);
}

static struct settings *
load(const char *text)
{
	struct arguments arguments = { .config = "conf/echod.conf" };

	folder_write(arguments.config, text);
	return config_load(&arguments, fixture_report, NULL);
}

static void
set_up(void)
{
	folder_make();
	ck_assert_int_eq(mkdir("conf", 0700), 0);
	ck_assert_int_eq(mkdir("tls", 0700), 0);
	folder_write("tls/c.pem", "");
	unsetenv("RUNTIME_DIRECTORY");
}

static void
tear_down(void)
{
	unlink("conf/echod.conf");
	unlink("tls/c.pem");
	ck_assert_int_eq(rmdir("conf"), 0);
	ck_assert_int_eq(rmdir("tls"), 0);
	folder_remove();
}

/* ------------------------------------------------------------------- paths */

static char seen[2048];

static void
note(const struct sandbox_path *path, void *arg)
{
	(void)arg;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen),
	    "%s %s %d %u %s\n", path->section != NULL ? path->section : "-",
	    path->setting, path->reload, path->uses, path->path);
}

START_TEST(what_is_named)
{
	struct settings *settings;
	char expected[1024];

	set_up();
	settings = load("include = \"more/*.conf\"\n"
	    "log = \"file:/var/log/echod.log\"\npidfile = /run/p\n"
	    "listener \"a\" { listen = { \"127.0.0.1:0\", \"unix:s/t\", "
	    "\"unix:@abstract\" } tls = yes tls_certificate = tls/c.pem }\n");
	ck_assert_ptr_nonnull(settings);
	sandbox_paths(settings, note, NULL);
	snprintf(expected, sizeof(expected),
	    "- include 1 %d conf/echod.conf\n- include 1 %d conf/more/*.conf\n"
	    "- log 0 %d /var/log/echod.log\n- pidfile 0 %d /run/p\n"
	    "a listen 1 %d s/t\na tls_certificate 1 %d tls/c.pem\n",
	    LANDLOCK_READ, LANDLOCK_READ, LANDLOCK_APPEND, LANDLOCK_REPLACE,
	    LANDLOCK_SOCKET, LANDLOCK_READ);
	ck_assert_str_eq(seen, expected);
	settings_free(settings);
	settings = load("log = \"file:/dev/null\"\n");
	seen[0] = '\0';
	sandbox_paths(settings, note, NULL);
	snprintf(expected, sizeof(expected), "- include 1 %d conf/echod.conf\n"
	    "- log 0 %d /dev/null\n", LANDLOCK_READ, LANDLOCK_WRITE);
	ck_assert_str_eq(seen, expected);
	settings_free(settings);
	tear_down();
}
END_TEST

START_TEST(folders)
{
	static const char *const cases[][2] = {
		{ "a", "." }, { "a/b", "a" }, { "/a/b/c", "/a/b" },
		{ "/a", "/a" }, { "/a/*.conf", "/a" }, { "/a/b*/c", "/a" },
		{ "*.conf", "." }, { "/a/[xy]/c.conf", "/a" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *found = sandbox_folder(cases[i][0]);

		ck_assert_str_eq(found, cases[i][1]);
		free(found);
	}
}
END_TEST

/* --------------------------------------------------------------- the rules */

static void
try_reload(void)
{
	struct settings *settings = load("listener \"a\" { "
	    "listen = \"unix:conf/s\" }\n"), *next;

	must(sandbox_begin(settings) == 0);
	must(access("tls/c.pem", R_OK) == 0);
	must(fopen("tls/c.pem", "re") == NULL && errno == EACCES);
	must(sandbox_permits(settings, report, NULL));
	must(reported[0] == '\0');
	must(fopen("conf/new", "we") == NULL && errno == EACCES);
	/* It can't be written from in here, so it is made of other parts. */
	next = config_load(&(struct arguments){ .listen = {
	    .texts = (const char *[]){ "unix:conf/t", "unix:tls/t" },
	    .count = 2 } }, report, NULL);
	must(next != NULL);
	must(!sandbox_permits(next, report, NULL));
	must(strcmp(reported, "listener \"command-line\": listen: tls/t is in "
	    "no folder that the sandbox lets echod make sockets in since its "
	    "start; a restart will\n") == 0);
	settings_free(next);
	/* A file outside of what was named, and one beneath /etc. */
	must(string_list_add(&settings->files, "tls/c.pem") == 0);
	must(string_list_add(&settings->files, "/etc/passwd") == 0);
	must(string_list_add(&settings->files, "tls/*.conf") == 0);
	reported[0] = '\0';
	must(!sandbox_permits(settings, report, NULL));
	must(strcmp(reported, "include: tls/c.pem is in no folder that the "
	    "sandbox lets echod read since its start; a restart will\n"
	    "include: tls/*.conf is in no folder that the sandbox lets echod "
	    "read since its start; a restart will\n") == 0);
	settings_free(settings);
	sandbox_clear();
}

START_TEST(other_folders)
{
	if (lacks_landlock())
		return;
	set_up();
	in_child(try_reload);
	tear_down();
}
END_TEST

static void
try_links(void)
{
	struct settings *settings = load("listener \"a\" { tls = yes\n"
	    "tls_certificate = link\n}\n");

	setenv("RUNTIME_DIRECTORY", "/nonexistent:tls", 1);
	must(sandbox_begin(settings) == 0);
	must(fopen("tls/c.pem", "re") != NULL);
	must(string_list_add(&settings->files, "tls/c.pem") == 0);
	must(sandbox_permits(settings, report, NULL));
	settings_free(settings);
	settings = config_load(&(struct arguments){ .listen = {
	    .texts = (const char *[]){ "unix:tls/t" }, .count = 1 } },
	    report, NULL);
	must(sandbox_permits(settings, report, NULL));
	settings_free(settings);
	sandbox_clear();
}

START_TEST(links_and_runtime_folder)
{
	if (lacks_landlock())
		return;
	set_up();
	ck_assert_int_eq(symlink("tls/c.pem", "link"), 0);
	in_child(try_links);
	tear_down();
}
END_TEST

START_TEST(off)
{
	struct settings *settings;

	set_up();
	settings = load("sandbox = off\n");
	ck_assert_int_eq(sandbox_begin(settings), 0);
	ck_assert_int_eq(sandbox_finish(), 0);
	folder_write("tls/c.pem", "1");
	ck_assert(sandbox_permits(settings, report, NULL));
	settings_free(settings);
	tear_down();
}
END_TEST

/* ----------------------------------------------------- where it is lacking */

/* What landlock_open is to say; 1: the truth. */
static int answer = 1;

int __real_landlock_open(struct landlock *landlock, bool abstract);
int __wrap_landlock_open(struct landlock *landlock, bool abstract);
int __real_system_calls_limit(void);
int __wrap_system_calls_limit(void);

int
__wrap_landlock_open(struct landlock *landlock, bool abstract)
{
	return answer == 1 ? __real_landlock_open(landlock, abstract) : answer;
}

int
__wrap_system_calls_limit(void)
{
	return answer == 1 ? __real_system_calls_limit() : answer;
}

static void
go_on(void)
{
	struct settings *settings = load("");

	fixture_capture_log();
	must(sandbox_begin(settings) == 0);
	must(strcmp(fixture_logged(), "") == 0);
	must(sandbox_finish() == 0);
	must(strstr(fixture_logged(), "notice: sandbox: files can't be given "
	    "up: ") != NULL);
	must(strstr(fixture_logged(), "notice: sandbox: system calls can't be "
	    "given up: ") != NULL);
	must(sandbox_permits(settings, report, NULL));
	settings_free(settings);
	sandbox_clear();
}

static void
refuse(void)
{
	struct settings *settings = load("sandbox = required\n");

	fixture_capture_log();
	must(sandbox_begin(settings) < 0);
	must(strstr(fixture_logged(), "error: sandbox: it is required, but "
	    "files can't be given up: ") != NULL);
	must(sandbox_finish() < 0);
	must(strstr(fixture_logged(), "error: sandbox: it is required, but "
	    "system calls can't be given up: ") != NULL);
	settings_free(settings);
	sandbox_clear();
}

START_TEST(kernels_without_it)
{
	const int answers[] = { -ENOSYS, -EOPNOTSUPP, -EPERM, -ENOMEM };

	set_up();
	for (size_t i = 0; i < 4; i++) {
		answer = answers[i];
		in_child(go_on);
		in_child(refuse);
	}
	answer = 1;
	tear_down();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_is_named, folders, other_folders,
	    links_and_runtime_folder, off, kernels_without_it };

	return UNIT_RUN("sandbox", tests);
}
