/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_staple.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than any response has. */
#define LIMIT (64 * 1024)

static int
fail(int err, const char *path, const char *problem, char *error,
    size_t error_size)
{
	snprintf(error, error_size, "%s: %s", path, problem);
	ERR_clear_error();
	return err;
}

static int
read_file(struct tls_staple *staple, const char *path)
{
	FILE *file = fopen(path, "re");
	int err = 0;

	if (file == NULL)
		return -errno;
	staple->data = malloc(LIMIT);
	if (staple->data == NULL) {
		err = -ENOMEM;
		goto out;
	}
	errno = 0;
	staple->size = fread(staple->data, 1, LIMIT, file);
	if (ferror(file))
		err = -errno;
	else if (staple->size == LIMIT)
		err = -EFBIG;
out:
	fclose(file);
	return err;
}

/* What the response says about the certificate, or NULL. */
static OCSP_SINGLERESP *
find(OCSP_BASICRESP *basic, X509 *certificate)
{
	ASN1_INTEGER *mine = X509_get_serialNumber(certificate), *its;
	OCSP_SINGLERESP *single;

	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		single = OCSP_resp_get0(basic, i);
		if (OCSP_id_get0_info(NULL, NULL, NULL, &its,
		    (OCSP_CERTID *)(uintptr_t)
		    OCSP_SINGLERESP_get0_id(single)) == 1 &&
		    ASN1_INTEGER_cmp(mine, its) == 0)
			return single;
	}
	return NULL;
}

static int
check_single(OCSP_SINGLERESP *single, time_t now, const char *path,
    char *error, size_t error_size)
{
	ASN1_GENERALIZEDTIME *until;

	if (OCSP_single_get0_status(single, NULL, NULL, NULL, &until) !=
	    V_OCSP_CERTSTATUS_GOOD)
		return fail(-EKEYREVOKED, path, "the response does not say "
		    "that the certificate is good", error, error_size);
	if (until != NULL && X509_cmp_time(until, &now) < 0)
		return fail(-EKEYEXPIRED, path, "the time of the response is "
		    "over; fetch a new one", error, error_size);
	return 0;
}

static int
check(const struct tls_staple *staple, const struct tls_pair *pair,
    time_t now, const char *path, char *error, size_t error_size)
{
	const unsigned char *data = staple->data;
	OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &data,
	    (long)staple->size);
	OCSP_BASICRESP *basic = NULL;
	OCSP_SINGLERESP *single = NULL;
	int err;

	if (response != NULL && OCSP_response_status(response) ==
	    OCSP_RESPONSE_STATUS_SUCCESSFUL)
		basic = OCSP_response_get1_basic(response);
	if (basic != NULL)
		single = find(basic, pair->certificate);
	if (basic == NULL)
		err = fail(-EINVAL, path, "expected a successful OCSP "
		    "response in DER form", error, error_size);
	else if (single == NULL)
		err = fail(-EINVAL, path, "the response is about another "
		    "certificate", error, error_size);
	else
		err = check_single(single, now, path, error, error_size);
	OCSP_BASICRESP_free(basic);
	OCSP_RESPONSE_free(response);
	return err;
}

int
tls_staple_read(struct tls_staple *staple, const char *path,
    const struct tls_pair *pair, time_t now, char *error, size_t error_size)
{
	int err = read_file(staple, path);

	if (err < 0)
		fail(err, path, strerror(-err), error, error_size);
	else
		err = check(staple, pair, now, path, error, error_size);
	if (err < 0 && err != -EKEYEXPIRED && err != -EKEYREVOKED)
		tls_staple_clear(staple);
	return err;
}

void
tls_staple_clear(struct tls_staple *staple)
{
	free(staple->data);
	memset(staple, 0, sizeof(*staple));
}
