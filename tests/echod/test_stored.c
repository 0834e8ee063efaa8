/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Sockets that are left with the service manager, and come back from it.
 */
#include "echod/stored.h"

#include "echod/listener.h"
#include "fixture.h"
#include "manager.h"
#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>

/* A socket that is bound to a port of 127.0.0.1, which the kernel chooses. */
static int
bound_socket(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){ .sin_family = AF_INET };
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)address, length), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)address, &length),
	    0);
	return fd;
}

START_TEST(those_of_an_address_are_taken)
{
	struct stored stored = { .count = 0 };
	struct sockaddr_in one, other;
	int first = bound_socket(&one), second = bound_socket(&other), *fds;
	size_t count;

	ck_assert_int_eq(stored_add(&stored, first), 0);
	ck_assert_int_eq(stored_add(&stored, second), 0);
	ck_assert_int_eq(stored_take(&stored, (struct sockaddr *)&other,
	    sizeof(other), &fds, &count), 0);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(fds[0], second);
	free(fds);
	ck_assert_int_eq(stored_take(&stored, (struct sockaddr *)&other,
	    sizeof(other), &fds, &count), 0);
	ck_assert_uint_eq(count, 0);
	free(fds);
	stored_clear(&stored);
	ck_assert_int_lt(fcntl(first, F_GETFD), 0);
	ck_assert_int_eq(close(second), 0);
}
END_TEST

START_TEST(what_is_no_socket_is_refused)
{
	struct stored stored = { .count = 0 };
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(stored_add(&stored, fd), -ENOTSOCK);
	ck_assert_int_lt(fcntl(fd, F_GETFD), 0);
	ck_assert_uint_eq(stored.count, 0);
	stored_clear(&stored);
}
END_TEST

#ifdef HAVE_LIBSYSTEMD

#define WORKERS 2

/* Each of three addresses has as many sockets as there are workers. */
static void
assert_stored(const struct listeners *listeners, bool one, bool two, bool three)
{
	struct listening **addresses = listeners->items[0].addresses;

	ck_assert_int_eq(addresses[0]->stored, one);
	ck_assert_int_eq(addresses[1]->stored, two);
	ck_assert_int_eq(addresses[2]->stored, three);
}

/* The manager would close the others, and they would seem to be kept. */
START_TEST(no_more_are_left_than_there_is_room_for)
{
	const char *addresses[] = { "127.0.0.1:0", "127.0.0.1:0",
	    "127.0.0.1:0" };
	struct settings *settings = fixture_settings(addresses, 3);
	struct listeners listeners;
	char error[256];
	int manager;

	folder_make();
	manager = manager_start();
	ck_assert_int_eq(listeners_open(&listeners, settings, WORKERS, NULL,
	    error, sizeof(error)), 0);
	setenv("FDSTORE", "3", 1);
	listeners_store(&listeners, NULL);
	assert_stored(&listeners, true, false, false);
	/* What it has takes room as well. */
	setenv("FDSTORE", "5", 1);
	listeners_store(&listeners, &listeners);
	assert_stored(&listeners, true, true, false);
	stored_forget(listeners.items[0].addresses[0]);
	listeners_store(&listeners, &listeners);
	assert_stored(&listeners, true, true, false);
	setenv("FDSTORE", "6", 1);
	listeners_store(&listeners, NULL);
	assert_stored(&listeners, true, true, true);
	listeners_close(&listeners);
	settings_free(settings);
	close(manager);
	folder_remove();
}
END_TEST

/* Has it left there.  Returns the name, or "" if it was not. */
static const char *
name_at_manager(const char *text)
{
	struct listening *listening = listening_new(1);
	static char name[512];
	const char *told;
	size_t room = 1;
	int manager;

	folder_make();
	manager = manager_start();
	listening->fds[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(listening->text, sizeof(listening->text), "%s", text);
	stored_leave(listening, &room);
	told = manager_was_told(manager);
	ck_assert_int_eq(listening->stored, *told != '\0');
	ck_assert_uint_eq(room, *told != '\0' ? 0 : 1);
	name[0] = '\0';
	if (*told != '\0')
		ck_assert_int_eq(sscanf(told, "FDSTORE=1\nFDPOLL=0\n"
		    "FDNAME=%511[^\n]", name), 1);
	stored_forget(listening);
	if (*told != '\0') {
		told = strstr(manager_was_told(manager), "FDNAME=");
		ck_assert_ptr_nonnull(told);
		ck_assert_str_eq(told + strlen("FDNAME="), name);
	}
	listening_unref(listening);
	close(manager);
	folder_remove();
	return name;
}

/* With a name that it does not take, they would come back as "stored". */
START_TEST(names_are_such_as_the_manager_takes)
{
	char text[AW_ADDRESS_TEXT_SIZE];

	ck_assert_str_eq(name_at_manager("127.0.0.1:7007"),
	    "stored/127.0.0.1|7007");
	ck_assert_str_eq(name_at_manager("[fe80::1%eth0]:7"),
	    "stored/[fe80||1%eth0]|7");
	ck_assert_str_eq(name_at_manager("unix:/a b\\\n\xc3\xa9"),
	    "stored/unix|/a b\\5c\\0a\\c3\\a9");
	memset(text, '\xc3', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_str_eq(name_at_manager(text), "");
	text[80] = '\0';
	ck_assert_uint_eq(strlen(name_at_manager(text)), 7 + 3 * 80);
}
END_TEST

#endif

int
main(void)
{
	const TTest *const tests[] = {
		those_of_an_address_are_taken,
		what_is_no_socket_is_refused,
#ifdef HAVE_LIBSYSTEMD
		no_more_are_left_than_there_is_room_for,
		names_are_such_as_the_manager_takes,
#endif
	};

	return UNIT_RUN("stored", tests);
}
