/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tls_staple.h"

#include "../common/folder.h"
#include "unit.h"
#include "tls_fixture.h"

#include <errno.h>
#include <openssl/err.h>

static struct tls_staple staple;
static struct tls_pair pair;
static char error[512];

static void
start(void)
{
	tls_fixture_make();
	ck_assert_int_eq(tls_pair_read_certificate(&pair, "one", error,
	    sizeof(error)), 0);
}

static void
stop(void)
{
	tls_staple_clear(&staple);
	tls_pair_clear(&pair);
	tls_fixture_remove();
}

static void
assert_reads(const char *path, int expected, const char *text)
{
	error[0] = '\0';
	ck_assert_int_eq(tls_staple_read(&staple, path, &pair, time(NULL),
	    error, sizeof(error)), expected);
	ck_assert_str_eq(error, text);
	ck_assert_uint_eq(ERR_peek_error(), 0);
}

START_TEST(good_one)
{
	start();
	tls_fixture_staple("s", "one", true, 2);
	assert_reads("s", 0, "");
	ck_assert_uint_gt(staple.size, 100);
	stop();
}
END_TEST

START_TEST(doubtful_ones_are_read)
{
	start();
	tls_fixture_staple("old", "one", true, -1);
	assert_reads("old", -EKEYEXPIRED,
	    "old: the time of the response is over; fetch a new one");
	ck_assert_uint_gt(staple.size, 100);
	tls_staple_clear(&staple);
	tls_fixture_staple("bad", "one", false, 2);
	assert_reads("bad", -EKEYREVOKED, "bad: the response does not say "
	    "that the certificate is good");
	ck_assert_uint_gt(staple.size, 100);
	stop();
}
END_TEST

START_TEST(bad_ones)
{
	start();
	tls_fixture_staple("other", "wild", true, 2);
	assert_reads("none", -ENOENT, "none: No such file or directory");
	assert_reads(".", -EISDIR, ".: Is a directory");
	assert_reads("one", -EINVAL, "one: expected a successful OCSP "
	    "response in DER form");
	assert_reads("other", -EINVAL,
	    "other: the response is about another certificate");
	ck_assert_ptr_null(staple.data);
	assert_reads("/dev/zero", -EFBIG, "/dev/zero: File too large");
	stop();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { good_one, doubtful_ones_are_read,
	    bad_ones };

	return UNIT_RUN("tls_staple", tests);
}
