/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/failures.h"

#include <await.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/units.h"

void
failures_add(struct failures *failures, const struct load_error *error)
{
	for (size_t i = 0; i < failures->count; i++) {
		struct load_error *known = &failures->items[i];

		if (known->kind != error->kind ||
		    strcmp(known->text, error->text) != 0)
			continue;
		known->count += error->count;
		if (error->seconds < known->seconds) {
			known->seconds = error->seconds;
			known->connection = error->connection;
		}
		return;
	}
	if (failures->count < LOAD_ERRORS_KEPT)
		failures->items[failures->count++] = *error;
}

/* What can be done about an error, after a semicolon; or "". */
static const char *
remedy(int error)
{
	static const struct {
		int error;
		const char *text;
	} remedies[] = {
		{ -ECONNREFUSED, "; nothing listens there" },
		{ -ENOENT, "; there is no such socket" },
		{ -EMFILE, "; raise the limit of descriptors (ulimit -n)" },
		{ -ENFILE, "; raise the system's limit of files (sysctl "
		    "fs.file-max)" },
		{ -EADDRNOTAVAIL, "; the local ports are used up, or the "
		    "source is not this machine's: use --sources, or widen "
		    "net.ipv4.ip_local_port_range" },
		{ -EADDRINUSE, "; the local ports are used up: use more "
		    "--sources" },
		{ -ENOBUFS, "; the kernel is short of memory for sockets" },
		{ -ENETUNREACH, "; there is no route to it" },
		{ -EHOSTUNREACH, "; there is no route to it" },
		{ -EACCES, "; a rule of this machine's firewall, or the "
		    "socket's permissions, forbid it" },
		{ -EPERM, "; a rule of this machine's firewall forbids it" },
	};

	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (remedies[i].error == error)
			return remedies[i].text;
	return "";
}

const char *
failures_connect_text(int error, double timeout, char *buffer, size_t size)
{
	char limit[UNITS_TEXT_SIZE];

	if (error == -ETIMEDOUT)
		snprintf(buffer, size, "no answer within %s",
		    units_duration_text(timeout, limit, sizeof(limit)));
	else
		snprintf(buffer, size, "%s%s", aw_strerror(error),
		    remedy(error));
	return buffer;
}

enum statistics_counter
failures_loss_kind(int error)
{
	switch (error) {
	case 0:
	case AW_ETLSTRUNCATED:
		return COUNT_END_ERRORS;
	case -ETIMEDOUT:
		return COUNT_TIMEOUT_ERRORS;
	case -ECONNRESET:
	case -EPIPE:
		return COUNT_RESET_ERRORS;
	default:
		return COUNT_OTHER_ERRORS;
	}
}

const char *
failures_loss_text(int error, bool missing, double timeout, char *buffer,
    size_t size)
{
	const char *when = missing ? "while echoes were missing" :
	    "while nothing was under way";
	char limit[UNITS_TEXT_SIZE];

	switch (failures_loss_kind(error)) {
	case COUNT_END_ERRORS:
		snprintf(buffer, size, "the server ended the connection %s",
		    when);
		break;
	case COUNT_TIMEOUT_ERRORS:
		snprintf(buffer, size, "no progress of an echo within %s",
		    units_duration_text(timeout, limit, sizeof(limit)));
		break;
	case COUNT_RESET_ERRORS:
		snprintf(buffer, size, "the connection was reset %s", when);
		break;
	default:
		snprintf(buffer, size, "%s%s", aw_strerror(error),
		    remedy(error));
	}
	return buffer;
}
