/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Contexts: the settings of TLS.
 */
#include <errno.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/task.h"
#include "net/tls_context.h"

/* The longest name that ALPN can tell. */
#define LONGEST_PROTOCOL 255
/* Bytes of a client's list of groups: 256 of them, and clients have ten. */
#define LONGEST_GROUPS (2 + 2 * 256)

aw_tls_context *
aw_tls_context_wrap(SSL_CTX *ssl_ctx, bool server, bool check_hostname)
{
	aw_tls_context *context;

	context = calloc(1, sizeof(*context));
	if (context == NULL)
		return NULL;
	if (SSL_CTX_up_ref(ssl_ctx) != 1) {
		free(context);
		return NULL;
	}
	context->ssl_ctx = ssl_ctx;
	context->references = 1;
	context->server = server;
	context->check_hostname = check_hostname;
	return context;
}

aw_tls_context *
aw_tls_context_new_of(struct ssl_ctx_st *ssl_ctx, bool server,
    bool check_hostname)
{
	return aw_tls_context_wrap(ssl_ctx, server, check_hostname);
}

struct ssl_ctx_st *
aw_tls_context_get_ssl_ctx(const aw_tls_context *context)
{
	return context->ssl_ctx;
}

bool
aw_tls_context_is_server(const aw_tls_context *context)
{
	return context->server;
}

aw_tls_context *
aw_tls_context_ref(aw_tls_context *context)
{
	if (context != NULL)
		__atomic_fetch_add(&context->references, 1, __ATOMIC_RELAXED);
	return context;
}

void
aw_tls_context_unref(aw_tls_context *context)
{
	if (context == NULL || __atomic_sub_fetch(&context->references, 1,
	    __ATOMIC_ACQ_REL) > 0)
		return;
	SSL_CTX_free(context->ssl_ctx);
	free(context->alpn);
	free(context);
}

int
aw_tls_complain(struct aw_tls_setup *setup, int error, const char *format, ...)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = ERR_reason_error_string(code);
	va_list arguments;
	int length;

	if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
		error = -ENOMEM;
	ERR_clear_error();
	va_start(arguments, format);
	length = vsnprintf(setup->text, setup->size, format, arguments);
	va_end(arguments);
	if (reason != NULL && length >= 0 && (size_t)length < setup->size)
		snprintf(setup->text + length, setup->size - (size_t)length,
		    ": %s", reason);
	return error;
}

static int
set_versions(struct aw_tls_setup *setup)
{
	static const int versions[] = {
		[AW_TLS_VERSION_1_2] = TLS1_2_VERSION,
		[AW_TLS_VERSION_1_3] = TLS1_3_VERSION,
	};
	aw_tls_version minimum = setup->options->minimum_version;
	aw_tls_version maximum = setup->options->maximum_version;

	if (minimum > AW_TLS_VERSION_1_3 || maximum > AW_TLS_VERSION_1_3)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "there is no such version of TLS");
	if (minimum == AW_TLS_VERSION_DEFAULT)
		minimum = AW_TLS_VERSION_1_2;
	if (maximum != AW_TLS_VERSION_DEFAULT && maximum < minimum)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "the maximum version of TLS is below the minimum");
	if (SSL_CTX_set_min_proto_version(setup->ssl_ctx,
	    versions[minimum]) != 1 ||
	    (maximum != AW_TLS_VERSION_DEFAULT &&
	    SSL_CTX_set_max_proto_version(setup->ssl_ctx,
	    versions[maximum]) != 1))
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "these versions of TLS can't be used");
	return 0;
}

static int
set_ciphers(struct aw_tls_setup *setup)
{
	const aw_tls_options *options = setup->options;

	if (options->ciphers != NULL &&
	    SSL_CTX_set_cipher_list(setup->ssl_ctx, options->ciphers) != 1)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "ciphers \"%s\"", options->ciphers);
	if (options->cipher_suites != NULL &&
	    SSL_CTX_set_ciphersuites(setup->ssl_ctx,
	    options->cipher_suites) != 1)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "cipher suites \"%s\"", options->cipher_suites);
	if (options->groups != NULL &&
	    SSL_CTX_set1_groups_list(setup->ssl_ctx, options->groups) != 1)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "groups \"%s\"", options->groups);
	return 0;
}

static void
set_verify(struct aw_tls_setup *setup)
{
	aw_tls_verify verify = setup->options->verify;
	int mode = SSL_VERIFY_PEER;

	if (verify == AW_TLS_VERIFY_DEFAULT)
		verify = setup->options->server ? AW_TLS_VERIFY_NONE :
		    AW_TLS_VERIFY_REQUIRED;
	if (verify == AW_TLS_VERIFY_NONE)
		mode = SSL_VERIFY_NONE;
	else if (verify == AW_TLS_VERIFY_REQUIRED)
		mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_CTX_set_verify(setup->ssl_ctx, mode, NULL);
}

/* The first of the server's protocols that the client has. */
static int
select_protocol(SSL *ssl, const unsigned char **chosen, unsigned char *size,
    const unsigned char *offered, unsigned offered_size, void *arg)
{
	const aw_tls_context *context = arg;
	unsigned char *name;

	(void)ssl;
	if (SSL_select_next_proto(&name, size, context->alpn,
	    context->alpn_size, offered, offered_size) ==
	    OPENSSL_NPN_NEGOTIATED) {
		*chosen = name;
		return SSL_TLSEXT_ERR_OK;
	}
	return context->alpn_required ? SSL_TLSEXT_ERR_ALERT_FATAL :
	    SSL_TLSEXT_ERR_NOACK;
}

