/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "common/tls_explain.h"
#include "descriptor.h"

const char *const report_phase_names[] = {
	"connect", "handshake", "echo", "end", "input", "output", "internal"
};

void
report_init(struct report *report, const struct client_options *options)
{
	*report = (struct report){ .options = options };
}

void
report_fail(struct report *report, enum report_phase phase, uint64_t sequence,
    const struct difference *difference, const char *format, ...)
{
	struct report_error error = {
		.phase = phase,
		.sequence = sequence,
		.differs = difference != NULL,
	};
	va_list list;

	if (difference != NULL)
		error.difference = *difference;
	va_start(list, format);
	vsnprintf(error.text, sizeof(error.text), format, list);
	va_end(list);
	fprintf(stderr, "echo-client: %s\n", error.text);
	if (report->error_count < REPORT_ERRORS_KEPT)
		report->errors[report->error_count] = error;
	report->error_count++;
	if (report->status == CLIENT_GOOD)
		report->status = phase == REPORT_CONNECT ||
		    phase == REPORT_HANDSHAKE ?
		    CLIENT_UNREACHABLE : CLIENT_WRONG;
}

int
report_print(struct report *report, const void *data, size_t size)
{
	int err;

	if (report->output_error < 0)
		return report->output_error;
	err = descriptor_write(STDOUT_FILENO, data, size);
	if (err == 0 || err == -ECANCELED)
		return err;
	report->output_error = err;
	if (err == -EPIPE)
		report->output_closed = true;
	else
		report_fail(report, REPORT_OUTPUT, 0, NULL,
		    "standard output: %s", aw_strerror(err));
	return err;
}

const char *
report_loss_text(const struct report *report, int error, char *buffer,
    size_t size)
{
	const char *detail = aw_error_text();

	/* Whoever can cut a line can end a connection like that. */
	if (error == AW_ETLSTRUNCATED)
		snprintf(buffer, size, "the server closed the connection "
		    "without the end of TLS (close_notify)");
	else
		snprintf(buffer, size, "connection lost (%s%s)",
		    detail[0] != '\0' ? detail : aw_strerror(error),
		    report->lacks_certificate && report->bytes_received == 0 ?
		    TLS_EXPLAIN_LACK : "");
	return buffer;
}

const char *
report_server_text(const struct report *report, const void *first, size_t size)
{
	return !report->encrypted && tls_explain_is_alert(first, size) ?
	    "; " TLS_EXPLAIN_PLAIN : "";
}

bool
report_is_talkative(const struct report *report)
{
	return !report->options->quiet && !report->options->json;
}
