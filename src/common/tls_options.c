/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "tls_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tls_explain.h"

/* What ALPN has room for. */
#define LONGEST_PROTOCOL 255

static const char *const versions[] = { NULL, "1.2", "1.3" };

#define VERSION_COUNT (sizeof(versions) / sizeof(versions[0]))

const char *
tls_options_version_text(aw_tls_version version)
{
	return version < VERSION_COUNT ? versions[version] : NULL;
}

int
tls_options_store_version(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	(void)row;
	for (size_t i = 1; i < VERSION_COUNT; i++)
		if (strcmp(value, versions[i]) == 0) {
			*(aw_tls_version *)target = (aw_tls_version)i;
			return 0;
		}
	snprintf(error, error_size, "expected 1.2 or 1.3, not '%s'", value);
	return -EINVAL;
}

int
tls_options_store_alpn(const struct option_row *row, const char *value,
    void *target, char *error, size_t error_size)
{
	const char *name = value;

	(void)row;
	for (;;) {
		size_t length = strcspn(name, ",");

		if (length == 0 || length > LONGEST_PROTOCOL)
			break;
		if (name[length] == '\0') {
			*(const char **)target = value;
			return 0;
		}
		name += length + 1;
	}
	snprintf(error, error_size, "expected names of 1 to %d bytes, "
	    "separated by commas", LONGEST_PROTOCOL);
	return -EINVAL;
}

/* The first option that says nothing without TLS, or NULL. */
static const char *
needs_tls(const struct tls_options *options)
{
	const struct {
		const char *name;
		bool given;
	} all[] = {
		{ "ca", options->ca != NULL },
		{ "insecure", options->insecure },
		{ "servername", options->server_name != NULL },
		{ "cert", options->certificate != NULL },
		{ "key", options->key != NULL },
		{ "tls-min", options->minimum != AW_TLS_VERSION_DEFAULT },
		{ "tls-max", options->maximum != AW_TLS_VERSION_DEFAULT },
		{ "alpn", options->alpn != NULL },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].given)
			return all[i].name;
	return NULL;
}

static int
complain(char *error, size_t error_size, const char *text)
{
	snprintf(error, error_size, "%s", text);
	return -EINVAL;
}

int
tls_options_check(const struct tls_options *options, const char *host,
    char *error, size_t error_size)
{
	const char *alone = needs_tls(options);

	if (!options->enabled && alone != NULL) {
		snprintf(error, error_size, "--%s needs --tls", alone);
		return -EINVAL;
	}
	if (!options->enabled)
		return 0;
	if (options->key != NULL && options->certificate == NULL)
		return complain(error, error_size,
		    "--key needs --cert, the certificate that it is for");
	if (options->insecure && options->ca != NULL)
		return complain(error, error_size, "--insecure verifies "
		    "nothing, so there is no use for --ca");
	if (options->server_name != NULL && options->server_name[0] == '\0')
		return complain(error, error_size,
		    "--servername: expected a host name or an IP address");
	if (options->server_name == NULL && host == NULL && !options->insecure)
		return complain(error, error_size, "a Unix socket has no name "
		    "to look for in the certificate; use --servername");
	if (options->maximum != AW_TLS_VERSION_DEFAULT &&
	    options->minimum > options->maximum)
		return complain(error, error_size,
		    "--tls-min is above --tls-max");
	return 0;
}

/* Splits the names in place, into an array that the caller frees. */
static const char **
split_names(char *names)
{
	const char **array, **end;
	size_t count = 1;

	for (const char *c = names; *c != '\0'; c++)
		count += *c == ',';
	array = end = calloc(count + 1, sizeof(*array));
	if (array == NULL)
		return NULL;
	for (char *rest = names; rest != NULL;)
		*end++ = strsep(&rest, ",");
	return array;
}

static bool
is_folder(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int
make_context(const struct tls_options *options, const char *const *alpn,
    aw_tls_context **context, char *error, size_t error_size)
{
	aw_tls_options settings = {
		.certificate = options->certificate,
		.key = options->key,
		.verify = options->insecure ? AW_TLS_VERIFY_NONE :
		    AW_TLS_VERIFY_DEFAULT,
		.no_check_hostname = options->insecure,
		.minimum_version = options->minimum,
		.maximum_version = options->maximum,
		.alpn = alpn,
	};
	int err;

	if (options->ca != NULL && is_folder(options->ca))
		settings.ca_path = options->ca;
	else
		settings.ca_file = options->ca;
	err = aw_tls_context_new(&settings, context, error, error_size);
	if (err < 0)
		return err;
	err = tls_explain_prepare(*context);
	if (err < 0)
		aw_tls_context_unref(*context);
	return err;
}

int
tls_options_context(const struct tls_options *options,
    aw_tls_context **context, char *error, size_t error_size)
{
	const char **alpn = NULL;
	char *names = NULL;
	int err = -ENOMEM;

	if (options->alpn != NULL) {
		names = strdup(options->alpn);
		alpn = names != NULL ? split_names(names) : NULL;
		if (alpn == NULL)
			goto out;
	}
	error[0] = '\0';
	err = make_context(options, alpn, context, error, error_size);
out:
	if (err == -ENOMEM)
		snprintf(error, error_size, "%s", aw_strerror(err));
	free(alpn);
	free(names);
	return err;
}
