/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a writer tells of its connection, and how it is given back.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/net.h"

/* A server whose connection can be looked at from both ends. */
struct ends {
	aw_server *server;
	aw_reader *reader;
	aw_writer *writer;        /* the client's */
	aw_writer *server_writer;
};

static int
handle(aw_reader *reader, aw_writer *writer, void *arg)
{
	struct ends *ends = arg;
	char byte;

	ends->server_writer = writer;
	while (aw_reader_read(reader, &byte, 1) > 0)
		continue;
	return 0;
}

static void
open_ends(struct ends *ends, const char *host)
{
	uint16_t port;

	memset(ends, 0, sizeof(*ends));
	ck_assert_int_eq(aw_start_server(handle, ends, host, 0, NULL,
	    &ends->server), 0);
	port = net_port(aw_server_socket(ends->server, 0));
	ck_assert_int_eq(aw_open_connection(host, port, NULL, &ends->reader,
	    &ends->writer), 0);
	while (ends->server_writer == NULL)
		net_turns(1);
}

static void
open_unix_ends(struct ends *ends, const char *path)
{
	memset(ends, 0, sizeof(*ends));
	ck_assert_int_eq(aw_start_unix_server(handle, ends, path, NULL,
	    &ends->server), 0);
	ck_assert_int_eq(aw_open_unix_connection(path, NULL, &ends->reader,
	    &ends->writer), 0);
	while (ends->server_writer == NULL)
		net_turns(1);
}

static void
close_ends(struct ends *ends)
{
	aw_writer_free(ends->writer);
	aw_server_close(ends->server);
	ck_assert_int_eq(aw_server_wait_closed(ends->server), 0);
	aw_server_free(ends->server);
}

/* The address of that name, as text. */
static const char *
address_of(const aw_writer *writer, const char *name)
{
	static char text[AW_ADDRESS_TEXT_SIZE], same[AW_ADDRESS_TEXT_SIZE];
	struct sockaddr_storage address;
	int length = aw_writer_get_extra_info(writer, name, &address,
	    sizeof(address));

	ck_assert_msg(length > 0, "%s: %s", name, aw_strerror(length));
	aw_address_text((struct sockaddr *)&address, (socklen_t)length, text,
	    sizeof(text));
	ck_assert_str_eq(aw_writer_address_text(writer, name, same,
	    sizeof(same)), text);
	return text;
}

/* The two ends see the same two addresses, the other way round. */
static void
check_addresses(struct ends *ends, const char *prefix)
{
	char text[AW_ADDRESS_TEXT_SIZE];

	strcpy(text, address_of(ends->writer, "sockname"));
	ck_assert_int_eq(strncmp(text, prefix, strlen(prefix)), 0);
	ck_assert_str_eq(address_of(ends->server_writer, "peername"), text);
	strcpy(text, address_of(ends->writer, "peername"));
	ck_assert_int_eq(strncmp(text, prefix, strlen(prefix)), 0);
	ck_assert_str_eq(address_of(ends->server_writer, "sockname"), text);
}

NET_TEST(what_is_no_address_has_no_text)
{
	char text[AW_ADDRESS_TEXT_SIZE] = "before";
	struct ends ends;

	open_ends(&ends, "127.0.0.1");
	ck_assert_ptr_eq(aw_writer_address_text(ends.writer, "socket", text,
	    sizeof(text)), text);
	ck_assert_str_eq(text, "");
	aw_writer_address_text(ends.writer, "peername", text, 4);
	ck_assert_str_eq(text, "127");
	aw_writer_address_text(ends.writer, "no such name", text, 0);
	ck_assert_str_eq(text, "127");
	close_ends(&ends);
}

NET_TEST(the_addresses_of_an_ipv4_connection)
{
	struct ends ends;
	struct sockaddr_in address;

	open_ends(&ends, "127.0.0.1");
	check_addresses(&ends, "127.0.0.1:");
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "peername",
	    &address, sizeof(address)), sizeof(address));
	ck_assert_int_eq(address.sin_family, AF_INET);
	ck_assert_uint_eq(ntohs(address.sin_port),
	    net_port(aw_server_socket(ends.server, 0)));
	close_ends(&ends);
}

