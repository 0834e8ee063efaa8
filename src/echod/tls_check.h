/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Whether the TLS settings of a listener are good and go together, as far as
 * can be said without reading a file.
 */
#ifndef ECHOD_TLS_CHECK_H
#define ECHOD_TLS_CHECK_H

#include "tls_report.h"

/* Reports every error.  A listener without TLS has none. */
void tls_check(struct tls_report *report);

#endif
