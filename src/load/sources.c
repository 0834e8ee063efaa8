/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/sources.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for "ADDRESS-ADDRESS". */
#define PART_SIZE (2 * INET6_ADDRSTRLEN)

static int
complain(const char *part, char *error, size_t error_size)
{
	snprintf(error, error_size, "'%s' is no address of this machine's; "
	    "expected one such as 127.0.0.2, or a range, "
	    "127.0.0.2-127.0.0.9", part);
	return -EINVAL;
}

static int
grow(struct sources *sources, size_t more, char *error, size_t error_size)
{
	struct sockaddr_storage *items;

	if (more > SOURCES_MOST - sources->count) {
		snprintf(error, error_size, "there are more than %d addresses",
		    SOURCES_MOST);
		return -ERANGE;
	}
	items = reallocarray(sources->items, sources->count + more,
	    sizeof(*items));
	if (items == NULL) {
		snprintf(error, error_size, "no memory for the addresses");
		return -ENOMEM;
	}
	memset(items + sources->count, 0, more * sizeof(*items));
	sources->items = items;
	return 0;
}

/* An IPv4 address in host order; 0 or -EINVAL. */
static int
parse_ipv4(const char *text, uint32_t *number)
{
	struct in_addr address;

	if (inet_pton(AF_INET, text, &address) != 1)
		return -EINVAL;
	*number = ntohl(address.s_addr);
	return 0;
}

static int
add_ipv6(struct sources *sources, const char *part, char *error,
    size_t error_size)
{
	struct sockaddr_in6 address = { .sin6_family = AF_INET6 };
	int err;

	if (inet_pton(AF_INET6, part, &address.sin6_addr) != 1)
		return complain(part, error, error_size);
	err = grow(sources, 1, error, error_size);
	if (err == 0)
		memcpy(&sources->items[sources->count++], &address,
		    sizeof(address));
	return err;
}

static int
add_range(struct sources *sources, uint32_t first, uint32_t last,
    char *error, size_t error_size)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	size_t count = (size_t)last - first + 1;
	int err;

	err = grow(sources, count, error, error_size);
	for (size_t i = 0; i < count && err == 0; i++) {
		address.sin_addr.s_addr = htonl(first + (uint32_t)i);
		memcpy(&sources->items[sources->count++], &address,
		    sizeof(address));
	}
	return err;
}

/* One of the list, which it takes apart. */
static int
add_part(struct sources *sources, char *part, char *error, size_t error_size)
{
	char whole[PART_SIZE], *second = part;
	uint32_t first, last;

	snprintf(whole, sizeof(whole), "%s", part);
	strsep(&second, "-");
	if (parse_ipv4(part, &first) < 0)
		return second == NULL ?
		    add_ipv6(sources, part, error, error_size) :
		    complain(whole, error, error_size);
	last = first;
	if (second != NULL && (parse_ipv4(second, &last) < 0 || last < first))
		return complain(whole, error, error_size);
	return add_range(sources, first, last, error, error_size);
}

int
sources_parse(const char *text, struct sources *sources, char *error,
    size_t error_size)
{
	char part[PART_SIZE];
	size_t length;
	int err;

	*sources = (struct sources){ .count = 0 };
	do {
		length = strcspn(text, ",");
		snprintf(part, sizeof(part), "%.*s", (int)length, text);
		err = add_part(sources, part, error, error_size);
		text += length;
	} while (err == 0 && *text++ == ',');
	if (err < 0)
		sources_clear(sources);
	return err;
}

void
sources_clear(struct sources *sources)
{
	free(sources->items);
	*sources = (struct sources){ .count = 0 };
}

size_t
sources_count(const char *text)
{
	struct sources sources = { .count = 0 };
	char error[256];
	size_t count;

	if (text == NULL || sources_parse(text, &sources, error,
	    sizeof(error)) < 0)
		return 0;
	count = sources.count;
	sources_clear(&sources);
	return count;
}
