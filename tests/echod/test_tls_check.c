/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tls_check.h"

#include "echod/configuration.h"
#include "../common/folder.h"
#include "unit.h"

static char reports[4096];

static void
note(const char *message, void *arg)
{
	(void)arg;
	strcat(reports, message);
	strcat(reports, "\n");
}

/* What is said of the settings of a listener in line 1. */
static void
assert_says(const char *settings, const char *expected)
{
	struct arguments arguments = { .config = "f" };
	struct settings *loaded;
	char text[1024];

	reports[0] = '\0';
	folder_make();
	snprintf(text, sizeof(text), "listener a {\n%s\n}\n", settings);
	folder_write("f", text);
	loaded = config_load(&arguments, note, NULL);
	folder_remove();
	ck_assert_str_eq(reports, expected);
	ck_assert_int_eq(loaded == NULL, *expected != '\0');
	settings_free(loaded);
}

#define ONE "tls = yes\ntls_certificate = x\n"

START_TEST(good_settings)
{
	assert_says(ONE, "");
	assert_says(ONE "tls_key = y\ntls_ocsp_staple = z\n", "");
	assert_says(ONE "tls_client_certificate = wanted\n"
	    "tls_client_ca = y\ntls_client_names = \"*.z\"\n", "");
	assert_says(ONE "tls_minimum_version = 1.3\ntls_ciphers = \"\"\n"
	    "tls_groups = P-521\ntls_alpn = { a, b }\n"
	    "tls_cipher_suites = TLS_AES_128_GCM_SHA256\n", "");
	/* What is not used is not looked at. */
	assert_says("tls_key = { a, b }\ntls_groups = none\n", "");
}
END_TEST

START_TEST(files)
{
	assert_says("tls = yes\n", "f:1: listener \"a\": tls_certificate: "
	    "expected a file; a listener that speaks TLS needs a certificate"
	    "\n");
	assert_says(ONE "tls_key = { y, z }\ntls_ocsp_staple = { y, z }\n",
	    "f:4: listener \"a\": tls_key: expected none or as many as there "
	    "are certificates, 1, not 2\n"
	    "f:5: listener \"a\": tls_ocsp_staple: expected at most as many "
	    "as there are certificates, 1, not 2\n");
}
END_TEST

START_TEST(clients)
{
	assert_says(ONE "tls_client_certificate = required\n",
	    "f:1: listener \"a\": tls_client_ca: expected a file; clients' "
	    "certificates must come from an authority\n");
	assert_says(ONE "tls_client_names = y\n", "f:4: listener \"a\": "
	    "tls_client_names: clients have names if tls_client_certificate "
	    "is 'wanted' or 'required'\n");
	assert_says(ONE "tls_client_certificate = required\n"
	    "tls_client_ca = y\ntls_client_names = { x, \"\" }\n",
	    "f:6: listener \"a\": tls_client_names: a name is empty\n");
}
END_TEST

START_TEST(versions_and_lists)
{
	assert_says(ONE "tls_minimum_version = 1.3\n"
	    "tls_maximum_version = 1.2\n", "f:5: listener \"a\": "
	    "tls_maximum_version: it is below tls_minimum_version\n");
	assert_says(ONE "tls_minimum_version = 1.1\n", "f:4: listener \"a\": "
	    "tls_minimum_version: '1.1' is not one of 1.2, 1.3; "
	    "did you mean '1.2'?\n");
	assert_says(ONE "tls_ciphers = none\ntls_cipher_suites = none\n"
	    "tls_groups = none\ntls_alpn = { a, \"\" }\n",
	    "f:7: listener \"a\": tls_alpn: '' is no protocol's name; "
	    "expected 1 to 255 bytes\n"
	    "f:4: listener \"a\": tls_ciphers: "
	    "OpenSSL can't make anything of 'none'\n"
	    "f:5: listener \"a\": tls_cipher_suites: "
	    "OpenSSL can't make anything of 'none'\n"
	    "f:6: listener \"a\": tls_groups: "
	    "OpenSSL can't make anything of 'none'\n");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { good_settings, files, clients,
	    versions_and_lists };

	return UNIT_RUN("tls_check", tests);
}
