/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Certificates and keys of a TLS context, from files.
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <unistd.h>

#include "net/tls_context.h"

/* Whether the file can be read; otherwise OpenSSL would say less. */
static int
check_file(struct aw_tls_setup *setup, const char *path)
{
	if (access(path, R_OK) == 0)
		return 0;
	return aw_tls_complain(setup, -errno, "%s: %s", path, strerror(errno));
}

/* What a key or certificate is encrypted with, if it is known. */
static int
get_password(char *buffer, int size, int writing, void *arg)
{
	struct aw_tls_setup *setup = arg;
	const char *password = setup->options->key_password;
	size_t length;

	(void)writing;
	setup->password_wanted = true;
	if (password == NULL)
		return -1;
	length = strlen(password);
	if (length > (size_t)size)
		return -1;
	memcpy(buffer, password, length);
	return (int)length;
}

static int
load_certificate(struct aw_tls_setup *setup, const char *path)
{
	int err = check_file(setup, path);

	if (err < 0)
		return err;
	if (SSL_CTX_use_certificate_chain_file(setup->ssl_ctx, path) != 1)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "%s: no usable certificate in PEM form", path);
	return 0;
}

static int
load_key(struct aw_tls_setup *setup, const char *path)
{
	int err = check_file(setup, path);

	if (err < 0)
		return err;
	if (SSL_CTX_use_PrivateKey_file(setup->ssl_ctx, path,
	    SSL_FILETYPE_PEM) == 1)
		return 0;
	if (ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_X509 &&
	    ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "%s: the key does not belong to the certificate in %s",
		    path, setup->options->certificate);
	if (setup->options->key_password == NULL && setup->password_wanted)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "%s: the key needs a password", path);
	return aw_tls_complain(setup, AW_ETLSCONTEXT,
	    "%s: no usable key in PEM form", path);
}

static int
load_pair(struct aw_tls_setup *setup)
{
	const char *certificate = setup->options->certificate;
	const char *key = setup->options->key;
	int err;

	if (certificate == NULL)
		return key == NULL ? 0 : aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "%s: a key without a certificate", key);
	SSL_CTX_set_default_passwd_cb(setup->ssl_ctx, get_password);
	SSL_CTX_set_default_passwd_cb_userdata(setup->ssl_ctx, setup);
	err = load_certificate(setup, certificate);
	if (err == 0)
		err = load_key(setup, key != NULL ? key : certificate);
	SSL_CTX_set_default_passwd_cb(setup->ssl_ctx, NULL);
	SSL_CTX_set_default_passwd_cb_userdata(setup->ssl_ctx, NULL);
	return err;
}

/* Whose certificates a server asks for. */
static int
name_authorities(struct aw_tls_setup *setup, const char *path)
{
	STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(path);

	if (names == NULL)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "%s: no usable certificate in PEM form", path);
	SSL_CTX_set_client_CA_list(setup->ssl_ctx, names);
	return 0;
}

static int
load_authorities_file(struct aw_tls_setup *setup, const char *path)
{
	int err = check_file(setup, path);

	if (err < 0)
		return err;
	if (SSL_CTX_load_verify_file(setup->ssl_ctx, path) != 1)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "%s: no usable certificate in PEM form", path);
	return setup->options->server ? name_authorities(setup, path) : 0;
}

static int
load_authorities_folder(struct aw_tls_setup *setup, const char *path)
{
	int err = check_file(setup, path);

	if (err < 0)
		return err;
	if (SSL_CTX_load_verify_dir(setup->ssl_ctx, path) != 1)
		return aw_tls_complain(setup, AW_ETLSCONTEXT,
		    "%s: no folder of certificates", path);
	return 0;
}

static int
load_authorities(struct aw_tls_setup *setup)
{
	const aw_tls_options *options = setup->options;
	int err = 0;

	if (options->server &&
	    SSL_CTX_get_verify_mode(setup->ssl_ctx) == SSL_VERIFY_NONE)
		return 0;
	/* They are not in memory before a certificate has to be verified. */
	if (options->ca_file == NULL && options->ca_path == NULL)
		return SSL_CTX_set_default_verify_paths(setup->ssl_ctx) == 1 ?
		    0 : -ENOMEM;
	if (options->ca_file != NULL)
		err = load_authorities_file(setup, options->ca_file);
	if (err == 0 && options->ca_path != NULL)
		err = load_authorities_folder(setup, options->ca_path);
	return err;
}

int
aw_tls_load_files(struct aw_tls_setup *setup)
{
	int err = load_pair(setup);

	return err < 0 ? err : load_authorities(setup);
}
