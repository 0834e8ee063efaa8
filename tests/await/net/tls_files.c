/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <unistd.h>

#include "common/certificates.h"
#include "net/tls_files.h"

#define HERE "DNS:localhost,IP:127.0.0.1"

void
tls_make_files(void)
{
	if (access(TLS_STRANGER, R_OK) == 0)
		return;
	CERTIFICATE_MAKE(.path = TLS_CA, .name = "authority",
	    .organization = "tests", .authority = true);
	CERTIFICATE_MAKE(.path = TLS_OTHER_CA, .name = "other",
	    .organization = "tests", .authority = true);
	CERTIFICATE_MAKE(.path = TLS_SERVER, .name = "server",
	    .organization = "tests", .alternative = HERE, .issuer = TLS_CA);
	CERTIFICATE_MAKE(.path = TLS_NAMED, .name = "named",
	    .organization = "tests", .alternative = "DNS:named.test",
	    .issuer = TLS_CA);
	CERTIFICATE_MAKE(.path = TLS_EXPIRED, .name = "expired",
	    .organization = "tests", .alternative = HERE, .issuer = TLS_CA,
	    .until = -1);
	CERTIFICATE_MAKE(.path = TLS_CLIENT, .name = "client",
	    .organization = "tests", .issuer = TLS_CA);
	CERTIFICATE_MAKE(.path = TLS_STRANGER, .name = "server",
	    .organization = "tests", .alternative = HERE,
	    .issuer = TLS_OTHER_CA);
}
