/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is in a settings file, and what is said of a bad one.
 */
#include "folder.h"
#include "settings_fixture.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

START_TEST(good_file)
{
	const struct section *section;

	ck_assert_int_eq(read_settings("# comment\n"
	    "workers = 3 // comment\n"
	    "pidfile = \"/run/a # b\\\\9\\101\"\n"
	    "listener \"one\" {\n"
	    "	listen = { 127.0.0.1:7, # comment\n"
	    "	    [::1]:7, \"unix:/x\" }\n"
	    "	water = 1M keep = on /* comment\n */ buffer = system\n"
	    "}\n"
	    "listener two { listen = :7\n listen += :8 }\n"), 0);
	ck_assert_str_eq(reports, "");
	ck_assert_int_eq(((struct global *)settings->global)->workers, 3);
	ck_assert_str_eq(((struct global *)settings->global)->pidfile,
	    "/run/a # b\\9A");
	ck_assert_uint_eq(settings->section_count, 2);
	ck_assert_str_eq(settings->sections[0].name, "one");
	ck_assert_str_eq(settings->sections[0].origin, "f:4");
	ck_assert_str_eq(settings->sections[1].origin, "f:10");
	section = settings->sections[0].values;
	ck_assert_uint_eq(section->listen.count, 3);
	ck_assert_str_eq(section->listen.items[2].path, "/x");
	ck_assert_uint_eq(section->water, 1048576);
	ck_assert(section->keep);
	section = settings->sections[1].values;
	ck_assert_uint_eq(section->listen.count, 2);
	ck_assert_uint_eq(section->listen.items[1].port, 8);
	settings_free(settings);
}
END_TEST

START_TEST(lists_of_strings)
{
	const struct section *section;

	ck_assert_int_eq(read_settings(
	    "listener a { names = {\"x y\", \"\"} }\n"
	    "listener b { names = one }\nlistener c { names = \"\" }\n"), 0);
	section = settings->sections[0].values;
	ck_assert_uint_eq(section->names.count, 2);
	ck_assert_str_eq(section->names.items[0], "x y");
	ck_assert_str_eq(section->names.items[1], "");
	section = settings->sections[1].values;
	ck_assert_uint_eq(section->names.count, 1);
	ck_assert_str_eq(section->names.items[0], "one");
	section = settings->sections[2].values;
	ck_assert_uint_eq(section->names.count, 0);
	settings_free(settings);
}
END_TEST

START_TEST(empty_file)
{
	ck_assert_int_eq(read_settings(""), 0);
	ck_assert_str_eq(reports, "");
	ck_assert_uint_eq(settings->section_count, 0);
	settings_free(settings);
}
END_TEST

static void
assert_reports(const char *text, const char *expected)
{
	ck_assert_int_eq(read_settings(text), -EINVAL);
	ck_assert_str_eq(reports, expected);
	settings_free(settings);
}

START_TEST(all_errors_at_once)
{
	assert_reports("# comment\n"
	    "wokers = 4 # comment\n"
	    "timeout = 10x\n"
	    "level = { error, notice }\n"
	    "water = 4k\n"
	    "listner \"y\" {\n"
	    "	anything = 1\n"
	    "}\n"
	    "other { x = 1 }\n"
	    "listener \"tls\" {\n"
	    "	lisen = { \"127.0.0.1:1\",\n"
	    "	    \"::1\" }\n"
	    "	workers = 5\n"
	    "	listen = { \"127.0.0.1:1\",\n"
	    "	    \"127.0.0.1:70000\" }\n"
	    "	keep = maybe\n"
	    "	water = 4k\n"
	    "	water = 5k\n"
	    "}\n"
	    "listener \"tls\" { mode = 888 }\n"
	    "listener \"a b\" { nothing = 1 }\n"
	    "workers = 1\n"
	    "workers = 2\n",
	    "f:2: unknown setting 'wokers'; did you mean 'workers'?\n"
	    "f:3: timeout: '10x' is not a duration; expected seconds, or a "
	    "number with us, ms, s, m, h or d, such as 10s\n"
	    "f:4: level: expected one value, not a list of 2\n"
	    "f:5: unknown setting 'water'; it belongs in a listener section\n"
	    "f:6: unknown section 'listner'; did you mean 'listener'?\n"
	    "f:9: unknown section 'other'; expected 'listener'\n"
	    "f:11: unknown setting 'lisen' in listener \"tls\"; "
	    "did you mean 'listen'?\n"
	    "f:13: unknown setting 'workers' in listener \"tls\"; "
	    "it belongs outside of a listener section\n"
	    "f:14: listener \"tls\": listen: '70000' is not a port in "
	    "'127.0.0.1:70000'; expected a number of 0 to 65535\n"
	    "f:16: listener \"tls\": keep: 'maybe' is neither yes nor no\n"
	    "f:18: 'water' is set twice; line 17 has it first\n"
	    "f:20: listener \"tls\" is there twice; "
	    "the other is in line 10\n"
	    "f:20: listener \"tls\": mode: '888' is no permission mode; "
	    "expected octal digits, such as 0660, up to 0777\n"
	    "f:21: 'a b' can't be the name of a listener; expected letters, "
	    "digits, '.', '_' and '-'\n"
	    "f:23: 'workers' is set twice; line 22 has it first\n");
}
END_TEST

