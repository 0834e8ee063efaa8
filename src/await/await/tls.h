/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * TLS: contexts, which say how it is spoken, and sessions to resume.
 *
 * A context goes into aw_connection_options, or to aw_writer_start_tls.  It is
 * not changed by being used, so any number of connections, loops and threads
 * may share one.  All functions are for any thread.
 */
#ifndef AWAIT_TLS_H
#define AWAIT_TLS_H

#include <await/types.h>

AW_BEGIN_DECLS

struct ssl_ctx_st;

/* What the peer's certificate has to be (SSLContext.verify_mode). */
typedef enum aw_tls_verify {
	AW_TLS_VERIFY_DEFAULT,  /* required of servers, not asked of clients */
	AW_TLS_VERIFY_NONE,     /* not asked for, or not verified */
	AW_TLS_VERIFY_OPTIONAL, /* verified if a client has one */
	AW_TLS_VERIFY_REQUIRED
} aw_tls_verify;

/* Earlier ones are not spoken. */
typedef enum aw_tls_version {
	AW_TLS_VERSION_DEFAULT, /* from 1.2 to the newest */
	AW_TLS_VERSION_1_2,
	AW_TLS_VERSION_1_3
} aw_tls_version;

/* All zero is a client that trusts the system's authorities. */
typedef struct aw_tls_options {
	bool server;
	/*
	 * PEM files (load_cert_chain): the certificate and those that lead to
	 * its authority, in this order, and the key; key NULL is the same file.
	 * A server needs them, unless what else it needs is added to its
	 * SSL_CTX.
	 */
	const char *certificate;
	const char *key;
	const char *key_password; /* NULL: a key that needs one is an error */
	/*
	 * PEM file and folder, hashed by openssl rehash, of the authorities
	 * that are trusted (load_verify_locations); without either, the
	 * system's.
	 */
	const char *ca_file;
	const char *ca_path;
	aw_tls_verify verify;
	/* Accept whatever name a verified certificate is for. */
	bool no_check_hostname;
	aw_tls_version minimum_version;
	aw_tls_version maximum_version;
	/* In OpenSSL's notation; NULL is its default. */
	const char *ciphers;       /* of TLS 1.2 (set_ciphers) */
	const char *cipher_suites; /* of TLS 1.3 */
	const char *groups;        /* for the key exchange */
	/*
	 * Names for ALPN, the preferred one first, and NULL
	 * (set_alpn_protocols).  A server takes the first of its own that the
	 * client has.
	 */
	const char *const *alpn;
	/* A server refuses clients that offer names, but none of these. */
	bool alpn_required;
	/* A server gives out no tickets, so its sessions can't be resumed. */
	bool no_tickets;
} aw_tls_options;

/*
 * Makes a context (ssl.SSLContext); options may be NULL.  Reads the files, and
 * so may block.  The caller gives it back with aw_tls_context_unref.  Returns
 * 0, -errno of a file that can't be read, AW_ETLSCONTEXT for what can't be
 * used, or -ENOMEM.  Then text, which has room for size bytes and may be NULL,
 * says which file or setting it is and what is wrong with it; so does
 * aw_error_text in a task.
 */
AW_MUST_CHECK int aw_tls_context_new(const aw_tls_options *options,
    aw_tls_context **context, char *text, size_t size);
/* Room for any text of aw_tls_context_new. */
#define AW_TLS_TEXT_SIZE 512

/*
 * Makes a context of an SSL_CTX of OpenSSL's, of which it takes a reference,
 * for servers or clients.  check_hostname says whether clients check whom a
 * certificate is for.  NULL if memory is short.
 */
aw_tls_context *aw_tls_context_new_of(struct ssl_ctx_st *ssl_ctx, bool server,
    bool check_hostname);

/*
 * The SSL_CTX, which stays the context's, for what has no option here: more
 * certificates, callbacks, keys of tickets.  To be changed only before the
 * context is used, but for what OpenSSL allows at any time.
 */
struct ssl_ctx_st *aw_tls_context_get_ssl_ctx(const aw_tls_context *context);
bool aw_tls_context_is_server(const aw_tls_context *context);

/* Take and give back references; NULL is fine.  The last one frees it. */
aw_tls_context *aw_tls_context_ref(aw_tls_context *context);
void aw_tls_context_unref(aw_tls_context *context);

/*
 * A session as bytes, to be kept and resumed by another process; they are
 * secret.  save returns how many there are, and writes them if size is enough.
 * load returns NULL if they are no session or memory is short.
 */
size_t aw_tls_session_save(const aw_tls_session *session, void *data,
    size_t size);
aw_tls_session *aw_tls_session_load(const void *data, size_t size);
/* NULL is fine. */
void aw_tls_session_free(aw_tls_session *session);

/* Why a TLS handshake failed, for statistics. */
typedef enum aw_tls_reason {
	AW_TLS_TIMEOUT,      /* it took longer than tls_handshake_timeout */
	AW_TLS_NOT_TLS,      /* the peer speaks something else */
	AW_TLS_CLOSED,       /* the peer closed the connection, or reset it */
	AW_TLS_ALERT,        /* the peer sent an alert */
	AW_TLS_UNSUPPORTED,  /* no version, cipher or protocol in common */
	AW_TLS_VERIFICATION, /* the peer's certificate, or that there is none */
	AW_TLS_MALFORMED,    /* records or messages that break the protocol */
	AW_TLS_CLOSING,      /* closed from here, or cancelled */
	AW_TLS_RESOURCES,    /* memory was short, or OpenSSL failed itself */
	AW_TLS_REASONS       /* how many there are */
} aw_tls_reason;

/* Its name, as a static string: "timeout", "not_tls". */
const char *aw_tls_reason_name(aw_tls_reason reason);

AW_END_DECLS

#endif
