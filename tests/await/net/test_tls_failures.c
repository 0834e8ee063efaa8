/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS while something runs out, for each call that can, OpenSSL's own memory
 * included: nothing may hang, be left open, or leak.
 */
#include <errno.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/scenario.h"
#include "net/tls_peer.h"

#define SIZE (32 * 1024)

static char sent[SIZE], received[SIZE];
static bool resumes, starts;

/* OpenSSL's allocators; which of its calls fails is counted apart. */
void *__real_malloc(size_t size);
void *__real_realloc(void *memory, size_t size);
static atomic_uint ssl_calls, ssl_failing;

static bool
ssl_must_fail(void)
{
	return atomic_fetch_add(&ssl_calls, 1) + 1 == ssl_failing;
}

static void *
ssl_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return ssl_must_fail() ? NULL : __real_malloc(size);
}

static void *
ssl_realloc(void *memory, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return ssl_must_fail() ? NULL : __real_realloc(memory, size);
}

static void
ssl_free(void *memory, const char *file, int line)
{
	(void)file, (void)line;
	free(memory);
}

static int
serve(aw_reader *reader, aw_writer *writer, void *arg)
{
	int err = 0;

	(void)arg;
	if (starts) {
		aw_connection_options options = { .limit = 0 };
		aw_tls_options settings = {
			.server = true, .certificate = TLS_SERVER,
		};
		aw_tls_context *context;

		err = aw_tls_context_new(&settings, &context, NULL, 0);
		if (err == 0) {
			err = aw_writer_start_tls(writer, context, &options);
			aw_tls_context_unref(context);
		}
	}
	return err < 0 ? err : tls_echo(reader, writer, NULL);
}

static int
open_client(uint16_t port, aw_tls_session *session, aw_reader **reader,
    aw_writer **writer)
{
	aw_tls_options settings = { .ca_file = TLS_CA };
	aw_connection_options options = {
		.server_hostname = "localhost", .tls_session = session,
	};
	aw_tls_context *context;
	int err;

	err = aw_tls_context_new(&settings, &context, NULL, 0);
	if (err < 0)
		return err;
	if (!starts)
		options.tls = context;
	err = aw_open_connection("127.0.0.1", port, &options, reader, writer);
	if (err == 0 && starts) {
		err = aw_writer_start_tls(*writer, context, &options);
		if (err < 0)
			aw_writer_free(*writer);
	}
	aw_tls_context_unref(context);
	return err;
}

static int
echo(uint16_t port, aw_tls_session *session, aw_tls_session **next)
{
	char subject[64];
	aw_reader *reader;
	aw_writer *writer;
	ssize_t n;
	int err;

	err = open_client(port, session, &reader, &writer);
	if (err < 0)
		return err;
	aw_writer_write(writer, sent, SIZE);
	aw_writer_write_eof(writer);
	n = aw_reader_readexactly(reader, received, SIZE);
	if (n == SIZE) {
		must(memcmp(sent, received, SIZE) == 0);
		(void)aw_writer_get_extra_info(writer, "subject", subject,
		    sizeof(subject));
		if (aw_writer_get_tls_session(writer, next) < 0)
			*next = NULL;
	} else {
		/* Nobody reads any more. */
		aw_writer_abort(writer);
	}
	aw_writer_close(writer);
	err = aw_writer_wait_closed(writer);
	aw_writer_free(writer);
	return n < 0 ? (int)n : err;
}

static int
run_clients(uint16_t port)
{
	aw_tls_session *first = NULL, *second = NULL;
	int err;

	err = echo(port, NULL, &first);
	if (err == 0 && resumes)
		err = echo(port, first, &second);
	aw_tls_session_free(first);
	aw_tls_session_free(second);
	return err;
}

static int
run(void *arg)
{
	aw_tls_options settings = { .server = true, .certificate = TLS_SERVER };
	aw_server_options options = { .accept_pause = 0.001 };
	aw_tls_context *context = NULL;
	aw_server *server;
	int err, port;

	(void)arg;
	aw_loop_set_exception_handler(aw_get_running_loop(), ignore_report,
	    NULL);
	err = aw_tls_context_new(&settings, &context, NULL, 0);
	if (err < 0)
		return err;
	if (!starts)
		options.connection.tls = context;
	err = aw_start_server(serve, NULL, "127.0.0.1", 0, &options, &server);
	aw_tls_context_unref(context);
	if (err < 0)
		return err;
	port = aw_server_port(server);
	err = port < 0 ? -ENOBUFS : run_clients((uint16_t)port);
	/* One that was never accepted would be waited for. */
	aw_server_close(server);
	aw_server_abort_clients(server);
	aw_server_free(server);
	return err;
}

static int
scenario(void)
{
	return run_main(run, NULL);
}

/* What OpenSSL makes once, it must have made. */
static void
prepare(bool with_start, bool with_resumption)
{
	starts = with_start;
	resumes = with_resumption;
	tls_make_files();
	must(scenario() == 0);
}

/*
 * Runs it with the n-th call of ours failing, for every n.  If it is the other
 * end that fails, the error is whatever comes of that.
 */
static void
fail_each(bool for_good)
{
	unsigned n, descriptors = net_open_descriptors();
	bool failed = true;
	int result = 0;

	for (n = 1; failed; n++) {
		fail_at(n, for_good);
		result = scenario();
		failed = fail_stop();
		ck_assert_msg(result == 0 || failed, "%s without a failure",
		    aw_strerror(result));
		ck_assert_uint_eq(net_open_descriptors(), descriptors);
	}
	ck_assert_int_eq(result, 0);
	ck_assert_uint_gt(n, 20);
}

START_TEST(each_call_of_a_connection_may_fail)
{
	prepare(false, true);
	fail_each(false);
}
END_TEST

START_TEST(each_call_may_fail_for_good)
{
	prepare(false, false);
	fail_each(true);
}
END_TEST

START_TEST(each_call_of_a_connection_that_goes_over_may_fail)
{
	prepare(true, false);
	fail_each(false);
}
END_TEST

/* They are thousands, so it is some of them, all over a connection's life. */
START_TEST(memory_of_openssls_may_be_short)
{
	unsigned n, calls, descriptors;
	int result;

	prepare(false, true);
	descriptors = net_open_descriptors();
	atomic_store(&ssl_calls, 0);
	ck_assert_int_eq(scenario(), 0);
	calls = atomic_load(&ssl_calls);
	ck_assert_uint_gt(calls, 1000);
	for (n = 1; n <= calls; n += 1 + calls / 60) {
		atomic_store(&ssl_calls, 0);
		atomic_store(&ssl_failing, n);
		result = scenario();
		atomic_store(&ssl_failing, 0);
		ck_assert_int_le(result, 0);
		ck_assert_uint_eq(net_open_descriptors(), descriptors);
	}
	ck_assert_int_eq(scenario(), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		each_call_of_a_connection_may_fail,
		each_call_may_fail_for_good,
		each_call_of_a_connection_that_goes_over_may_fail,
		memory_of_openssls_may_be_short,
	};

	if (CRYPTO_set_mem_functions(ssl_malloc, ssl_realloc, ssl_free) != 1)
		return EXIT_FAILURE;
	return NET_MAIN("tls_failures", tests);
}
