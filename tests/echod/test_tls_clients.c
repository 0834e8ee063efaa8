/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/tls_clients.h"

#include "../common/certificates.h"
#include "../common/folder.h"
#include "unit.h"

static bool
is_named(const char *path, char *one, char *other)
{
	char *items[] = { one, other };
	struct string_list names = { .items = items, .count = 2 };
	X509 *certificate = certificate_read(path);
	bool result = tls_client_is_named(certificate, &names);

	X509_free(certificate);
	return result;
}

START_TEST(names)
{
	char alice[] = "alice", mail[] = "bob@mail.test", none[] = "x";
	char wild[] = "*.hosts.test", host[] = "B.hosts.test";

	folder_make();
	CERTIFICATE_MAKE(.path = "a", .name = "alice");
	CERTIFICATE_MAKE(.path = "b", .name = "bob", .alternative =
	    "email:bob@mail.test,DNS:b.hosts.test");
	ck_assert(is_named("a", none, alice));
	ck_assert(!is_named("a", none, wild));
	ck_assert(is_named("b", mail, none));
	ck_assert(is_named("b", none, wild));
	ck_assert(is_named("b", none, host));
	ck_assert(!is_named("b", none, alice));
	folder_remove();
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { names };

	return UNIT_RUN("tls_clients", tests);
}
