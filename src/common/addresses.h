/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Addresses, as people write them in settings and options.
 */
#ifndef COMMON_ADDRESSES_H
#define COMMON_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/un.h>

enum address_kind {
	ADDRESS_EVERY, /* every interface of the machine: only port counts */
	ADDRESS_HOST,  /* host and port */
	ADDRESS_UNIX,  /* path */
};

struct address {
	enum address_kind kind;
	uint16_t port; /* host order; 0 lets the kernel choose */
	/* A name, or an IPv4 or IPv6 address without brackets. */
	char host[256];
	/* A Unix socket's; a leading '@' makes it an abstract one. */
	char path[108];
};

/* Enough for any address, its end included. */
#define ADDRESS_TEXT_SIZE 272

/*
 * Reads "host:port", "[v6]:port", ":port" (every interface), "unix:PATH" or
 * "unix:@NAME".  Names are not resolved.  Returns 0, or -EINVAL, and error then
 * says what was expected, without a line end.
 */
int address_parse(const char *text, struct address *address, char *error,
    size_t error_size);

/*
 * The address of a server: the same, but the port, and the brackets of an IPv6
 * address without one, may be left out, port 0 is refused, and no host is
 * localhost.
 */
int address_parse_server(const char *text, uint16_t port,
    struct address *address, char *error, size_t error_size);

/*
 * The same, of the operand of a command line, or NULL if there is none; error
 * then is the line to print.
 */
int address_parse_operand(const char *operand, uint16_t port,
    struct address *address, char *error, size_t error_size);

/* Writes what address_parse reads back, and returns buffer. */
const char *address_text(const struct address *address, char *buffer,
    size_t size);

/*
 * A Unix socket's address, of its path; a leading '@' makes it an abstract one.
 * Returns its length, or -ENAMETOOLONG.
 */
int address_unix(const char *path, struct sockaddr_un *address);

/* Whether the texts say the same. */
bool address_same(const struct address *one, const struct address *other);

/* A list that grows.  All zero is an empty one. */
struct address_list {
	struct address *items;
	size_t count;
};

/* Appends a copy.  Returns 0 or -ENOMEM. */
int address_list_add(struct address_list *list, const struct address *address);
/* Frees the items and leaves an empty list. */
void address_list_clear(struct address_list *list);

#endif
