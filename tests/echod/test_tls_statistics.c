/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tls_statistics.h"

#include "../common/certificates.h"
#include "../common/folder.h"
#include "unit.h"
#include "fixture.h"

#include <errno.h>

static struct tls_statistics statistics;
static aw_server *server;
static char text[1024];

/* The fields of its line, as one text. */
static void
describe(const aw_writer *writer)
{
	struct log_field fields[TLS_FIELDS];
	struct tls_texts texts;
	size_t count = tls_fields(writer, &texts, fields), length = 0;

	for (size_t i = 0; i < count; i++)
		length += (size_t)snprintf(text + length,
		    sizeof(text) - length, "%s=%s ", fields[i].name,
		    fields[i].text);
}

static int
serve(aw_reader *reader, aw_writer *writer, void *arg)
{
	(void)reader;
	(void)arg;
	tls_statistics_add(&statistics, writer);
	describe(writer);
	aw_writer_write(writer, "x", 1);
	return 0;
}

static aw_tls_context *
make_context(bool is_server)
{
	const aw_tls_options options = {
		.server = is_server,
		.certificate = "one",
		.ca_file = "one",
		.verify = is_server ? AW_TLS_VERIFY_OPTIONAL :
		    AW_TLS_VERIFY_REQUIRED,
		.alpn = (const char *const[]){ "echo", NULL },
	};
	aw_tls_context *context;

	ck_assert_int_eq(aw_tls_context_new(&options, &context, text,
	    sizeof(text)), 0);
	return context;
}

static void
start(void)
{
	aw_server_options options = {
		.tls_failed = tls_statistics_failed,
		.tls_failed_arg = &statistics,
	};

	folder_make();
	CERTIFICATE_MAKE(.path = "one", .name = "alice", .authority = true,
	    .alternative = "DNS:one.test");
	options.connection.tls = make_context(true);
	tls_statistics_init(&statistics, "secure");
	ck_assert_int_eq(aw_start_server(serve, NULL, "127.0.0.1", 0, &options,
	    &server), 0);
	aw_tls_context_unref(options.connection.tls);
}

static void
stop(void)
{
	aw_server_close(server);
	ck_assert_int_eq(aw_server_wait_closed(server), 0);
	aw_server_free(server);
	folder_remove();
}

static int
connect_client(aw_tls_context *context, aw_reader **reader, aw_writer **writer)
{
	const aw_connection_options options = {
		.tls = context,
		.server_hostname = "one.test",
	};

	return aw_open_connection("127.0.0.1",
	    (uint16_t)aw_server_port(server),
	    context != NULL ? &options : NULL, reader, writer);
}

static int
run_good(void *arg)
{
	aw_tls_context *context;
	aw_reader *reader;
	aw_writer *writer;
	char byte;

	(void)arg;
	start();
	context = make_context(false);
	ck_assert_int_eq(connect_client(context, &reader, &writer), 0);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 1);
	ck_assert_int_eq(aw_reader_read(reader, &byte, 1), 0);
	aw_writer_free(writer);
	aw_tls_context_unref(context);
	stop();
	return 0;
}

START_TEST(good_handshakes)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_good, NULL), 0);
	ck_assert_uint_eq(atomic_load(&statistics.handshakes), 1);
	ck_assert_uint_eq(atomic_load(&statistics.resumed), 0);
	ck_assert_uint_eq(atomic_load(&statistics.tls_1_3), 1);
	ck_assert_uint_eq(atomic_load(&statistics.with_client), 1);
	ck_assert_str_eq(text, "tls=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 "
	    "group=X25519 server_name=one.test alpn=echo client=CN=alice ");
	tls_statistics_log(&statistics);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "notice: listener "
	    "\"secure\": TLS handshakes: 1, of them 0 resumed, 0 by TLS 1.2"
	    "\n"));
}
END_TEST

/* Each is waited for. */
static void
fail_once(const char *bytes)
{
	aw_reader *reader;
	aw_writer *writer;
	char data[64];

	ck_assert_int_eq(connect_client(NULL, &reader, &writer), 0);
	if (*bytes != '\0')
		aw_writer_write(writer, bytes, strlen(bytes));
	else
		aw_writer_write_eof(writer);
	while (aw_reader_read(reader, data, sizeof(data)) > 0)
		continue;
	aw_writer_free(writer);
}

static int
run_bad(void *arg)
{
	(void)arg;
	start();
	fail_once("");
	for (int i = 0; i < 20; i++)
		fail_once("GET / HTTP/1.1\r\n\r\n");
	stop();
	return 0;
}

static size_t
count_lines(const char *with)
{
	const char *line = fixture_logged();
	size_t count = 0;

	while ((line = strstr(line, with)) != NULL) {
		count++;
		line++;
	}
	return count;
}

START_TEST(bad_ones_do_not_flood_the_log)
{
	fixture_capture_log();
	ck_assert_int_eq(aw_run(run_bad, NULL), 0);
	ck_assert_uint_eq(atomic_load(&statistics.handshakes), 0);
	ck_assert_uint_eq(
	    atomic_load(&statistics.failures[AW_TLS_NOT_TLS]), 20);
	ck_assert_uint_eq(
	    atomic_load(&statistics.failures[AW_TLS_CLOSED]), 1);
	ck_assert_uint_eq(count_lines("debug: TLS handshake failed: "), 1);
	ck_assert_uint_eq(count_lines(" listener=secure peer=127.0.0.1:"), 10);
	ck_assert_uint_eq(count_lines("info: TLS handshake failed: http "
	    "request listener=secure"), 9);
	ck_assert_uint_eq(count_lines(" reason=not_tls\n"), 9);
	ck_assert_uint_eq(log_limit_left_out(&statistics.limit), 11);
	tls_statistics_log(&statistics);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "TLS handshakes: 0, of "
	    "them 0 resumed, 0 by TLS 1.2; failed: 20 not_tls, 1 closed\n"));
}
END_TEST

START_TEST(bad_ends)
{
	static const int errors[] = { 0, -ECONNRESET, AW_ETLSTRUNCATED,
	    AW_ETLSALERT, AW_ETLS, AW_ETLS };

	fixture_capture_log();
	tls_statistics_init(&statistics, "secure");
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		tls_statistics_end(&statistics, errors[i]);
	tls_statistics_log(&statistics);
	ck_assert_ptr_nonnull(strstr(fixture_logged(), "notice: listener "
	    "\"secure\": TLS connections that ended badly: 1 truncated, 1 "
	    "alert, 2 broken\n"));
	ck_assert_ptr_null(strstr(fixture_logged(), "handshakes"));
}
END_TEST

START_TEST(nothing_to_tell)
{
	fixture_capture_log();
	tls_statistics_init(&statistics, "secure");
	tls_statistics_log(&statistics);
	ck_assert_str_eq(fixture_logged(), "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { good_handshakes,
	    bad_ones_do_not_flood_the_log, bad_ends, nothing_to_tell };

	return UNIT_RUN("tls_statistics", tests);
}
