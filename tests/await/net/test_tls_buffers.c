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
#include "net/tls_peer.h"

/* No less than a record. */
#define BUFFER (16 * 1024)
#define PAIRS AW_TLS_PLACES

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

NET_TEST(no_more_connections_than_there_are_places_have_buffers)
{
	struct net_pair pairs[PAIRS];
	struct tls_server server;
	int before = buffers;
	size_t i;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	/* Both ends are connections of this loop. */
	for (i = 0; i < PAIRS; i++) {
		ck_assert_int_eq(tls_connect(&server, NULL, &pairs[i]), 0);
		tls_check_echo(&pairs[i], "once");
	}
	/* One to read and one to write. */
	ck_assert_int_le(buffers - before, 2 * AW_TLS_PLACES);
	/* Those that are busy keep theirs. */
	for (i = 0; i < 100; i++)
		tls_check_echo(&pairs[0], "again");
	before = buffers;
	tls_check_echo(&pairs[0], "and again");
	ck_assert_int_eq(buffers, before);
	for (i = 0; i < PAIRS; i++)
		ck_assert_int_eq(tls_disconnect(&pairs[i]), 0);
	tls_stop_server(&server);
	ck_assert_int_le(buffers, 0);
}

NET_TEST(who_says_nothing_has_no_buffers)
{
	struct tls_server server;
	int fds[PAIRS + 20], before;
	size_t i;

	tls_start_server(&server, tls_echo, NULL, NULL, NULL);
	before = buffers;
	for (i = 0; i < PAIRS + 20; i++)
		fds[i] = net_connect(server.port);
	while (aw_server_connection_count(server.server) < PAIRS + 20)
		net_turns(1);
	net_turns(5);
	ck_assert_int_le(buffers - before, AW_TLS_PLACES);
	for (i = 0; i < PAIRS + 20; i++)
		close(fds[i]);
	tls_stop_server(&server);
}

int
main(void)
{
	const TTest *const tests[] = {
		no_more_connections_than_there_are_places_have_buffers,
		who_says_nothing_has_no_buffers,
	};

	if (CRYPTO_set_mem_functions(count_malloc, count_realloc,
	    count_free) != 1)
		return EXIT_FAILURE;
	return NET_MAIN("tls_buffers", tests);
}
