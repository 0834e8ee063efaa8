/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/settings.h"

#include "folder.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

struct global {
	int workers;
	int level;
	double timeout;
	char *pidfile;
};

struct section {
	struct address_list listen;
	size_t water;
	size_t buffer;
	bool keep;
	mode_t mode;
	struct string_list names;
};

static const char *const levels[] = { "error", "warning", "notice", NULL };

#define GLOBAL(field) .scope = SETTING_GLOBAL, .name = #field, .help = "x", \
	SETTING_FIELD(struct global, field)
#define SECTION(field) .scope = SETTING_SECTION, .name = #field, .help = "x", \
	SETTING_FIELD(struct section, field)

static bool
is_calm(const char *text)
{
	return strchr(text, '!') == NULL;
}

static const struct setting rows[] = {
	{ GLOBAL(workers), .value = "auto", .zero = "auto", .lowest = "1",
	    .highest = "1024" },
	{ GLOBAL(level), .value = "notice", .choices = levels },
	{ GLOBAL(timeout), .value = "10s", .lowest = "0s", .highest = "1d" },
	{ GLOBAL(pidfile), .value = "", .is_good = is_calm,
	    .expected = "a text without '!'" },
	{ SECTION(listen), .value = "127.0.0.1:1, [::1]:2" },
	{ SECTION(water), .value = "64k", .lowest = "1k", .highest = "1G" },
	{ SECTION(buffer), .value = "system", .zero = "system",
	    .lowest = "4k", .highest = "1M" },
	{ SECTION(keep), .value = "no" },
	{ SECTION(mode), .value = "0666" },
	{ SECTION(names), .value = "a, b c" },
};

static const struct settings_table table = {
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.section = "listener",
	.global_size = sizeof(struct global),
	.section_size = sizeof(struct section),
};

static struct settings *settings;
static char error[512];
static char reports[8192];

static void
report(const char *message, void *arg)
{
	ck_assert_ptr_eq(arg, reports);
	strcat(reports, message);
	strcat(reports, "\n");
}

static void
make(void)
{
	settings = settings_new(&table, error, sizeof(error));
	ck_assert_msg(settings != NULL, "%s", error);
}

static int
read_text(const char *text)
{
	int err;

	folder_make();
	folder_write("f", text);
	make();
	reports[0] = '\0';
	err = settings_read_file(settings, "f", report, reports);
	folder_remove();
	return err;
}

static void
assert_reports(const char *text, const char *expected)
{
	ck_assert_int_eq(read_text(text), -EINVAL);
	ck_assert_str_eq(reports, expected);
	settings_free(settings);
}

static const char *
dumped(void)
{
	static char text[4096];
	FILE *file = fmemopen(text, sizeof(text), "w");

	ck_assert_ptr_nonnull(file);
	settings_dump(settings, file);
	fclose(file);
	return text;
}

/* ------------------------------------------------------------------ values */

static int
set(const char *name, const char *text)
{
	return settings_set(settings, NULL, name, &text, 1, error,
	    sizeof(error));
}

static int
set_in(const char *name, const char *text)
{
	return settings_set(settings, &settings->sections[0], name, &text, 1,
	    error, sizeof(error));
}

START_TEST(defaults)
{
	struct global *global;
	struct section *section;

	make();
	ck_assert_int_eq(settings_add_section(settings, "a", "here", error,
	    sizeof(error)), 0);
	global = settings->global;
	section = settings->sections[0].values;
	ck_assert_int_eq(global->workers, 0);
	ck_assert_int_eq(global->level, 2);
	ck_assert_double_eq(global->timeout, 10);
	ck_assert_ptr_null(global->pidfile);
	ck_assert_uint_eq(section->listen.count, 2);
	ck_assert_str_eq(section->listen.items[1].host, "::1");
	ck_assert_uint_eq(section->water, 65536);
	ck_assert_uint_eq(section->buffer, 0);
	ck_assert(!section->keep);
	ck_assert_uint_eq(section->mode, 0666);
	ck_assert_uint_eq(section->names.count, 3);
	ck_assert_str_eq(section->names.items[2], "c");
	ck_assert_str_eq(settings->sections[0].origin, "here");
	settings_free(settings);
}
END_TEST

START_TEST(values)
{
	const struct global *global;

	make();
	global = settings->global;
	ck_assert_int_eq(set("workers", "7"), 0);
	ck_assert_int_eq(global->workers, 7);
	ck_assert_int_eq(set("workers", "auto"), 0);
	ck_assert_int_eq(global->workers, 0);
	ck_assert_int_eq(set("level", "error"), 0);
	ck_assert_int_eq(global->level, 0);
	ck_assert_int_eq(set("timeout", "2m"), 0);
	ck_assert_double_eq(global->timeout, 120);
	ck_assert_int_eq(set("pidfile", "/x"), 0);
	ck_assert_str_eq(global->pidfile, "/x");
	ck_assert_int_eq(set("pidfile", "/y"), 0);
	ck_assert_str_eq(global->pidfile, "/y");
	settings_free(settings);
}
END_TEST

