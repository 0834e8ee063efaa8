/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tls.h"

#include "../common/certificates.h"
#include "../common/folder.h"
#include "unit.h"
#include "fixture.h"

#include <errno.h>

static struct settings *settings;
static struct tls tls;

static void
start(void)
{
	struct arguments arguments = { .config = "f" };

	fixture_capture_log();
	folder_make();
	CERTIFICATE_MAKE(.path = "one", .name = "one");
	folder_write("f", "listener plain { listen = :0 }\n"
	    "listener secure { listen = :0 tls = yes "
	    "tls_certificate = one }\n");
	settings = config_load(&arguments, fixture_report, NULL);
	ck_assert_ptr_nonnull(settings);
}

static void
stop(void)
{
	settings_free(settings);
	folder_remove();
}

static aw_tls_context *
current(size_t i)
{
	aw_tls_context *context = tls_get(&tls, i);

	aw_tls_context_unref(context);
	return context;
}

START_TEST(contexts)
{
	start();
	ck_assert_int_eq(tls_open(&tls, settings), 0);
	ck_assert_uint_eq(tls.count, 2);
	ck_assert_ptr_null(current(0));
	ck_assert_ptr_nonnull(current(1));
	ck_assert_double_eq(tls_rotation(&tls), 3600);
	ck_assert(!tls.listeners[1].tickets.current.there);
	tls_rotate(&tls);
	ck_assert(tls.listeners[1].tickets.current.there);
	ck_assert(!tls.listeners[0].tickets.current.there);
	tls_close(&tls);
	stop();
}
END_TEST

START_TEST(reload_replaces_what_is_good)
{
	aw_tls_context *before;
	size_t count;

	start();
	ck_assert_int_eq(tls_open(&tls, settings), 0);
	before = tls_get(&tls, 1);
	CERTIFICATE_MAKE(.path = "one", .name = "other");
	ck_assert_int_eq(tls_reload(&tls, settings, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_ne(current(1), before);
	/* Who has it may use it still. */
	ck_assert(aw_tls_context_is_server(before));
	aw_tls_context_unref(before);
	tls_close(&tls);
	stop();
}
END_TEST

static void
assert_keeps(const char *said)
{
	aw_tls_context *before = current(1);
	size_t count;

	ck_assert_int_eq(tls_reload(&tls, settings, &count), -EINVAL);
	ck_assert_ptr_eq(current(1), before);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), said));
}

START_TEST(reload_keeps_the_old_if_the_new_is_bad)
{
	start();
	ck_assert_int_eq(tls_open(&tls, settings), 0);
	folder_write("one", "");
	assert_keeps("error: f:2: listener \"secure\": tls_certificate: one: "
	    "there is no certificate in PEM form\n");
	CERTIFICATE_MAKE(.path = "one", .name = "old", .until = -1);
	assert_keeps("error: f:2: listener \"secure\": tls_certificate: one: "
	    "the certificate of 'old' expired on ");
	tls_close(&tls);
	stop();
}
END_TEST

START_TEST(start_without_a_file)
{
	start();
	unlink("one");
	ck_assert_int_eq(tls_open(&tls, settings), -EINVAL);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "error: f:2: listener "
	    "\"secure\": tls_certificate: one: No such file or directory\n"));
	stop();
}
END_TEST

/* What has expired is warned of: clients may not mind. */
START_TEST(start_with_an_expired_one)
{
	start();
	CERTIFICATE_MAKE(.path = "one", .name = "old", .until = -1);
	ck_assert_int_eq(tls_open(&tls, settings), 0);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "warning: f:2: "
	    "listener \"secure\": tls_certificate: one: "));
	tls_close(&tls);
	stop();
}
END_TEST

static void
count_report(const char *message, void *arg)
{
	int *count = arg;

	(void)message;
	++*count;
}

START_TEST(check_is_strict)
{
	int errors = 0, warnings = 0;

	start();
	ck_assert_int_eq(tls_check_files(settings, count_report, count_report,
	    &errors), 0);
	ck_assert_int_eq(errors, 0);
	CERTIFICATE_MAKE(.path = "one", .name = "old", .until = -1);
	ck_assert_int_eq(tls_check_files(settings, count_report, fixture_report,
	    &errors), -EINVAL);
	ck_assert_int_eq(errors, 1);
	ck_assert_int_eq(warnings, 0);
	stop();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { contexts, reload_replaces_what_is_good,
	    reload_keeps_the_old_if_the_new_is_bad, start_without_a_file,
	    start_with_an_expired_one, check_is_strict };

	return UNIT_RUN("tls", tests);
}
