/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "core/loop.h"
#include "net/address.h"

int
aw_unix_address(const char *path, struct sockaddr_un *address)
{
	size_t length = strlen(path);

	if (length == 0)
		return -EINVAL;
	/* A name in the file system needs its end. */
	if (length + (path[0] != '@') > sizeof(address->sun_path))
		return -ENAMETOOLONG;
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, length);
	if (path[0] == '@')
		address->sun_path[0] = '\0';
	return (int)(offsetof(struct sockaddr_un, sun_path) + length +
	    (path[0] != '@'));
}

static void
format_in(const struct sockaddr *any, char *buffer, size_t size)
{
	struct sockaddr_in address;
	char host[INET_ADDRSTRLEN];

	memcpy(&address, any, sizeof(address));
	inet_ntop(AF_INET, &address.sin_addr, host, sizeof(host));
	snprintf(buffer, size, "%s:%u", host, ntohs(address.sin_port));
}

static void
format_in6(const struct sockaddr *any, char *buffer, size_t size)
{
	struct sockaddr_in6 address;
	char host[INET6_ADDRSTRLEN], scope[IF_NAMESIZE] = "";

	memcpy(&address, any, sizeof(address));
	inet_ntop(AF_INET6, &address.sin6_addr, host, sizeof(host));
	if (address.sin6_scope_id != 0 &&
	    if_indextoname(address.sin6_scope_id, scope) == NULL)
		snprintf(scope, sizeof(scope), "%u", address.sin6_scope_id);
	snprintf(buffer, size, "[%s%s%s]:%u", host, scope[0] ? "%" : "", scope,
	    ntohs(address.sin6_port));
}

static void
format_unix(const struct sockaddr *any, socklen_t length, char *buffer,
    size_t size)
{
	const struct sockaddr_un *address = (const void *)any;
	size_t header = offsetof(struct sockaddr_un, sun_path), n;

	n = length > header ? length - header : 0;
	if (n > 0 && address->sun_path[0] == '\0')
		snprintf(buffer, size, "unix:@%.*s", (int)n - 1,
		    address->sun_path + 1);
	else
		snprintf(buffer, size, "unix:%.*s", (int)n, address->sun_path);
}

/* snprintf needs more stack than a task should spend. */
struct text {
	const struct sockaddr *address;
	socklen_t length;
	char *buffer;
	size_t size;
};

static void
format(void *arg)
{
	struct text *text = arg;

	switch (text->length > 0 ? text->address->sa_family : AF_UNSPEC) {
	case AF_INET:
		format_in(text->address, text->buffer, text->size);
		break;
	case AF_INET6:
		format_in6(text->address, text->buffer, text->size);
		break;
	case AF_UNIX:
		format_unix(text->address, text->length, text->buffer,
		    text->size);
		break;
	default:
		snprintf(text->buffer, text->size, "?");
	}
}

const char *
aw_address_text(const struct sockaddr *address, socklen_t length, char *buffer,
    size_t size)
{
	struct text text = { address, length, buffer, size };

	if (size > 0)
		aw_loop_call(format, &text);
	return buffer;
}
