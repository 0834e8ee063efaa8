/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "json.h"

#include "common/json.h"

static json_t *
byte_value(int byte)
{
	return byte == COMPARE_NO_BYTE ? json_null() : json_integer(byte);
}

static void
set_tls_options(int *result, json_t *object,
    const struct client_options *options)
{
	const struct tls_options *tls = &options->tls;

	json_set_boolean(result, object, "tls", tls->enabled);
	json_set_optional(result, object, "ca", tls->ca);
	json_set_boolean(result, object, "insecure", tls->insecure);
	json_set_optional(result, object, "servername", tls->server_name);
	json_set_optional(result, object, "cert", tls->certificate);
	json_set_optional(result, object, "key", tls->key);
	json_set_optional(result, object, "tls_min",
	    tls_options_version_text(tls->minimum));
	json_set_optional(result, object, "tls_max",
	    tls_options_version_text(tls->maximum));
	json_set_optional(result, object, "alpn", tls->alpn);
	json_set_optional(result, object, "resume", options->resume);
}

static json_t *
options_value(const struct client_options *options, int *result)
{
	json_t *object = json_object();

	json_set_text(result, object, "address", options->text);
	json_set(result, object, "message",
	    options->message == NULL ? json_null() :
	    json_text_value(options->message, options->message_size));
	json_set_count(result, object, "count", (uint64_t)options->count);
	json_set_number(result, object, "interval", options->interval);
	json_set_count(result, object, "size", options->size);
	json_set_number(result, object, "timeout", options->timeout);
	set_tls_options(result, object, options);
	json_set_boolean(result, object, "quiet", options->quiet);
	json_set_boolean(result, object, "verbose", options->verbose);
	json_set_boolean(result, object, "json", options->json);
	return object;
}

static json_t *
round_trips_value(const struct statistics *times, int *result)
{
	json_t *object = json_object();

	json_set_number(result, object, "min", times->min);
	json_set_number(result, object, "avg", times->mean);
	json_set_number(result, object, "max", times->max);
	json_set_number(result, object, "mdev", statistics_deviation(times));
	return object;
}

static json_t *
echoes_value(const struct report *report, int *result)
{
	json_t *object = json_object();

	json_set_count(result, object, "sent", report->sent);
	json_set_count(result, object, "received", report->received);
	json_set_count(result, object, "wrong", report->wrong);
	json_set_count(result, object, "missing",
	    report->sent - report->received);
	json_set(result, object, "round_trip", report->round_trips.count == 0 ?
	    json_null() : round_trips_value(&report->round_trips, result));
	return object;
}

static json_t *
error_value(const struct report_error *error, int *result)
{
	json_t *object = json_object();

	json_set_text(result, object, "phase",
	    report_phase_names[error->phase]);
	json_set_text(result, object, "text", error->text);
	if (error->sequence != 0)
		json_set_count(result, object, "sequence", error->sequence);
	if (!error->differs)
		return object;
	json_set_count(result, object, "offset", error->difference.offset);
	json_set(result, object, "sent", byte_value(error->difference.sent));
	json_set(result, object, "received",
	    byte_value(error->difference.received));
	return object;
}

static json_t *
errors_value(const struct report *report, int *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->error_count &&
	    i < REPORT_ERRORS_KEPT; i++)
		json_append(result, array, error_value(&report->errors[i],
		    result));
	return array;
}

static json_t *
real_or_null(double number, bool known)
{
	return known ? json_real(number) : json_null();
}

/* What only a connection can show; null as far as there is none. */
static void
set_connection(int *result, json_t *object, const struct report *report)
{
	json_set_optional(result, object, "peer",
	    report->answered ? report->peer : NULL);
	json_set(result, object, "connect_time",
	    real_or_null(report->connect_time, report->answered));
	json_set(result, object, "handshake_time",
	    real_or_null(report->handshake_time, report->encrypted));
	json_set(result, object, "tls", report->encrypted ?
	    json_tls_value(&report->tls, result) : json_null());
	json_set(result, object, "time", real_or_null(report->ended -
	    report->started, report->connected));
}

static json_t *
report_value(const struct report *report, int *result)
{
	const struct client_options *options = report->options;
	json_t *object = json_object();

	json_set_text(result, object, "program", "echo-client");
	json_set_text(result, object, "version", PACKAGE_VERSION);
	json_set_text(result, object, "mode", client_mode_names[options->mode]);
	json_set(result, object, "options", options_value(options, result));
	set_connection(result, object, report);
	json_set_count(result, object, "bytes_sent", report->bytes_sent);
	json_set_count(result, object, "bytes_received",
	    report->bytes_received);
	json_set(result, object, "echoes", options->mode != CLIENT_PING ?
	    json_null() : echoes_value(report, result));
	json_set_boolean(result, object, "interrupted", report->interrupted);
	json_set(result, object, "errors", errors_value(report, result));
	json_set_count(result, object, "error_count", report->error_count);
	json_set_count(result, object, "exit_status", (uint64_t)report->status);
	return object;
}

char *
json_report(const struct report *report)
{
	int result = 0;
	json_t *object = report_value(report, &result);

	/* More digits of a time would be noise. */
	return json_line(object, result, 9);
}
