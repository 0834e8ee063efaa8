/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/surroundings.h"

#include "../common/folder.h"
#include "fixture.h"
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>

static char errors[4096], warnings[4096];

/* arg is nothing; each report has its own text. */
static void
note(char *text, size_t size, const char *message)
{
	snprintf(text + strlen(text), size - strlen(text), "%s\n", message);
}

static void
note_error(const char *message, void *arg)
{
	ck_assert_ptr_null(arg);
	note(errors, sizeof(errors), message);
}

static void
note_warning(const char *message, void *arg)
{
	ck_assert_ptr_null(arg);
	note(warnings, sizeof(warnings), message);
}

/* What is said of a file with this text. */
static void
assert_said(const char *text, const char *expected_errors,
    const char *expected_warnings)
{
	struct arguments arguments = { .config = "f" };
	struct settings *settings;
	int err;

	errors[0] = warnings[0] = '\0';
	folder_write("f", text);
	settings = config_load(&arguments, fixture_report, NULL);
	ck_assert_ptr_nonnull(settings);
	err = surroundings_check(settings, note_error, note_warning, NULL);
	settings_free(settings);
	ck_assert_str_eq(errors, expected_errors);
	ck_assert_str_eq(warnings, expected_warnings);
	ck_assert_int_eq(err, expected_errors[0] != '\0' ? -EINVAL : 0);
}

START_TEST(what_is_there_is_good)
{
	folder_make();
	assert_said("", "", "");
	assert_said("log = \"file:/dev/null\"\npidfile = \"/echod.pid\"\n"
	    "user = root\ngroup = root\nadmin = \"unix:s\"\n"
	    "listener a { listen = { \"unix:@none/x\", \"unix:./t\", "
	    "\"127.0.0.1:0\" } }\n", "", "");
	folder_remove();
}
END_TEST

START_TEST(users_have_to_be_known)
{
	folder_make();
	assert_said("\nuser = no-such-user\n", "f:2: user: there is no user "
	    "'no-such-user'; `getent passwd` lists them\n", "");
	assert_said("user = root\ngroup = no-such-group\n", "f:2: group: "
	    "there is no group 'no-such-group'; `getent group` lists them\n",
	    "");
	assert_said("group = root\n", "f:1: group: it is for the user that "
	    "root becomes; set user as well\n", "");
	folder_remove();
}
END_TEST

#define MISSING \
	" would be in a folder that does not exist; echod starts once it is " \
	"there\n"

START_TEST(folders_may_be_made_later)
{
	folder_make();
	assert_said("log = \"file:/none/log\"\npidfile = none/pid\n"
	    "admin = \"unix:/none/s\"\n"
	    "listener a {\n\tlisten = { \":0\", \"unix:none/t\" }\n}\n", "",
	    "f:1: log: /none/log" MISSING
	    "f:2: pidfile: none/pid" MISSING
	    "f:3: admin: /none/s" MISSING
	    "f:5: listener \"a\": listen: none/t" MISSING);
	folder_remove();
}
END_TEST

START_TEST(a_folder_is_no_file)
{
	folder_make();
	ck_assert_int_eq(mkdir("d", 0700), 0);
	assert_said("log = \"file:/proc\"\npidfile = d\n"
	    "listener a { listen = \"unix:d\" }\n",
	    "f:1: log: /proc is a folder\nf:2: pidfile: d is a folder\n"
	    "f:3: listener \"a\": listen: d is a folder\n", "");
	ck_assert_int_eq(rmdir("d"), 0);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_is_there_is_good,
		users_have_to_be_known,
		folders_may_be_made_later,
		a_folder_is_no_file,
	};

	return UNIT_RUN("surroundings", tests);
}
