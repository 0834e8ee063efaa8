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
static struct listener items[2], next_items[2];
static struct listeners listeners = { .items = items, .count = 2 };
static struct listeners next = { .items = next_items, .count = 2 };

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
	for (size_t i = 0; i < 2; i++) {
		items[i].name = settings->sections[i].name;
		items[i].settings = config_listener(settings, i);
		next_items[i] = items[i];
	}
}

static void
stop(void)
{
	settings_free(settings);
	folder_remove();
}

START_TEST(contexts)
{
	start();
	ck_assert_int_eq(tls_open(&listeners, settings, NULL), 0);
	ck_assert_ptr_null(items[0].context);
	ck_assert_ptr_null(items[0].tls);
	ck_assert_ptr_nonnull(items[1].context);
	ck_assert_uint_eq(tls_count(&listeners), 1);
	ck_assert_double_eq(tls_rotation(&listeners), 3600);
	ck_assert(!items[1].tls->tickets.current.there);
	tls_rotate(&listeners);
	ck_assert(items[1].tls->tickets.current.there);
	tls_close(&listeners);
	stop();
}
END_TEST

START_TEST(reload_makes_new_contexts_and_keeps_tickets)
{
	start();
	ck_assert_int_eq(tls_open(&listeners, settings, NULL), 0);
	CERTIFICATE_MAKE(.path = "one", .name = "other");
	((struct listener_settings *)settings->sections[1].values)->
	    tls_ticket_interval = 7;
	ck_assert_int_eq(tls_open(&next, settings, &listeners), 0);
	ck_assert_double_eq(items[1].tls->tickets.interval, 3600);
	ck_assert_int_eq(SSL_CTX_get_timeout(aw_tls_context_get_ssl_ctx(
	    next_items[1].context)), 14);
	ck_assert_ptr_ne(next_items[1].context, items[1].context);
	ck_assert_ptr_eq(next_items[1].tls, items[1].tls);
	/* Who has it may use it still. */
	ck_assert(aw_tls_context_is_server(items[1].context));
	tls_take_up(&next);
	ck_assert_double_eq(next_items[1].tls->tickets.interval, 7);
	tls_close(&listeners);
	ck_assert_ptr_nonnull(next_items[1].tls->name);
	tls_close(&next);
	stop();
}
END_TEST

static void
assert_keeps(const char *said)
{
	aw_tls_context *before = items[1].context;

	ck_assert_int_eq(tls_open(&next, settings, &listeners), -EINVAL);
	ck_assert_ptr_null(next_items[1].context);
	ck_assert_ptr_null(next_items[1].tls);
	ck_assert_ptr_eq(items[1].context, before);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), said));
}

START_TEST(reload_keeps_the_old_if_the_new_is_bad)
{
	start();
	ck_assert_int_eq(tls_open(&listeners, settings, NULL), 0);
	folder_write("one", "");
	assert_keeps("error: f:2: listener \"secure\": tls_certificate: one: "
	    "there is no certificate in PEM form\n");
	CERTIFICATE_MAKE(.path = "one", .name = "old", .until = -1);
	assert_keeps("error: f:2: listener \"secure\": tls_certificate: one: "
	    "the certificate of 'old' expired on ");
	tls_close(&listeners);
	stop();
}
END_TEST

START_TEST(start_without_a_file)
{
	start();
	unlink("one");
	ck_assert_int_eq(tls_open(&listeners, settings, NULL), -EINVAL);
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
	ck_assert_int_eq(tls_open(&listeners, settings, NULL), 0);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "warning: f:2: "
	    "listener \"secure\": tls_certificate: one: "));
	tls_close(&listeners);
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
	const TTest *const tests[] = { contexts,
	    reload_makes_new_contexts_and_keeps_tickets,
	    reload_keeps_the_old_if_the_new_is_bad, start_without_a_file,
	    start_with_an_expired_one, check_is_strict };

	return UNIT_RUN("tls", tests);
}