START_TEST(syntax_errors)
{
	assert_reports("workers = 3\npidfile = \"abc\n\n",
	    "f:2: syntax error: a string that starts here has no end\n");
	assert_reports("workers = 3\n\n/* abc\n",
	    "f:3: syntax error: a comment that starts here has no end\n");
	assert_reports("pidfile = \"\\400\"\n", "f:1: syntax error: a string "
	    "has a '\\' before what is no octal number of up to 377\n");
	assert_reports("pidfile = \"\\9\"\n", "f:1: syntax error: a string "
	    "has a '\\' before what is no octal number of up to 377\n");
	assert_reports("pidfile = *x\n", "f:1: syntax error: "
	    "a value with '*' must be put in quotes\n");
	assert_reports("pidfile = a+x\n", "f:1: syntax error: "
	    "a value with '+' must be put in quotes\n");
	assert_reports("\nlistener \"a\" {\n water = 3k\n",
	    "f:2: syntax error: a '{' has no '}'\n");
	assert_reports("level = \"a\nb\"\n", "f:2: level: 'a?b' is not one of "
	    "error, warning, notice\n");
	assert_reports("}\n", "f:1: syntax error: unexpected closing brace\n");
	assert_reports("workers 3\n", "f:1: syntax error: "
	    "missing equal sign after option 'workers'\n");
	assert_reports("\nwokers 3\nlevel = error\n", "f:2: syntax error: "
	    "unknown name 'wokers'; did you mean 'workers'?\n");
	assert_reports("\"\" = 3\n", "f:1: syntax error: a name is empty\n");
	assert_reports("listener { }\n", "f:1: syntax error: "
	    "missing title for section 'listener'\n");
	assert_reports("listener a {\n listener b { } }\n",
	    "f:2: syntax error: "
	    "a listener can't stand in another; is a '}' missing before it?"
	    "\n");
}
END_TEST

/* What stands before a syntax error is checked all the same. */
START_TEST(syntax_error_comes_last)
{
	assert_reports("wokers = 3\nworkers = 0\nlevel 7\nnever = seen\n",
	    "f:1: unknown setting 'wokers'; did you mean 'workers'?\n"
	    "f:2: workers: 0 is out of range; expected 1 to 1024, or 'auto'\n"
	    "f:3: syntax error: missing equal sign after option 'level'\n");
}
END_TEST

static void
assert_unreadable(const char *path, int err, const char *expected)
{
	make_settings();
	reports[0] = '\0';
	ck_assert_int_eq(settings_read_file(settings, path, note_report, NULL),
	    err);
	ck_assert_str_eq(reports, expected);
	settings_free(settings);
}

