/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/*
 * A string of any bytes.  JSON has no place for bytes that are not UTF-8, so if
 * there are any, all that are not ASCII become '?'.
 */
static json_t *
text_value(const char *text, size_t size)
{
	json_t *value = json_stringn(text, size);
	char *copy;

	if (value != NULL)
		return value;
	copy = malloc(size + 1);
	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < size; i++)
		copy[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
	value = json_stringn(copy, size);
	free(copy);
	return value;
}

static json_t *
byte_value(int byte)
{
	return byte == COMPARE_NO_BYTE ? json_null() : json_integer(byte);
}

/*
 * Memory that ran out shows as NULL in the object or in the value.  jansson
 * refuses that, so only result needs to be looked at in the end.
 */
static void
set(int *result, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		*result = -1;
}

static void
set_text(int *result, json_t *object, const char *key, const char *text)
{
	set(result, object, key, text_value(text, strlen(text)));
}

static void
set_count(int *result, json_t *object, const char *key, uint64_t count)
{
	set(result, object, key, json_integer((json_int_t)count));
}

static void
set_real(int *result, json_t *object, const char *key, double number)
{
	set(result, object, key, json_real(number));
}

static void
set_boolean(int *result, json_t *object, const char *key, bool flag)
{
	set(result, object, key, json_boolean(flag));
}

/* null where there is no text. */
static void
set_optional(int *result, json_t *object, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		set_text(result, object, key, text);
	else
		set(result, object, key, json_null());
}

static void
set_tls_options(int *result, json_t *object,
    const struct client_options *options)
{
	const struct tls_options *tls = &options->tls;

	set_boolean(result, object, "tls", tls->enabled);
	set_optional(result, object, "ca", tls->ca);
	set_boolean(result, object, "insecure", tls->insecure);
	set_optional(result, object, "servername", tls->server_name);
	set_optional(result, object, "cert", tls->certificate);
	set_optional(result, object, "key", tls->key);
	set_optional(result, object, "tls_min",
	    tls_options_version_text(tls->minimum));
	set_optional(result, object, "tls_max",
	    tls_options_version_text(tls->maximum));
	set_optional(result, object, "alpn", tls->alpn);
	set_optional(result, object, "resume", options->resume);
}

static json_t *
options_value(const struct client_options *options, int *result)
{
	json_t *object = json_object();

	set_text(result, object, "address", options->text);
	set(result, object, "message", options->message == NULL ? json_null() :
	    text_value(options->message, options->message_size));
	set_count(result, object, "count", (uint64_t)options->count);
	set_real(result, object, "interval", options->interval);
	set_count(result, object, "size", options->size);
	set_real(result, object, "timeout", options->timeout);
	set_tls_options(result, object, options);
	set_boolean(result, object, "quiet", options->quiet);
	set_boolean(result, object, "verbose", options->verbose);
	set_boolean(result, object, "json", options->json);
	return object;
}

static json_t *
round_trips_value(const struct statistics *times, int *result)
{
	json_t *object = json_object();

	set_real(result, object, "min", times->min);
	set_real(result, object, "avg", times->mean);
	set_real(result, object, "max", times->max);
	set_real(result, object, "mdev", statistics_deviation(times));
	return object;
}

static json_t *
echoes_value(const struct report *report, int *result)
{
	json_t *object = json_object();

	set_count(result, object, "sent", report->sent);
	set_count(result, object, "received", report->received);
	set_count(result, object, "wrong", report->wrong);
	set_count(result, object, "missing", report->sent - report->received);
	set(result, object, "round_trip", report->round_trips.count == 0 ?
	    json_null() : round_trips_value(&report->round_trips, result));
	return object;
}

static json_t *
error_value(const struct report_error *error, int *result)
{
	json_t *object = json_object();

	set_text(result, object, "phase", report_phase_names[error->phase]);
	set_text(result, object, "text", error->text);
	if (error->sequence != 0)
		set_count(result, object, "sequence", error->sequence);
	if (!error->differs)
		return object;
	set_count(result, object, "offset", error->difference.offset);
	set(result, object, "sent", byte_value(error->difference.sent));
	set(result, object, "received", byte_value(error->difference.received));
	return object;
}

static json_t *
errors_value(const struct report *report, int *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < report->error_count &&
	    i < REPORT_ERRORS_KEPT; i++)
		if (json_array_append_new(array,
		    error_value(&report->errors[i], result)) != 0)
			*result = -1;
	return array;
}

static json_t *
tls_value(const struct tls_parameters *tls, int *result)
{
	json_t *object = json_object();

	set_optional(result, object, "version", tls->version);
	set_optional(result, object, "cipher", tls->cipher);
	set_optional(result, object, "group", tls->group);
	set_optional(result, object, "alpn", tls->alpn);
	set_optional(result, object, "server_name", tls->server_name);
	set_optional(result, object, "subject", tls->subject);
	set_optional(result, object, "issuer", tls->issuer);
	set_optional(result, object, "expires", tls->expires);
	set_optional(result, object, "verified", tls->verified);
	set_boolean(result, object, "resumed", tls->resumed);
	return object;
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
	set_optional(result, object, "peer",
	    report->answered ? report->peer : NULL);
	set(result, object, "connect_time",
	    real_or_null(report->connect_time, report->answered));
	set(result, object, "handshake_time",
	    real_or_null(report->handshake_time, report->encrypted));
	set(result, object, "tls", report->encrypted ?
	    tls_value(&report->tls, result) : json_null());
	set(result, object, "time", real_or_null(report->ended -
	    report->started, report->connected));
}

static json_t *
report_value(const struct report *report, int *result)
{
	const struct client_options *options = report->options;
	json_t *object = json_object();

	set_text(result, object, "program", "echo-client");
	set_text(result, object, "version", PACKAGE_VERSION);
	set_text(result, object, "mode", client_mode_names[options->mode]);
	set(result, object, "options", options_value(options, result));
	set_connection(result, object, report);
	set_count(result, object, "bytes_sent", report->bytes_sent);
	set_count(result, object, "bytes_received", report->bytes_received);
	set(result, object, "echoes", options->mode != CLIENT_PING ?
	    json_null() : echoes_value(report, result));
	set_boolean(result, object, "interrupted", report->interrupted);
	set(result, object, "errors", errors_value(report, result));
	set_count(result, object, "error_count", report->error_count);
	set_count(result, object, "exit_status", (uint64_t)report->status);
	return object;
}

char *
json_report(const struct report *report)
{
	int result = 0;
	json_t *object = report_value(report, &result);
	char *text = NULL;
	char *line = NULL;
	size_t length;

	if (result == 0)
		text = json_dumps(object, JSON_REAL_PRECISION(9));
	json_decref(object);
	if (text == NULL)
		return NULL;
	length = strlen(text);
	line = realloc(text, length + 2);
	if (line == NULL)
		free(text);
	else
		memcpy(line + length, "\n", 2);
	return line;
}