NET_TEST(the_addresses_of_an_ipv6_connection)
{
	struct ends ends;
	struct sockaddr_in6 address;

	if (!net_has_ipv6())
		return;
	open_ends(&ends, "::1");
	check_addresses(&ends, "[::1]:");
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "peername",
	    &address, sizeof(address)), sizeof(address));
	ck_assert_int_eq(address.sin6_family, AF_INET6);
	close_ends(&ends);
}

NET_TEST(the_addresses_of_a_unix_connection)
{
	struct ends ends;

	open_unix_ends(&ends, "writer.sock");
	ck_assert_str_eq(address_of(ends.writer, "peername"),
	    "unix:writer.sock");
	ck_assert_str_eq(address_of(ends.server_writer, "sockname"),
	    "unix:writer.sock");
	/* The client's end has no name. */
	ck_assert_str_eq(address_of(ends.writer, "sockname"), "unix:");
	ck_assert_str_eq(address_of(ends.server_writer, "peername"), "unix:");
	close_ends(&ends);
}

NET_TEST(the_peer_is_known_after_it_has_reset)
{
	char before[AW_ADDRESS_TEXT_SIZE], byte;
	struct ends ends;

	open_ends(&ends, "127.0.0.1");
	strcpy(before, address_of(ends.writer, "peername"));
	aw_server_abort_clients(ends.server);
	ck_assert_int_eq(aw_reader_read(ends.reader, &byte, 1),
	    -ECONNRESET);
	ck_assert_str_eq(address_of(ends.writer, "peername"), before);
	close_ends(&ends);
}

NET_TEST(the_socket_stays_the_connections)
{
	struct ends ends;
	int fd, value = 0;
	socklen_t size = sizeof(value);

	open_ends(&ends, "127.0.0.1");
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "socket", &fd,
	    sizeof(fd)), sizeof(fd));
	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size),
	    0);
	ck_assert_int_eq(value, SOCK_STREAM);
	close_ends(&ends);
}

/* Whether Nagle's algorithm is off. */
static int
no_delay(const aw_writer *writer)
{
	int fd, value = 0;
	socklen_t size = sizeof(value);

	ck_assert_int_eq(aw_writer_get_extra_info(writer, "socket", &fd,
	    sizeof(fd)), sizeof(fd));
	ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value,
	    &size), 0);
	return value;
}

NET_TEST(small_packets_are_not_held_back_on_either_end)
{
	struct ends ends;

	open_ends(&ends, "127.0.0.1");
	ck_assert_int_eq(no_delay(ends.writer), 1);
	ck_assert_int_eq(no_delay(ends.server_writer), 1);
	close_ends(&ends);
}

NET_TEST(a_value_that_does_not_fit_is_refused)
{
	struct ends ends;
	char small[3];

	open_ends(&ends, "127.0.0.1");
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "peername",
	    small, sizeof(small)), -ENOSPC);
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "sockname",
	    small, sizeof(small)), -ENOSPC);
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "socket",
	    small, sizeof(small)), -ENOSPC);
	close_ends(&ends);
}

NET_TEST(a_name_that_the_connection_does_not_know_is_refused)
{
	struct ends ends;
	char value[64];

	open_ends(&ends, "127.0.0.1");
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "shoesize",
	    value, sizeof(value)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "", value,
	    sizeof(value)), -ENOENT);
	close_ends(&ends);
}

NET_TEST(after_close_only_the_peer_is_known)
{
	struct ends ends;
	struct sockaddr_storage address;
	int fd;

	open_ends(&ends, "127.0.0.1");
	aw_writer_close(ends.writer);
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "socket", &fd,
	    sizeof(fd)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "sockname",
	    &address, sizeof(address)), -ENOENT);
	ck_assert_int_eq(aw_writer_get_extra_info(ends.writer, "peername",
	    &address, sizeof(address)), sizeof(struct sockaddr_in));
	close_ends(&ends);
}

NET_TEST(after_close_a_unix_peer_is_not_known)
{
	struct net_pair pair;
	struct sockaddr_storage address;

	net_unix_pair(&pair, NULL);
	ck_assert_int_gt(aw_writer_get_extra_info(pair.writer, "peername",
	    &address, sizeof(address)), 0);
	aw_writer_close(pair.writer);
	ck_assert_int_eq(aw_writer_get_extra_info(pair.writer, "peername",
	    &address, sizeof(address)), -ENOENT);
	net_pair_free(&pair);
}

