/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/activation.h"

#include "../common/folder.h"
#include "unit.h"
#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef HAVE_LIBSYSTEMD

#define FIRST 3 /* the descriptor where the sockets begin */

static struct listener items[2] = { { .name = "one" }, { .name = "two" } };
static struct listeners listeners = { .items = items, .count = 2,
    .workers = 2 };
static struct stored stored;
static char error[512];

static int
take(void)
{
	return activation_take(&listeners, &stored, error, sizeof(error));
}

/* Puts listening sockets where the service manager would. */
static void
hand_over(int count, const char *names)
{
	char text[32];

	for (int i = 0; i < count; i++) {
		struct sockaddr_in address = { .sin_family = AF_INET,
		    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd != FIRST + i) {
			dup2(fd, FIRST + i);
			close(fd);
		}
		bind(FIRST + i, (struct sockaddr *)&address, sizeof(address));
		listen(FIRST + i, 5);
	}
	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("LISTEN_PID", text, 1);
	snprintf(text, sizeof(text), "%d", count);
	setenv("LISTEN_FDS", text, 1);
	setenv("LISTEN_FDNAMES", names, 1);
}

/* In a child: the descriptors from 3 on are Check's in the test itself. */
static int
in_child(int (*function)(void))
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(function());
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define EXPECT(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s; error '%s'\n", __FILE__, \
			    __LINE__, #condition, error); \
			return 1; \
		} \
	} while (0)

static int
by_name(void)
{
	hand_over(3, "two:one:two");
	EXPECT(take() == 3);
	EXPECT(items[0].address_count == 1);
	EXPECT(items[0].addresses[0]->fds[0] == FIRST + 1);
	EXPECT(items[0].addresses[0]->fd_count == 1);
	EXPECT(items[1].address_count == 2);
	EXPECT(strncmp(items[1].addresses[0]->text, "127.0.0.1:", 10) == 0);
	EXPECT(fcntl(FIRST, F_GETFL) & O_NONBLOCK);
	EXPECT(fcntl(FIRST, F_GETFD) & FD_CLOEXEC);
	EXPECT(getenv("LISTEN_FDS") == NULL);
	return 0;
}

START_TEST(sockets_go_by_name)
{
	ck_assert_int_eq(in_child(by_name), 0);
}
END_TEST

static int
single(void)
{
	listeners.count = 1;
	hand_over(2, "echod.socket:x");
	EXPECT(take() == 2);
	EXPECT(items[0].address_count == 2);
	return 0;
}

START_TEST(a_single_listener_takes_all)
{
	ck_assert_int_eq(in_child(single), 0);
}
END_TEST

static int
stranger(void)
{
	hand_over(1, "three");
	EXPECT(take() == -ENOENT);
	EXPECT(strcmp(error, "the socket 'three' from systemd belongs to no "
	    "listener; FileDescriptorName= must be a listener's name") == 0);
	return 0;
}

START_TEST(socket_of_no_listener)
{
	ck_assert_int_eq(in_child(stranger), 0);
}
END_TEST

static int
wrong_type(void)
{
	hand_over(1, "one");
	close(FIRST);
	EXPECT(socket(AF_INET, SOCK_DGRAM, 0) == FIRST);
	EXPECT(take() == -EINVAL);
	EXPECT(strcmp(error, "the socket 'one' from systemd is not a listening "
	    "stream socket; expected ListenStream= and Accept=no") == 0);
	return 0;
}

START_TEST(socket_of_another_type)
{
	ck_assert_int_eq(in_child(wrong_type), 0);
}
END_TEST

/* By their addresses, whatever workers there were; the rest is closed. */
static int
left_by_another(void)
{
	const char *addresses[] = { "127.0.0.1:1" };
	struct settings *settings = fixture_settings(addresses, 1);
	struct listener listener = { .name = "x",
	    .settings = config_listener(settings, 0) };
	struct listening first = { .fds = &(int){ FIRST + 1 } };
	const char *text = first.text;
	int on = 1;

	hand_over(3, "one:" STORED_PREFIX "a:" STORED_PREFIX "b");
	items[0].address_count = 0;
	EXPECT(take() == 3);
	EXPECT(stored.count == 2);
	/* Those of echod have it. */
	setsockopt(FIRST + 1, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	listening_note_text(&first);
	EXPECT(settings_set(settings, &settings->sections[0], "listen", &text,
	    1, error, sizeof(error)) == 0);
	EXPECT(listener_open(&listener, 0, 3, &stored, error,
	    sizeof(error)) == 0);
	EXPECT(listener.addresses[0]->fds[0] == FIRST + 1);
	EXPECT(listener.addresses[0]->fd_count == 3);
	EXPECT(strcmp(listener.addresses[0]->text, text) == 0);
	EXPECT(stored.count == 1);
	stored_clear(&stored);
	EXPECT(fcntl(FIRST + 2, F_GETFD) < 0);
	listening_unref(listener.addresses[0]);
	free(listener.addresses);
	settings_free(settings);
	return 0;
}

START_TEST(sockets_left_by_another_echod)
{
	ck_assert_int_eq(in_child(left_by_another), 0);
}
END_TEST

static int
place_of_addresses(void)
{
	const char *addresses[] = { "203.0.113.7:7" };
	struct settings *settings = fixture_settings(addresses, 1);
	struct listeners next;

	hand_over(1, "command-line");
	EXPECT(listeners_open(&listeners, settings, 2, NULL, error,
	    sizeof(error)) == 0);
	EXPECT(listeners.items[0].address_count == 1);
	EXPECT(listeners.items[0].addresses[0]->fds[0] == FIRST);
	/* A reload keeps it, whatever the settings say of addresses. */
	EXPECT(listeners_open(&next, settings, 2, &listeners, error,
	    sizeof(error)) == 0);
	EXPECT(next.items[0].addresses[0] == listeners.items[0].addresses[0]);
	listeners_close(&listeners);
	EXPECT(fcntl(FIRST, F_GETFD) >= 0);
	listeners_close(&next);
	EXPECT(fcntl(FIRST, F_GETFD) < 0);
	settings_free(settings);
	return 0;
}

/* Nobody would serve those who connect to it, as systemd listens on. */
static int
reload_without_it(void)
{
	const char *addresses[] = { "203.0.113.7:7" };
	struct settings *settings = fixture_settings(addresses, 1), *two;
	struct arguments arguments = { .config = "f" };
	struct listeners next;

	folder_make();
	folder_write("f", "listener a { listen = 127.0.0.1:0 }\n"
	    "listener b { listen = 127.0.0.1:0 }\n");
	two = config_load(&arguments, fixture_report, NULL);
	folder_remove();
	EXPECT(two != NULL);
	hand_over(1, "command-line");
	EXPECT(listeners_open(&listeners, settings, 2, NULL, error,
	    sizeof(error)) == 0);
	EXPECT(listeners_open(&next, two, 2, &listeners, error,
	    sizeof(error)) == -ENOENT);
	EXPECT(strstr(error, "'command-line' from systemd belongs to no "
	    "listener") != NULL);
	EXPECT(fcntl(FIRST, F_GETFD) >= 0);
	listeners_close(&listeners);
	EXPECT(fcntl(FIRST, F_GETFD) < 0);
	settings_free(settings);
	settings_free(two);
	return 0;
}

START_TEST(reload_keeps_all_sockets)
{
	ck_assert_int_eq(in_child(reload_without_it), 0);
}
END_TEST

START_TEST(sockets_take_the_place_of_addresses)
{
	ck_assert_int_eq(in_child(place_of_addresses), 0);
}
END_TEST

START_TEST(not_activated)
{
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	ck_assert_int_eq(take(), 0);
}
END_TEST

START_TEST(meant_for_another_process)
{
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", "1", 1);
	ck_assert_int_eq(take(), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { sockets_go_by_name,
	    a_single_listener_takes_all, socket_of_no_listener,
	    socket_of_another_type, sockets_left_by_another_echod,
	    sockets_take_the_place_of_addresses, reload_keeps_all_sockets,
	    not_activated, meant_for_another_process };

	return UNIT_RUN("activation", tests);
}

#else

START_TEST(nothing_is_taken)
{
	struct listeners listeners = { .count = 0 };
	struct stored stored = { .count = 0 };
	char error[64];

	setenv("LISTEN_FDS", "1", 1);
	ck_assert_int_eq(activation_take(&listeners, &stored, error,
	    sizeof(error)), 0);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { nothing_is_taken };

	return UNIT_RUN("activation", tests);
}

#endif
