/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_parameters.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <string.h>

#include "tls_time.h"

/* More than any certificate's name needs that a person is to read. */
#define LONGEST 4096

static void
read_text(const aw_writer *writer, const char *name, char *buffer, size_t size)
{
	char text[LONGEST];
	int length;

	length = aw_writer_get_extra_info(writer, name, text, sizeof(text));
	if (length == -ENOSPC)
		snprintf(buffer, size, "(longer than %d bytes)", LONGEST);
	else
		snprintf(buffer, size, "%s", length > 0 ? text : "");
}

static void
read_expiry(const aw_writer *writer, char *buffer, size_t size)
{
	X509 *certificate = NULL;
	SSL *ssl;

	buffer[0] = '\0';
	if (aw_writer_get_extra_info(writer, "ssl_object", &ssl,
	    sizeof(ssl)) > 0)
		certificate = SSL_get0_peer_certificate(ssl);
	if (certificate != NULL)
		tls_time_text(X509_get0_notAfter(certificate), buffer, size);
}

void
tls_parameters_read(const aw_writer *writer, struct tls_parameters *parameters)
{
	const struct {
		const char *name;
		char *buffer;
		size_t size;
	} texts[] = {
#define TEXT(name, field) \
	{ name, parameters->field, sizeof(parameters->field) }
		TEXT("ssl_version", version),
		TEXT("cipher", cipher),
		TEXT("group", group),
		TEXT("alpn", alpn),
		TEXT("server_name", server_name),
		TEXT("subject", subject),
		TEXT("issuer", issuer),
		TEXT("verify_result", verified),
#undef TEXT
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		read_text(writer, texts[i].name, texts[i].buffer,
		    texts[i].size);
	read_expiry(writer, parameters->expires, sizeof(parameters->expires));
	if (aw_writer_get_extra_info(writer, "session_reused",
	    &parameters->resumed, sizeof(parameters->resumed)) < 0)
		parameters->resumed = false;
}