NET_TEST(free_closes_what_is_open)
{
	struct net_pair pair;
	char buffer[4];

	net_tcp_pair(&pair, NULL);
	aw_writer_write(pair.writer, "bye", 3);
	aw_writer_free(pair.writer);
	pair.writer = NULL;
	ck_assert_uint_eq(net_receive(pair.peer, buffer, 4), 3);
	net_pair_free(&pair);
}

NET_TEST(free_of_nothing_is_fine)
{
	aw_writer_free(NULL);
}

NET_TEST(free_delivers_what_is_queued)
{
	struct net_pair pair;

	net_tcp_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_free(pair.writer);
	pair.writer = NULL;
	net_receive_large(&pair);
	net_pair_free(&pair);
}

NET_TEST(several_that_are_freed_deliver_in_any_order)
{
	struct net_pair pairs[3];
	int order[3] = { 1, 2, 0 }, i;

	for (i = 0; i < 3; i++) {
		net_unix_pair(&pairs[i], NULL);
		net_write_large(&pairs[i]);
		aw_writer_free(pairs[i].writer);
		pairs[i].writer = NULL;
	}
	for (i = 0; i < 3; i++) {
		net_receive_large(&pairs[order[i]]);
		net_pair_free(&pairs[order[i]]);
	}
}

NET_TEST(data_of_the_peer_does_not_disturb_one_that_is_freed)
{
	struct net_pair pair;
	unsigned polls;

	net_unix_pair(&pair, NULL);
	net_send_text(pair.peer, "unread");
	net_turns(3);
	net_write_large(&pair);
	aw_writer_free(pair.writer);
	pair.writer = NULL;
	net_send_text(pair.peer, "more");
	polls = net_polls;
	ck_assert_int_eq(aw_sleep(0.02), 0);
	ck_assert_uint_le(net_polls - polls, 10);
	ck_assert_uint_eq(net_receive(pair.peer, net_received, NET_LARGE),
	    NET_LARGE);
	net_check(net_received, NET_LARGE, 0);
	net_pair_free(&pair);
}

NET_TEST(a_peer_that_goes_frees_one_that_is_freed)
{
	struct net_pair pair;
	unsigned descriptors = net_open_descriptors();

	net_unix_pair(&pair, NULL);
	net_write_large(&pair);
	aw_writer_free(pair.writer);
	close(pair.peer);
	while (net_open_descriptors() > descriptors)
		net_turns(1);
}

NET_TEST(free_after_an_error_frees_at_once)
{
	struct net_pair pair;
	unsigned descriptors = net_open_descriptors();

	net_unix_pair(&pair, NULL);
	close(pair.peer);
	aw_writer_write(pair.writer, "x", 1);
	aw_writer_free(pair.writer);
	ck_assert_uint_eq(net_open_descriptors(), descriptors);
}

/* The loop ends, so the queue does; nothing may be left of it. */
NET_TEST(one_that_is_freed_goes_with_the_loop)
{
	struct net_pair pairs[2];
	int i;

	for (i = 0; i < 2; i++) {
		net_unix_pair(&pairs[i], NULL);
		net_write_large(&pairs[i]);
		aw_writer_free(pairs[i].writer);
		/* Only the loop's end closes the connection. */
		net_adopt(&pairs[i], aw_get_running_loop(), pairs[i].peer,
		    NULL);
		net_write_large(&pairs[i]);
		aw_writer_free(pairs[i].writer);
	}
}

int
main(void)
{
	const TTest *const tests[] = {
		what_is_no_address_has_no_text,
		the_addresses_of_an_ipv4_connection,
		the_addresses_of_an_ipv6_connection,
		the_addresses_of_a_unix_connection,
		the_peer_is_known_after_it_has_reset,
		the_socket_stays_the_connections,
		small_packets_are_not_held_back_on_either_end,
		a_value_that_does_not_fit_is_refused,
		a_name_that_the_connection_does_not_know_is_refused,
		after_close_only_the_peer_is_known,
		after_close_a_unix_peer_is_not_known,
		free_closes_what_is_open,
		free_of_nothing_is_fine,
		free_delivers_what_is_queued,
		several_that_are_freed_deliver_in_any_order,
		data_of_the_peer_does_not_disturb_one_that_is_freed,
		a_peer_that_goes_frees_one_that_is_freed,
		free_after_an_error_frees_at_once,
		one_that_is_freed_goes_with_the_loop,
	};

	return NET_MAIN("writer", tests);
}