START_TEST(unreadable_files)
{
	int fd[2];

	folder_make();
	assert_unreadable("none", -ENOENT,
	    "none: cannot be read: No such file or directory\n");
	assert_unreadable(".", -EISDIR,
	    ".: cannot be read: Is a directory\n");
	ck_assert_int_eq(symlink("loop", "loop"), 0);
	assert_unreadable("loop", -ELOOP, "loop: cannot be read: "
	    "Too many levels of symbolic links\n");
	assert_unreadable("/dev/zero", -EFBIG,
	    "/dev/zero: cannot be read: it has more than 1M\n");
	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(write(fd[1], "workers\0=3", 10), 10);
	close(fd[1]);
	dup2(fd[0], STDIN_FILENO);
	assert_unreadable("/dev/stdin", -EINVAL,
	    "/dev/stdin: cannot be read: it is not a text file\n");
	folder_remove();
}
END_TEST

START_TEST(environment)
{
	setenv("ECHOD_TEST_WORKERS", "9", 1);
	ck_assert_int_eq(read_settings("workers = ${ECHOD_TEST_WORKERS}\n"), 0);
	ck_assert_int_eq(((struct global *)settings->global)->workers, 9);
	settings_free(settings);
}
END_TEST

/* Each of them has the text parsed once more. */
START_TEST(unknown_names_without_end)
{
	char text[4096] = "";
	size_t length = 0;

	for (int i = 1; i <= 100; i++)
		length += (size_t)snprintf(text + length,
		    sizeof(text) - length, "unknown-%d = 1\n", i);
	ck_assert_int_eq(read_settings(text), -EINVAL);
	ck_assert_ptr_nonnull(strstr(reports,
	    "f:1: unknown setting 'unknown-1'"));
	ck_assert_ptr_nonnull(strstr(reports,
	    "f:64: unknown setting 'unknown-64'"));
	ck_assert_ptr_nonnull(strstr(reports, "f:65: syntax error: unknown "
	    "name 'unknown-65', after 64 others; the rest is not looked at"));
	ck_assert_ptr_null(strstr(reports, "unknown-66"));
	settings_free(settings);
}
END_TEST

/* Silence for what is not there could open what should be closed. */
START_TEST(environment_without_the_variable)
{
	unsetenv("ECHOD_NO");
	assert_reports("\nlistener a { listen = \"${ECHOD_NO}:7\" }\n",
	    "f:2: '${ECHOD_NO}' is not set in the environment; "
	    "${ECHOD_NO:-X} is X then\n");
	assert_reports("workers = ${ECHOD_NO}\n",
	    "f:1: '${ECHOD_NO}' is not set in the environment; "
	    "${ECHOD_NO:-X} is X then\n");
	ck_assert_int_eq(read_settings("workers = ${ECHOD_NO:-7}\n"
	    "pidfile = \"${ECHOD_NO:-}\" # ${ECHOD_NO}\n"), 0);
	ck_assert_int_eq(((struct global *)settings->global)->workers, 7);
	settings_free(settings);
}
END_TEST

static void
assert_pidfile(const char *text, const char *expected)
{
	ck_assert_int_eq(read_settings(text), 0);
	ck_assert_str_eq(reports, "");
	ck_assert_str_eq(((struct global *)settings->global)->pidfile,
	    expected);
	settings_free(settings);
}

START_TEST(what_looks_like_a_variable)
{
	unsetenv("ECHOD_NO");
	assert_pidfile("pidfile = '${ECHOD_NO}'\n", "${ECHOD_NO}");
	assert_pidfile("pidfile = \"\\${ECHOD_NO}\"\n", "${ECHOD_NO}");
	assert_pidfile("pidfile = \"a${ECHOD_NO\"\n", "a${ECHOD_NO");
}
END_TEST

START_TEST(a_mark_of_utf_8_is_passed_over)
{
	ck_assert_int_eq(read_settings("\xef\xbb\xbfworkers = 5\n"), 0);
	ck_assert_int_eq(((struct global *)settings->global)->workers, 5);
	settings_free(settings);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		good_file,
		lists_of_strings,
		empty_file,
		all_errors_at_once,
		unknown_names_without_end,
		syntax_errors,
		syntax_error_comes_last,
		unreadable_files,
		environment,
		environment_without_the_variable,
		what_looks_like_a_variable,
		a_mark_of_utf_8_is_passed_over,
	};

	return UNIT_RUN("settings_file", tests);
}
