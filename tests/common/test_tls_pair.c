/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/tls_pair.h"

#include "certificates.h"
#include "folder.h"
#include "unit.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>

static struct tls_pair pair;
static char error[512];

static int
read_certificate(const char *path)
{
	return tls_pair_read_certificate(&pair, path, error, sizeof(error));
}

static int
read_key(const char *path)
{
	return tls_pair_read_key(&pair, path, error, sizeof(error));
}

/* Nothing of a failure stays in OpenSSL's queue, or in the pair. */
static void
assert_fails(int result, int expected, const char *text)
{
	ck_assert_int_eq(result, expected);
	ck_assert_str_eq(error, text);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}

START_TEST(certificate_with_chain_and_key)
{
	folder_make();
	CERTIFICATE_MAKE(.path = "ca", .name = "authority", .authority = true);
	CERTIFICATE_MAKE(.path = "between", .name = "between",
	    .authority = true, .issuer = "ca");
	CERTIFICATE_MAKE(.path = "server", .name = "server",
	    .issuer = "between", .with_chain = true);
	ck_assert_int_eq(read_certificate("server"), 0);
	ck_assert_int_eq(sk_X509_num(pair.chain), 1);
	ck_assert_int_eq(read_key("server"), 0);
	ck_assert_ptr_nonnull(pair.key);
	ck_assert_int_eq(tls_pair_check_time(&pair, time(NULL), error,
	    sizeof(error)), 0);
	tls_pair_clear(&pair);
	ck_assert_ptr_null(pair.certificate);
	folder_remove();
}
END_TEST

START_TEST(bad_certificates)
{
	folder_make();
	folder_write("text", "hello\n");
	folder_write("broken", "-----BEGIN CERTIFICATE-----\n!\n"
	    "-----END CERTIFICATE-----\n");
	assert_fails(read_certificate("none"), -ENOENT,
	    "none: No such file or directory");
	assert_fails(read_certificate("text"), -EINVAL,
	    "text: there is no certificate in PEM form");
	assert_fails(read_certificate("broken"), -EINVAL, "broken: there is "
	    "no certificate in PEM form: bad base64 decode");
	ck_assert_ptr_null(pair.certificate);
	folder_remove();
}
END_TEST

START_TEST(chain_in_wrong_order)
{
	FILE *file;
	X509 *other;

	folder_make();
	CERTIFICATE_MAKE(.path = "one", .key_path = "key", .name = "one");
	CERTIFICATE_MAKE(.path = "other", .name = "other");
	other = certificate_read("other");
	file = fopen("one", "a");
	PEM_write_X509(file, other);
	fclose(file);
	X509_free(other);
	assert_fails(read_certificate("one"), -EINVAL, "one: the certificates "
	    "are not in order; expected the server's own, then that which "
	    "issued it, and so on");
	folder_remove();
}
END_TEST

static void
encrypt_key(const char *path)
{
	FILE *file = fopen(path, "w");

	ck_assert_int_eq(PEM_write_PrivateKey(file, pair.key,
	    EVP_aes_128_cbc(), (const unsigned char *)"x", 1, NULL, NULL), 1);
	fclose(file);
}

START_TEST(bad_keys)
{
	folder_make();
	CERTIFICATE_MAKE(.path = "one", .key_path = "key", .name = "one");
	CERTIFICATE_MAKE(.path = "two", .name = "two");
	ck_assert_int_eq(read_certificate("one"), 0);
	assert_fails(read_key("none"), -ENOENT,
	    "none: No such file or directory");
	assert_fails(read_key("one"), -EINVAL,
	    "one: there is no key in PEM form");
	assert_fails(read_key("two"), -EINVAL,
	    "two: the key does not belong to the certificate");
	ck_assert_ptr_null(pair.key);
	ck_assert_int_eq(read_key("key"), 0);
	encrypt_key("secret");
	EVP_PKEY_free(pair.key);
	assert_fails(read_key("secret"), -EINVAL, "secret: the key needs a "
	    "password, for which nobody can be asked; `openssl pkey` takes it "
	    "away");
	tls_pair_clear(&pair);
	folder_remove();
}
END_TEST

static int
check_time(const char *path, long days)
{
	int err;

	ck_assert_int_eq(read_certificate(path), 0);
	err = tls_pair_check_time(&pair, time(NULL) + days * 86400, error,
	    sizeof(error));
	tls_pair_clear(&pair);
	return err;
}

START_TEST(times)
{
	folder_make();
	CERTIFICATE_MAKE(.path = "ca", .name = "authority", .authority = true,
	    .until = 3);
	CERTIFICATE_MAKE(.path = "one", .name = "one", .issuer = "ca",
	    .until = 5, .with_chain = true);
	ck_assert_int_eq(check_time("one", 1), 0);
	ck_assert_int_eq(check_time("one", 4), -EKEYEXPIRED);
	ck_assert_ptr_nonnull(strstr(error,
	    "the certificate of 'authority' expired on 20"));
	ck_assert_int_eq(check_time("one", 6), -EKEYEXPIRED);
	ck_assert_ptr_nonnull(strstr(error,
	    "the certificate of 'one' expired on 20"));
	ck_assert_int_eq(check_time("one", -10), -EKEYEXPIRED);
	ck_assert_ptr_nonnull(strstr(error,
	    "the certificate of 'one' is not valid before 20"));
	folder_remove();
}
END_TEST

static int
check_mode(mode_t mode)
{
	ck_assert_int_eq(chmod("key", mode), 0);
	return tls_key_check_mode("key", error, sizeof(error));
}

START_TEST(modes_of_keys)
{
	folder_make();
	folder_write("key", "");
	ck_assert_int_eq(check_mode(0600), 0);
	ck_assert_int_eq(check_mode(0400), 0);
	ck_assert_int_eq(check_mode(0644), -EPERM);
	ck_assert_str_eq(error, "key: others than its owner may use the key "
	    "(mode 0644); `chmod 600` takes that away");
	ck_assert_int_eq(check_mode(0640), -EPERM);
	ck_assert_int_eq(tls_key_check_mode("none", error, sizeof(error)), 0);
	folder_remove();
}
END_TEST

/* The file of another owner, for us through our group. */
START_TEST(keys_of_root)
{
	if (geteuid() != 0)
		return;
	folder_make();
	folder_write("key", "");
	ck_assert_int_eq(chmod(".", 0755), 0);
	ck_assert_int_eq(chmod("key", 0640), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(tls_key_check_mode("key", error, sizeof(error)), 0);
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(chmod("key", 0644), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(tls_key_check_mode("key", error, sizeof(error)),
	    -EPERM);
	ck_assert_int_eq(seteuid(0), 0);
	/* For root too, if it is there for somebody else. */
	ck_assert_int_eq(chown("key", 0, 65534), 0);
	ck_assert_int_eq(check_mode(0640), 0);
	ck_assert_int_eq(check_mode(0660), -EPERM);
	ck_assert_int_eq(check_mode(0644), -EPERM);
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { certificate_with_chain_and_key,
	    bad_certificates, chain_in_wrong_order, bad_keys, times,
	    modes_of_keys, keys_of_root };

	return UNIT_RUN("tls_pair", tests);
}
