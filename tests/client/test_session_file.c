/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include "client/session_file.h"
#include "common/folder.h"
#include "session.h"
#include "unit.h"

static const unsigned char secret[48] = "forty-eight bytes that nobody knows";
static const struct tls_options by_system = { .enabled = true };
static const struct tls_options by_ca = { .enabled = true, .ca = "ca.pem" };
static const struct tls_options insecure = {
	.enabled = true, .insecure = true
};

static char error[256];

static void
save(const struct tls_options *options, const char *name)
{
	SSL_SESSION *session = make_session(secret, sizeof(secret));

	ck_assert_int_eq(session_file_save("session", options, name,
	    (aw_tls_session *)session), 0);
	SSL_SESSION_free(session);
}

static int
load(const struct tls_options *options, const char *name)
{
	aw_tls_session *session = NULL;
	unsigned char key[64];
	int err;

	error[0] = '\0';
	err = session_file_load("session", options, name, &session, error,
	    sizeof(error));
	if (err < 0) {
		ck_assert_ptr_null(session);
		ck_assert_str_ne(error, "");
		return err;
	}
	ck_assert_uint_eq(SSL_SESSION_get_master_key((SSL_SESSION *)session,
	    key, sizeof(key)), sizeof(secret));
	ck_assert_mem_eq(key, secret, sizeof(secret));
	aw_tls_session_free(session);
	return err;
}

START_TEST(what_was_saved_is_loaded)
{
	folder_make();
	save(&by_ca, "host");
	ck_assert_int_eq(load(&by_ca, "host"), 0);
	save(&by_system, "other");
	ck_assert_int_eq(load(&by_system, "other"), 0);
	save(&insecure, "");
	ck_assert_int_eq(load(&insecure, ""), 0);
	folder_remove();
}
END_TEST

START_TEST(nobody_else_can_read_it)
{
	struct stat status;

	folder_make();
	folder_write("session", "");
	ck_assert_int_eq(chmod("session", 0666), 0);
	save(&by_ca, "host");
	ck_assert_int_eq(stat("session", &status), 0);
	ck_assert_uint_eq(status.st_mode & 0777, 0600);
	folder_remove();
}
END_TEST

START_TEST(it_is_for_one_server_and_one_way_to_verify_it)
{
	folder_make();
	save(&by_ca, "host");
	ck_assert_int_eq(load(&by_ca, "host2"), -EINVAL);
	ck_assert_int_eq(load(&by_ca, "hos"), -EINVAL);
	ck_assert_int_eq(load(&by_system, "host"), -EINVAL);
	ck_assert_int_eq(load(&insecure, "host"), -EINVAL);
	save(&insecure, "host");
	ck_assert_int_eq(load(&by_ca, "host"), -EINVAL);
	ck_assert_int_eq(load(&by_system, "host"), -EINVAL);
	folder_remove();
}
END_TEST

START_TEST(no_file_is_told_apart)
{
	folder_make();
	ck_assert_int_eq(load(&by_ca, "host"), -ENOENT);
	folder_remove();
}
END_TEST

/* Whatever the file was cut to, it is no session any more. */
START_TEST(a_file_that_was_cut_off)
{
	struct stat status;

	folder_make();
	save(&by_ca, "host");
	ck_assert_int_eq(stat("session", &status), 0);
	for (off_t size = status.st_size - 1; size >= 0; size--) {
		ck_assert_int_eq(truncate("session", size), 0);
		ck_assert_msg(load(&by_ca, "host") == -EINVAL,
		    "%jd of %jd bytes were taken", (intmax_t)size,
		    (intmax_t)status.st_size);
	}
	folder_remove();
}
END_TEST

START_TEST(a_folder_is_no_file)
{
	folder_make();
	ck_assert_int_eq(mkdir("session", 0700), 0);
	ck_assert_int_eq(load(&by_ca, "host"), -EISDIR);
	ck_assert_int_eq(rmdir("session"), 0);
	folder_remove();
}
END_TEST

START_TEST(a_file_that_can_not_be_written_leaves_nothing)
{
	SSL_SESSION *session = make_session(secret, sizeof(secret));

	folder_make();
	ck_assert_int_eq(mkdir("session", 0700), 0);
	ck_assert_int_lt(session_file_save("session", &by_ca, "host",
	    (aw_tls_session *)session), 0);
	/* folder_remove is not told of other files, but removes them all. */
	ck_assert_int_eq(rmdir("session"), 0);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_msg(rmdir(folder) == 0, "something is left in %s", folder);
	ck_assert_int_lt(session_file_save("/dev/null/session", &by_ca,
	    "host", (aw_tls_session *)session), 0);
	SSL_SESSION_free(session);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_was_saved_is_loaded,
		nobody_else_can_read_it,
		it_is_for_one_server_and_one_way_to_verify_it,
		no_file_is_told_apart,
		a_file_that_was_cut_off,
		a_folder_is_no_file,
		a_file_that_can_not_be_written_leaves_nothing,
	};

	return UNIT_RUN("session_file", tests);
}