/* Writes the names as ALPN has them.  0 or an error. */
static int
encode_protocols(struct aw_tls_setup *setup)
{
	aw_tls_context *context = setup->context;
	const char *const *name;
	unsigned char *end;
	size_t length, size = 0;

	for (name = setup->options->alpn; *name != NULL; name++) {
		length = strlen(*name);
		if (length == 0 || length > LONGEST_PROTOCOL)
			return aw_tls_complain(setup, AW_ETLSCONTEXT,
			    "ALPN \"%s\": 1 to %d bytes are expected", *name,
			    LONGEST_PROTOCOL);
		size += 1 + length;
	}
	context->alpn = end = malloc(size + 1);
	if (end == NULL)
		return -ENOMEM;
	for (name = setup->options->alpn; *name != NULL; name++) {
		length = strlen(*name);
		*end++ = (unsigned char)length;
		memcpy(end, *name, length);
		end += length;
	}
	context->alpn_size = (unsigned)size;
	return 0;
}

static int
set_protocols(struct aw_tls_setup *setup)
{
	aw_tls_context *context = setup->context;
	int err;

	if (setup->options->alpn == NULL || setup->options->alpn[0] == NULL)
		return 0;
	err = encode_protocols(setup);
	if (err < 0)
		return err;
	context->alpn_required = setup->options->alpn_required;
	if (context->server)
		SSL_CTX_set_alpn_select_cb(setup->ssl_ctx, select_protocol,
		    context);
	/* This one returns 0 if all is well. */
	else if (SSL_CTX_set_alpn_protos(setup->ssl_ctx, context->alpn,
	    context->alpn_size) != 0)
		return -ENOMEM;
	return 0;
}

static int
set_sessions(struct aw_tls_setup *setup)
{
	static const unsigned char name[] = "await";
	SSL_CTX *ssl_ctx = setup->ssl_ctx;

	/* Tickets need no memory here, and a client keeps its sessions. */
	SSL_CTX_set_session_cache_mode(ssl_ctx, SSL_SESS_CACHE_OFF);
	if (setup->options->no_tickets) {
		SSL_CTX_set_options(ssl_ctx, SSL_OP_NO_TICKET);
		if (SSL_CTX_set_num_tickets(ssl_ctx, 0) != 1)
			return -ENOMEM;
	}
	/* Without it, nobody who showed a certificate could resume. */
	return SSL_CTX_set_session_id_context(ssl_ctx, name,
	    sizeof(name) - 1) == 1 ? 0 : -ENOMEM;
}

/*
 * OpenSSL's callback, before it looks at the hello.  It compares each of the
 * client's key shares with each of its groups, which for the longest lists
 * takes 150 times as long as a handshake.
 */
static int
check_hello(SSL *ssl, int *alert, void *arg)
{
	const unsigned char *groups;
	size_t size;

	(void)arg;
	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_groups,
	    &groups, &size) != 1 || size <= LONGEST_GROUPS)
		return SSL_CLIENT_HELLO_SUCCESS;
	ERR_raise(ERR_LIB_SSL, SSL_R_BAD_EXTENSION);
	*alert = SSL_AD_ILLEGAL_PARAMETER;
	return SSL_CLIENT_HELLO_ERROR;
}

static int
set_up(struct aw_tls_setup *setup)
{
	int err;

	if (setup->options->server)
		SSL_CTX_set_client_hello_cb(setup->ssl_ctx, check_hello, NULL);

	SSL_CTX_set_options(setup->ssl_ctx, SSL_OP_NO_COMPRESSION |
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	set_verify(setup);
	err = set_versions(setup);
	if (err == 0)
		err = set_ciphers(setup);
	if (err == 0)
		err = set_protocols(setup);
	if (err == 0)
		err = set_sessions(setup);
	if (err == 0)
		err = aw_tls_load_files(setup);
	return err;
}

static int
make_context(struct aw_tls_setup *setup)
{
	int err = -ENOMEM;

	ERR_clear_error();
	setup->ssl_ctx = SSL_CTX_new(setup->options->server ?
	    TLS_server_method() : TLS_client_method());
	if (setup->ssl_ctx == NULL)
		goto no_ssl_ctx;
	setup->context = aw_tls_context_wrap(setup->ssl_ctx,
	    setup->options->server, !setup->options->no_check_hostname &&
	    setup->options->verify != AW_TLS_VERIFY_NONE);
	SSL_CTX_free(setup->ssl_ctx);
	if (setup->context == NULL)
		goto no_context;
	err = set_up(setup);
	if (err < 0)
		aw_tls_context_unref(setup->context);
no_context:
no_ssl_ctx:
	ERR_clear_error();
	if (err == -ENOMEM)
		snprintf(setup->text, setup->size, "%s", aw_strerror(err));
	return err;
}

struct call {
	struct aw_tls_setup setup;
	int result;
};

static void
run_call(void *arg)
{
	struct call *call = arg;

	call->result = make_context(&call->setup);
}

int
aw_tls_context_new(const aw_tls_options *options, aw_tls_context **context,
    char *text, size_t size)
{
	static const aw_tls_options defaults;
	char own_text[AW_TLS_TEXT_SIZE] = "";
	struct call call = { .setup = {
		.options = options != NULL ? options : &defaults,
		.text = own_text,
		.size = sizeof(own_text),
	} };

	aw_loop_call(run_call, &call);
	if (text != NULL && size > 0)
		snprintf(text, size, "%s", own_text);
	if (call.result == 0)
		*context = call.setup.context;
	else
		aw_set_error_text("%s", own_text);
	return call.result;
}
