/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <jansson.h>
#include <string.h>

#include "client/json.h"
#include "unit.h"

static struct client_options options;
static struct report report;

static void
setup(void)
{
	options = (struct client_options){
		.text = "127.0.0.1:7007",
		.mode = CLIENT_PING,
		.count = 5,
		.interval = 0.5,
		.size = 64,
		.timeout = 10,
		.json = true,
	};
	report_init(&report, &options);
}

static void
set_message(const char *message, size_t size)
{
	static char copy[64];

	memcpy(copy, message, size);
	options.mode = CLIENT_MESSAGE;
	options.message = copy;
	options.message_size = size;
}

/* Reads the report back, which must be one line. */
static json_t *
read_back(void)
{
	char *line = json_report(&report);
	json_error_t error;
	json_t *object;

	ck_assert_ptr_nonnull(line);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	object = json_loads(line, 0, &error);
	ck_assert_msg(object != NULL, "%s: %s", error.text, line);
	free(line);
	return object;
}

START_TEST(options_are_all_there)
{
	const char *address;
	json_int_t count, size;
	double interval, timeout;
	int quiet, json;
	json_t *object, *message;

	setup();
	object = read_back();
	ck_assert_int_eq(json_unpack(object, "{s:{s:s,s:I,s:F,s:I,s:F,s:b,s:b,"
	    "s:o}}", "options", "address", &address, "count", &count,
	    "interval", &interval, "size", &size, "timeout", &timeout,
	    "quiet", &quiet, "json", &json, "message", &message), 0);
	ck_assert_str_eq(address, "127.0.0.1:7007");
	ck_assert_int_eq(count, 5);
	ck_assert_double_eq(interval, 0.5);
	ck_assert_int_eq(size, 64);
	ck_assert_double_eq(timeout, 10);
	ck_assert_int_eq(quiet, 0);
	ck_assert_int_eq(json, 1);
	ck_assert(json_is_null(message));
	json_decref(object);
}
END_TEST

START_TEST(without_a_connection_its_figures_are_null)
{
	json_t *object;

	setup();
	report_fail(&report, REPORT_CONNECT, 0, NULL, "cannot connect");
	object = read_back();
	ck_assert(json_is_null(json_object_get(object, "peer")));
	ck_assert(json_is_null(json_object_get(object, "connect_time")));
	ck_assert(json_is_null(json_object_get(object, "time")));
	ck_assert_int_eq(json_integer_value(json_object_get(object,
	    "exit_status")), CLIENT_UNREACHABLE);
	json_decref(object);
}
END_TEST

START_TEST(tls_is_there_where_it_is_spoken)
{
	json_t *object, *group, *minimum;
	const char *version, *subject, *ca;
	double connect, handshake;
	int resumed, enabled;

	setup();
	options.tls = (struct tls_options){ .enabled = true, .ca = "ca.pem" };
	report.answered = report.connected = report.encrypted = true;
	report.connect_time = 0.25;
	report.handshake_time = 0.5;
	report.tls = (struct tls_parameters){
		.version = "TLSv1.2", .subject = "CN=server", .resumed = true,
	};
	object = read_back();
	ck_assert_int_eq(json_unpack(object, "{s:F,s:F,s:{s:s,s:s,s:o,s:b},"
	    "s:{s:b,s:s,s:o}}", "connect_time", &connect, "handshake_time",
	    &handshake, "tls", "version", &version, "subject", &subject,
	    "group", &group, "resumed", &resumed, "options", "tls", &enabled,
	    "ca", &ca, "tls_min", &minimum), 0);
	ck_assert_double_eq(connect, 0.25);
	ck_assert_double_eq(handshake, 0.5);
	ck_assert_str_eq(version, "TLSv1.2");
	ck_assert_str_eq(subject, "CN=server");
	ck_assert(json_is_null(group));
	ck_assert_int_eq(resumed, 1);
	ck_assert_int_eq(enabled, 1);
	ck_assert_str_eq(ca, "ca.pem");
	ck_assert(json_is_null(minimum));
	json_decref(object);
}
END_TEST

START_TEST(tls_is_null_where_it_is_not)
{
	json_t *object;

	setup();
	report.answered = report.connected = true;
	report.handshake_time = 0.5;
	object = read_back();
	ck_assert(json_is_null(json_object_get(object, "tls")));
	ck_assert(json_is_null(json_object_get(object, "handshake_time")));
	json_decref(object);
}
END_TEST

