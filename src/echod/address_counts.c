/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "address_counts.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Of an IPv6 address. */
#define NETWORK_SIZE 8

/* Of the addresses that translators of IPv4 into IPv6 make (RFC 6052). */
static const uint8_t translated[12] = { 0, 0x64, 0xff, 0x9b };

/* Without padding, as it is compared by its bytes. */
struct key {
	const void *listener;
	uint32_t family;
	uint32_t scope; /* the interface, where networks are its own */
	uint8_t address[8]; /* of IPv4 the first four */
};

struct address_count {
	struct key key;
	uint64_t connections;
};

struct address_counts {
	pthread_mutex_t mutex;
	void *root; /* of tsearch(3): a balanced tree */
};

struct address_counts *
address_counts_new(void)
{
	struct address_counts *counts = calloc(1, sizeof(*counts));

	if (counts != NULL)
		pthread_mutex_init(&counts->mutex, NULL);
	return counts;
}

void
address_counts_free(struct address_counts *counts)
{
	if (counts == NULL)
		return;
	pthread_mutex_destroy(&counts->mutex);
	free(counts);
}

static int
compare(const void *one, const void *other)
{
	const struct address_count *a = one, *b = other;

	return memcmp(&a->key, &b->key, sizeof(a->key));
}

static void
use_ipv4(struct key *key, const void *address)
{
	key->family = AF_INET;
	memcpy(key->address, address, sizeof(struct in_addr));
}

static bool
is_ipv4(const struct in6_addr *address)
{
	return IN6_IS_ADDR_V4MAPPED(address) ||
	    memcmp(address, translated, sizeof(translated)) == 0;
}

static void
use_ipv6(struct key *key, const struct sockaddr_in6 *in6)
{
	key->family = AF_INET6;
	key->scope = in6->sin6_scope_id;
	memcpy(key->address, &in6->sin6_addr, NETWORK_SIZE);
}

/* Returns whether it is an IP address. */
static bool
make_key(struct key *key, const void *listener, const struct sockaddr *address)
{
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;

	memset(key, 0, sizeof(*key));
	key->listener = listener;
	if (address->sa_family == AF_INET)
		use_ipv4(key, &in->sin_addr);
	else if (address->sa_family != AF_INET6)
		return false;
	else if (is_ipv4(&in6->sin6_addr))
		use_ipv4(key, &in6->sin6_addr.s6_addr[sizeof(translated)]);
	else
		use_ipv6(key, in6);
	return true;
}

/* NULL: no memory. */
static struct address_count *
find_or_make(struct address_counts *counts, const struct key *key)
{
	struct address_count wanted = { .key = *key }, **found, *made;

	found = tfind(&wanted, &counts->root, compare);
	if (found != NULL)
		return *found;
	made = calloc(1, sizeof(*made));
	if (made == NULL)
		return NULL;
	made->key = *key;
	if (tsearch(made, &counts->root, compare) != NULL)
		return made;
	free(made);
	return NULL;
}

static int
add(struct address_counts *counts, const struct key *key, uint64_t most,
    struct address_count **count)
{
	struct address_count *found = find_or_make(counts, key);

	if (found == NULL)
		return -ENOMEM;
	if (found->connections >= most)
		return -EUSERS;
	found->connections++;
	*count = found;
	return 1;
}

int
address_counts_add(struct address_counts *counts, const void *listener,
    const struct sockaddr *address, uint64_t most,
    struct address_count **count)
{
	struct key key;
	int result;

	if (!make_key(&key, listener, address))
		return 0;
	pthread_mutex_lock(&counts->mutex);
	result = add(counts, &key, most, count);
	pthread_mutex_unlock(&counts->mutex);
	return result;
}

void
address_counts_remove(struct address_counts *counts,
    struct address_count *count)
{
	pthread_mutex_lock(&counts->mutex);
	if (--count->connections == 0) {
		tdelete(count, &counts->root, compare);
		free(count);
	}
	pthread_mutex_unlock(&counts->mutex);
}
