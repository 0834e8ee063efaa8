/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A TLS session in a file, from one run to the next.
 *
 * Whoever resumes a session is not shown a certificate again.  So the file says
 * for which server and by which authorities it was verified, and it is resumed
 * for these alone.
 */
#ifndef CLIENT_SESSION_FILE_H
#define CLIENT_SESSION_FILE_H

#include <stddef.h>

#include <await.h>

#include "common/tls_options.h"

/*
 * Reads the session that a run with these options may resume with the server of
 * that name.  Returns 0; -ENOENT if there is no file; -EINVAL if it holds none
 * that may be resumed; or another negative error.  error then says why.
 */
int session_file_load(const char *path, const struct tls_options *options,
    const char *server_name, aw_tls_session **session, char *error,
    size_t error_size);

/*
 * Replaces the file, which only its owner can read, by one of the session.
 * Returns 0 or a negative error.
 */
int session_file_save(const char *path, const struct tls_options *options,
    const char *server_name, const aw_tls_session *session);

#endif
