/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * OCSP responses from files, which clients get stapled to the certificate.
 */
#ifndef ECHOD_TLS_STAPLE_H
#define ECHOD_TLS_STAPLE_H

#include "common/tls_pair.h"

#include <stddef.h>
#include <time.h>

/* All zero is none. */
struct tls_staple {
	unsigned char *data; /* DER */
	size_t size;
};

/*
 * Reads the file, and looks whether it is a good response about the pair's
 * certificate.  Returns 0; -errno of a file that can't be read; -EINVAL for
 * what is no response, or about another certificate; -ENOMEM; or, with the
 * staple read, -EKEYEXPIRED if its time is over and -EKEYREVOKED if the
 * certificate is not good.  error then names the file and says what is wrong.
 */
int tls_staple_read(struct tls_staple *staple, const char *path,
    const struct tls_pair *pair, time_t now, char *error, size_t error_size);

/* Frees what was read; also if it was only zeroed. */
void tls_staple_clear(struct tls_staple *staple);

#endif