START_TEST(bad_values)
{
	make();
	settings_add_section(settings, "a", "here", error, sizeof(error));
	ck_assert_int_eq(set("workers", "0"), -ERANGE);
	ck_assert_str_eq(error, "workers: 0 is out of range; "
	    "expected 1 to 1024, or 'auto'");
	ck_assert_int_eq(set("level", "warn"), -EINVAL);
	ck_assert_str_eq(error, "level: 'warn' is not one of error, warning, "
	    "notice; did you mean 'warning'?");
	ck_assert_int_eq(set("pidfile", "a!"), -EINVAL);
	ck_assert_str_eq(error, "pidfile: 'a!' is not known; "
	    "expected a text without '!'");
	ck_assert_int_eq(set("wrkers", "1"), -ENOENT);
	ck_assert_str_eq(error,
	    "unknown setting 'wrkers'; did you mean 'workers'?");
	ck_assert_int_eq(set("water", "1"), -ENOENT);
	ck_assert_str_eq(error, "unknown setting 'water'; "
	    "it belongs in a listener section");
	ck_assert_int_eq(set_in("workers", "1"), -ENOENT);
	ck_assert_str_eq(error, "unknown setting 'workers' in listener \"a\"; "
	    "it belongs outside of a listener section");
	ck_assert_int_eq(set_in("buffer", "2M"), -ERANGE);
	ck_assert_str_eq(error, "listener \"a\": buffer: 2M is out of range; "
	    "expected 4k to 1M, or 'system'");
	ck_assert_int_eq(set_in("keep", "2"), -EINVAL);
	ck_assert_int_eq(set_in("listen", "7"), -EINVAL);
	/* What was there before still is. */
	ck_assert_uint_eq(((struct section *)
	    settings->sections[0].values)->listen.count, 2);
	settings_free(settings);
}
END_TEST

START_TEST(section_names)
{
	make();
	ck_assert_int_eq(settings_add_section(settings, "a b", "x", error,
	    sizeof(error)), -EINVAL);
	ck_assert_str_eq(error, "'a b' can't be the name of a listener; "
	    "expected letters, digits, '.', '_' and '-'");
	ck_assert_int_eq(settings_add_section(settings, "", "x", error,
	    sizeof(error)), -EINVAL);
	ck_assert_uint_eq(settings->section_count, 0);
	settings_free(settings);
}
END_TEST

START_TEST(bad_default)
{
	static const struct setting bad[] = {
		{ GLOBAL(workers), .value = "0", .lowest = "1",
		    .highest = "9" },
	};
	struct settings_table broken = table;

	broken.rows = bad;
	broken.count = 1;
	ck_assert_ptr_null(settings_new(&broken, error, sizeof(error)));
	ck_assert_str_eq(error, "default of 'workers': 0 is out of range; "
	    "expected 1 to 9");
}
END_TEST

/* -------------------------------------------------------------------- file */

START_TEST(good_file)
{
	const struct section *section;

	ck_assert_int_eq(read_text("# comment\n"
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

	ck_assert_int_eq(read_text("listener a { names = {\"x y\", \"\"} }\n"
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

static void
assert_origin(const char *name, const char *expected)
{
	char origin[64];

	ck_assert_str_eq(settings_origin(settings, &settings->sections[0],
	    name, origin, sizeof(origin)), expected);
}

START_TEST(origins)
{
	ck_assert_int_eq(read_text("\nlistener a {\n water = 4k\n"
	    " names = {\n x,\n y }\n }\n"), 0);
	assert_origin("water", "f:3");
	assert_origin("names", "f:5");
	assert_origin("keep", "f:2");
	settings_free(settings);
	make();
	settings_add_section(settings, "a", "--listen", error, sizeof(error));
	assert_origin("keep", "--listen");
	settings_free(settings);
}
END_TEST

START_TEST(empty_file)
{
	ck_assert_int_eq(read_text(""), 0);
	ck_assert_str_eq(reports, "");
	ck_assert_uint_eq(settings->section_count, 0);
	settings_free(settings);
}
END_TEST

START_TEST(dump_is_read_back)
{
	char first[4096];

	ck_assert_int_eq(read_text("workers = 3\nlevel = error\n"
	    "pidfile = \"a\\\"b\\\\c\\${d}\"\ntimeout = 1500ms\n"
	    "listener a { listen = unix:@x water = 5k mode = 600\n"
	    "    names = \"\" }\n"
	    "listener b { }\n"), 0);
	strcpy(first, dumped());
	settings_free(settings);
	ck_assert_str_eq(first,
	    "workers = 3\n"
	    "level = error\n"
	    "timeout = 1500ms\n"
	    "pidfile = \"a\\\"b\\\\c\\${d}\"\n"
	    "\n"
	    "listener \"a\" {\n"
	    "	listen = { \"unix:@x\" }\n"
	    "	water = 5k\n"
	    "	buffer = system\n"
	    "	keep = no\n"
	    "	mode = 0600\n"
	    "	names = \"\"\n"
	    "}\n"
	    "\n"
	    "listener \"b\" {\n"
	    "	listen = { \"127.0.0.1:1\", \"[::1]:2\" }\n"
	    "	water = 64k\n"
	    "	buffer = system\n"
	    "	keep = no\n"
	    "	mode = 0666\n"
	    "	names = { \"a\", \"b\", \"c\" }\n"
	    "}\n");
	ck_assert_int_eq(read_text(first), 0);
	ck_assert_str_eq(dumped(), first);
	settings_free(settings);
}
END_TEST

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
	make();
	reports[0] = '\0';
	ck_assert_int_eq(settings_read_file(settings, path, report, reports),
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
	    "/dev/zero: cannot be read: File too large\n");
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
	ck_assert_int_eq(read_text("workers = ${ECHOD_TEST_WORKERS}\n"), 0);
	ck_assert_int_eq(((struct global *)settings->global)->workers, 9);
	settings_free(settings);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { defaults, values, bad_values,
	    section_names, bad_default, good_file, lists_of_strings,
	    origins, empty_file,
	    dump_is_read_back, all_errors_at_once, syntax_errors,
	    syntax_error_comes_last, unreadable_files, environment };

	return UNIT_RUN("settings", tests);
}
