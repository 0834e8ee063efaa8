/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The times of a certificate, as text.
 */
#ifndef COMMON_TLS_TIME_H
#define COMMON_TLS_TIME_H

#include <openssl/asn1.h>
#include <stdio.h>
#include <time.h>

#define TLS_TIME_TEXT_SIZE 32

/* As ISO 8601 has it, in UTC; "" for what is no time.  Returns buffer. */
static inline const char *
tls_time_text(const ASN1_TIME *time, char *buffer, size_t size)
{
	struct tm parts;

	if (ASN1_TIME_to_tm(time, &parts) != 1 ||
	    strftime(buffer, size, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		buffer[0] = '\0';
	return buffer;
}

#endif