START_TEST(figures_of_echoes_are_there)
{
	json_int_t sent, received, wrong, missing;
	double min, avg, max, mdev;
	json_t *object;

	setup();
	report.answered = report.connected = true;
	report.sent = 4;
	report.received = 3;
	report.wrong = 1;
	statistics_add(&report.round_trips, 0.001);
	statistics_add(&report.round_trips, 0.003);
	object = read_back();
	ck_assert_int_eq(json_unpack(object, "{s:{s:I,s:I,s:I,s:I,"
	    "s:{s:F,s:F,s:F,s:F}}}", "echoes", "sent", &sent, "received",
	    &received, "wrong", &wrong, "missing", &missing, "round_trip",
	    "min", &min, "avg", &avg, "max", &max, "mdev", &mdev), 0);
	ck_assert_int_eq(sent, 4);
	ck_assert_int_eq(received, 3);
	ck_assert_int_eq(wrong, 1);
	ck_assert_int_eq(missing, 1);
	ck_assert_double_eq_tol(min, 0.001, 1e-9);
	ck_assert_double_eq_tol(avg, 0.002, 1e-9);
	ck_assert_double_eq_tol(max, 0.003, 1e-9);
	ck_assert_double_eq_tol(mdev, 0.001, 1e-9);
	json_decref(object);
}
END_TEST

START_TEST(an_error_carries_its_difference)
{
	const struct difference missing = { .offset = 12, .sent = 'A',
	    .received = COMPARE_NO_BYTE };
	const char *phase, *text;
	json_int_t sequence, offset, sent;
	json_t *object, *received;

	setup();
	report_fail(&report, REPORT_ECHO, 7, &missing, "missing %d", 1);
	object = read_back();
	ck_assert_int_eq(json_unpack(object, "{s:[{s:s,s:s,s:I,s:I,s:I,s:o}]}",
	    "errors", "phase", &phase, "text", &text, "sequence", &sequence,
	    "offset", &offset, "sent", &sent, "received", &received), 0);
	ck_assert_str_eq(phase, "echo");
	ck_assert_str_eq(text, "missing 1");
	ck_assert_int_eq(sequence, 7);
	ck_assert_int_eq(offset, 12);
	ck_assert_int_eq(sent, 'A');
	ck_assert(json_is_null(received));
	ck_assert_int_eq(report.status, CLIENT_WRONG);
	json_decref(object);
}
END_TEST

START_TEST(only_the_first_errors_are_kept_but_all_are_counted)
{
	json_t *object;

	setup();
	for (int i = 0; i < REPORT_ERRORS_KEPT + 5; i++)
		report_fail(&report, REPORT_ECHO, 0, NULL, "error %d", i);
	object = read_back();
	ck_assert_uint_eq(json_array_size(json_object_get(object, "errors")),
	    REPORT_ERRORS_KEPT);
	ck_assert_int_eq(json_integer_value(json_object_get(object,
	    "error_count")), REPORT_ERRORS_KEPT + 5);
	json_decref(object);
}
END_TEST

static void
check_message(const char *message, size_t size, const char *expected,
    size_t expected_size)
{
	json_t *object, *value;

	setup();
	set_message(message, size);
	object = read_back();
	value = json_object_get(json_object_get(object, "options"), "message");
	ck_assert_uint_eq(json_string_length(value), expected_size);
	ck_assert_mem_eq(json_string_value(value), expected, expected_size);
	json_decref(object);
}

START_TEST(a_message_of_utf8_is_kept)
{
	check_message("gr\xc3\xbc\xc3\x9f\n", 7, "gr\xc3\xbc\xc3\x9f\n", 7);
}
END_TEST

START_TEST(a_message_of_other_bytes_is_replaced)
{
	check_message("a\xff\xc3\nz", 5, "a?\?\nz", 5);
}
END_TEST

START_TEST(the_first_error_sets_the_status)
{
	setup();
	ck_assert_int_eq(report.status, CLIENT_GOOD);
	report_fail(&report, REPORT_CONNECT, 0, NULL, "one");
	report_fail(&report, REPORT_OUTPUT, 0, NULL, "two");
	ck_assert_int_eq(report.status, CLIENT_UNREACHABLE);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		options_are_all_there,
		without_a_connection_its_figures_are_null,
		tls_is_there_where_it_is_spoken,
		tls_is_null_where_it_is_not,
		figures_of_echoes_are_there,
		an_error_carries_its_difference,
		only_the_first_errors_are_kept_but_all_are_counted,
		a_message_of_utf8_is_kept,
		a_message_of_other_bytes_is_replaced,
		the_first_error_sets_the_status,
	};

	return UNIT_RUN("json", tests);
}
