/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What TLS connections have in memory while they are idle.
 */
#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/loop.h"
#include "hibernating.h"
#include "net/tls.h"
#include "net/tls_peer.h"

/* No less than a record. */
#define BUFFER (16 * 1024)
/* Of which both ends are connections of the loop: more than have places. */
#define PAIRS (AW_TLS_PLACES / 2 + 4)
#define SILENT (AW_TLS_PLACES + 20)
/* Echoes in a row with which a place is soon had, if there is one. */
#define OFTEN 8
#define MOST_TRIES 1000000

/* OpenSSL's buffers that there are. */
static int buffers;

static void
count(void *memory, int change)
{
	if (memory != NULL && malloc_usable_size(memory) >= BUFFER)
		buffers += change;
}

static void *
count_malloc(size_t size, const char *file, int line)
{
	void *memory = malloc(size);

	(void)file, (void)line;
	count(memory, 1);
	return memory;
}

static void *
count_realloc(void *memory, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	count(memory, -1);
	memory = realloc(memory, size);
	count(memory, 1);
	return memory;
}

static void
count_free(void *memory, const char *file, int line)
{
	(void)file, (void)line;
	count(memory, -1);
	free(memory);
}

/* Whether this end keeps its buffers. */
static bool
has_place(const struct net_pair *pair)
{
	return aw_writer_transport(pair->writer)->tls->place != 0;
}

static bool
all_places_are_taken(void)
{
	const struct aw_tls_places *places =
	    &aw_get_running_loop()->tls_places;
	size_t i;

	for (i = 0; i < AW_TLS_PLACES; i++)
		if (places->owners[i] == NULL)
			return false;
	return true;
}

/* Until it comes so often that it keeps its buffers. */
static void
be_busy(struct net_pair *pair)
{
	unsigned tries;

	for (tries = 0; !has_place(pair); tries++) {
		ck_assert_uint_lt(tries, MOST_TRIES);
		tls_check_echo(pair, "again");
	}
}

/* Connections that have said something once. */
static void
open_pairs(struct net_pair *pairs, size_t count, struct tls_server *server)
{
	size_t i;

	tls_start_server(server, tls_echo, NULL, NULL, NULL);
	for (i = 0; i < count; i++) {
		ck_assert_int_eq(tls_connect(server, NULL, &pairs[i]), 0);
		tls_check_echo(&pairs[i], "once");
	}
}

static void
close_pairs(struct net_pair *pairs, size_t count, struct tls_server *server)
{
	size_t i;

	for (i = 0; i < count; i++)
		ck_assert_int_eq(tls_disconnect(&pairs[i]), 0);
	tls_stop_server(server);
	ck_assert_int_le(buffers, 0);
}

NET_TEST(who_comes_often_keeps_his_buffers_for_small_messages)
{
	static char sent[AW_TLS_SMALL + 1], received[AW_TLS_SMALL + 1];
	struct tls_server server;
	struct net_pair pair;

	open_pairs(&pair, 1, &server);
	/* It has spoken once, and got tickets. */
	ck_assert_int_eq(buffers, 0);
	be_busy(&pair);
	tls_check_echo(&pair, "keep");
	/* One to read and one to write; maybe the other end has them too. */
	ck_assert_int_ge(buffers, 2);
	aw_writer_write(pair.writer, sent, sizeof(sent));
	ck_assert_int_eq(aw_reader_readexactly(pair.reader, received,
	    sizeof(received)), (ssize_t)sizeof(received));
	ck_assert_int_eq(buffers, 0);
	ck_assert(!has_place(&pair));
	be_busy(&pair);
	close_pairs(&pair, 1, &server);
}

NET_TEST(no_more_connections_than_there_are_places_have_buffers)
{
	struct net_pair pairs[PAIRS];
	struct tls_server server;
	unsigned tries;
	size_t i;

	open_pairs(pairs, PAIRS, &server);
	for (tries = 0; !all_places_are_taken(); tries++) {
		ck_assert_uint_lt(tries, MOST_TRIES);
		tls_check_echo(&pairs[tries / OFTEN % PAIRS], "again");
	}
	for (i = 0; i < PAIRS; i++)
		tls_check_echo(&pairs[i], "and again");
	ck_assert_int_le(buffers, 2 * AW_TLS_PLACES);
	/* Who is idle has to leave his. */
	for (i = 0; i < PAIRS && has_place(&pairs[i]);)
		i++;
	ck_assert_uint_lt(i, PAIRS);
	be_busy(&pairs[i]);
	ck_assert_int_le(buffers, 2 * AW_TLS_PLACES);
	close_pairs(pairs, PAIRS, &server);
}

static bool
nobody_has_buffers(void *arg)
{
	(void)arg;
	return buffers == 0;
}

/* The client's end is not this loop's. */
static int
wait_for_hibernation(void *arg)
{
	const aw_server_options options = { .hibernate = true };
	struct tls_server server;
	struct tls_peer peer;
	char byte = 0;

	(void)arg;
	tls_start_server(&server, tls_echo, NULL, NULL, &options);
	tls_peer_connect(&peer, &server, 0);
	ck_assert_int_eq(tls_peer_handshake(&peer), 1);
	/* The peer has no place, and no loop. */
	SSL_set_mode(peer.ssl, SSL_MODE_RELEASE_BUFFERS);
	while (aw_get_running_loop()->tls_places.used == 0) {
		tls_peer_write(&peer, &byte, 1);
		ck_assert_uint_eq(tls_peer_read(&peer, &byte, 1), 1);
	}
	if (can_hibernate())
		net_wait_until(nobody_has_buffers, NULL);
	tls_peer_write(&peer, &byte, 1);
	ck_assert_uint_eq(tls_peer_read(&peer, &byte, 1), 1);
	tls_peer_free(&peer);
	tls_stop_server(&server);
	return 0;
}

START_TEST(who_hibernates_has_no_buffers)
{
	const aw_loop_options options = { .trim_after = 0.05 };

	ck_assert_int_eq(aw_run_with(wait_for_hibernation, NULL, &options), 0);
}
END_TEST

NET_TEST(who_says_nothing_has_no_buffers)
{
	struct tls_server server;
	int fds[SILENT], before;
	size_t i;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	before = buffers;
	for (i = 0; i < SILENT; i++)
		fds[i] = net_connect(server.port);
	while (aw_server_connection_count(server.server) < SILENT)
		net_turns(1);
	net_turns(5);
	ck_assert_int_le(buffers - before, AW_TLS_PLACES);
	for (i = 0; i < SILENT; i++)
		close(fds[i]);
	tls_stop_server(&server);
}

int
main(void)
{
	const TTest *const tests[] = {
		who_comes_often_keeps_his_buffers_for_small_messages,
		no_more_connections_than_there_are_places_have_buffers,
		who_hibernates_has_no_buffers,
		who_says_nothing_has_no_buffers,
	};

	if (CRYPTO_set_mem_functions(count_malloc, count_realloc,
	    count_free) != 1)
		return EXIT_FAILURE;
	return NET_MAIN("tls_buffers", tests);
}
