/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Preparing a transport for TLS.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "core/task.h"
#include "net/tls.h"
#include "net/tls_context.h"

#define DEFAULT_HANDSHAKE_TIMEOUT 60.0
#define DEFAULT_SHUTDOWN_TIMEOUT 30.0

/* Whom the server's certificate has to be for. */
static int
set_hostname(struct aw_tls *tls, const char *name)
{
	X509_VERIFY_PARAM *parameters = SSL_get0_param(tls->ssl);
	bool is_address;

	if (name == NULL || name[0] == '\0') {
		if (!tls->context->check_hostname)
			return 0;
		return -EINVAL;
	}
	ERR_clear_error();
	is_address = X509_VERIFY_PARAM_set1_ip_asc(parameters, name) == 1;
	if (is_address && !tls->context->check_hostname)
		(void)X509_VERIFY_PARAM_set1_ip(parameters, NULL, 0);
	ERR_clear_error();
	if (is_address)
		return 0;
	/* Names only: servers are not called by their address. */
	if (SSL_set_tlsext_host_name(tls->ssl, name) != 1)
		return -ENOMEM;
	SSL_set_hostflags(tls->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return !tls->context->check_hostname ||
	    SSL_set1_host(tls->ssl, name) == 1 ? 0 : -ENOMEM;
}

int
aw_tls_make_ssl(struct aw_tls *tls)
{
	tls->ssl = SSL_new(tls->context->ssl_ctx);
	if (tls->ssl == NULL)
		return -ENOMEM;
	/* A read takes what there is. */
	SSL_set_read_ahead(tls->ssl, 1);
	SSL_set_mode(tls->ssl, SSL_MODE_RELEASE_BUFFERS);
	SSL_set_options(tls->ssl, SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_NO_COMPRESSION);
	if (tls->context->server)
		SSL_set_accept_state(tls->ssl);
	return 0;
}

static int
prepare_client(struct aw_tls *tls, const aw_connection_options *options)
{
	int err;

	err = aw_tls_make_ssl(tls);
	if (err < 0)
		return err;
	SSL_set_connect_state(tls->ssl);
	if (options->tls_session != NULL && SSL_set_session(tls->ssl,
	    (SSL_SESSION *)options->tls_session) != 1)
		return -ENOMEM;
	return set_hostname(tls, options->server_hostname);
}

struct preparation {
	struct aw_tls *tls;
	const aw_connection_options *options;
	int result;
};

static void
run_preparation(void *arg)
{
	struct preparation *preparation = arg;

	preparation->result = prepare_client(preparation->tls,
	    preparation->options);
	ERR_clear_error();
	if (preparation->result < 0)
		aw_tls_free(preparation->tls);
}

static struct aw_tls *
make(void)
{
	struct aw_tls *tls = calloc(1, sizeof(*tls));

	if (tls == NULL)
		return NULL;
	tls->beginning = calloc(1, sizeof(*tls->beginning));
	if (tls->beginning == NULL) {
		free(tls);
		return NULL;
	}
	return tls;
}

int
aw_tls_attach(struct aw_transport *transport,
    const aw_connection_options *options)
{
	struct preparation preparation = { .options = options };
	struct aw_tls *tls;

	tls = preparation.tls = make();
	if (tls == NULL)
		return -ENOMEM;
	tls->transport = transport;
	tls->context = aw_tls_context_ref(options->tls);
	tls->beginning->timeout = options->tls_handshake_timeout > 0 ?
	    options->tls_handshake_timeout : DEFAULT_HANDSHAKE_TIMEOUT;
	tls->shutdown_timeout = options->tls_shutdown_timeout > 0 ?
	    options->tls_shutdown_timeout : DEFAULT_SHUTDOWN_TIMEOUT;
	/* A server has nothing of OpenSSL's before the client speaks. */
	if (!tls->context->server)
		aw_loop_call(run_preparation, &preparation);
	if (preparation.result == -EINVAL)
		aw_set_error_text("server_hostname: TLS needs the name that "
		    "the server's certificate is for");
	if (preparation.result < 0)
		return preparation.result;
	transport->tls = tls;
	transport->indirect = true;
	aw_tls_swap_protocol(tls);
	return 0;
}
