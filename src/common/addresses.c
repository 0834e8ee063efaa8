/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "addresses.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FORMS "host:port, [v6]:port, :port or unix:PATH"

static bool
is_ipv6(const char *host)
{
	struct addrinfo hints = {
		.ai_family = AF_INET6,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST,
	};
	struct addrinfo *found;

	/* Not inet_pton, which knows no scope such as "fe80::1%eth0". */
	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return false;
	freeaddrinfo(found);
	return true;
}

static bool
is_ipv4(const char *host)
{
	struct in_addr address;

	return inet_pton(AF_INET, host, &address) == 1;
}

/* Whether it is made as a name is; digits and dots alone are no name. */
static bool
is_name(const char *host)
{
	bool letters = false;

	if (*host == '.' || *host == '-')
		return false;
	for (; *host != '\0'; host++) {
		if (!isalnum((unsigned char)*host) &&
		    strchr("-._", *host) == NULL)
			return false;
		if (!isdigit((unsigned char)*host) && *host != '.')
			letters = true;
	}
	return letters;
}

static int
parse_unix(const char *text, const char *path, struct address *address,
    char *error, size_t error_size)
{
	size_t length = strlen(path);

	if (length == 0 || strcmp(path, "@") == 0) {
		snprintf(error, error_size, "'%s' has no path; expected "
		    "unix:/PATH, or unix:@NAME for an abstract socket", text);
		return -EINVAL;
	}
	if (length >= sizeof(address->path)) {
		snprintf(error, error_size, "the path in '%s' is too long; "
		    "a Unix socket's has at most %zu bytes", text,
		    sizeof(address->path) - 1);
		return -EINVAL;
	}
	address->kind = ADDRESS_UNIX;
	memcpy(address->path, path, length + 1);
	return 0;
}

static int
parse_port(const char *text, const char *port, struct address *address,
    char *error, size_t error_size)
{
	size_t digits = strspn(port, "0123456789");
	long number = strtol(port, NULL, 10);

	if (digits == 0 || digits > 5 || port[digits] != '\0' ||
	    number > 65535) {
		snprintf(error, error_size, "'%s' is not a port in '%s'; "
		    "expected a number of 0 to 65535", port, text);
		return -EINVAL;
	}
	address->port = (uint16_t)number;
	return 0;
}

/* "[v6]:port" */
static int
parse_bracketed(const char *text, struct address *address, char *error,
    size_t error_size)
{
	const char *end = strchr(text, ']');
	size_t length;

	if (end == NULL || end[1] != ':') {
		snprintf(error, error_size, "'%s' is not an address; expected "
		    "[v6]:port, such as [::1]:7007", text);
		return -EINVAL;
	}
	length = (size_t)(end - text) - 1;
	if (length < sizeof(address->host))
		memcpy(address->host, text + 1, length);
	if (!is_ipv6(address->host)) {
		snprintf(error, error_size, "'%.*s' is not an IPv6 address",
		    (int)length, text + 1);
		return -EINVAL;
	}
	address->kind = ADDRESS_HOST;
	return parse_port(text, end + 2, address, error, error_size);
}

/* An IPv6 address without brackets: say how it is written. */
static int
unbracketed(const char *text, const char *colon, char *error,
    size_t error_size)
{
	char host[sizeof(((struct address *)0)->host)];

	/* Of "::1:7007" nobody can tell whether the last part is a port. */
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	if (is_ipv6(text) && is_ipv6(host))
		snprintf(error, error_size, "'%s' is an IPv6 address without "
		    "a port; expected [%s]%s, or [%s]:7007", text, host, colon,
		    text);
	else if (is_ipv6(text))
		snprintf(error, error_size, "'%s' has no port; an IPv6 address "
		    "goes in brackets, as in [%s]:7007", text, text);
	else
		snprintf(error, error_size, "'%s' is not an address; an IPv6 "
		    "address goes in brackets, as in [%.*s]%s", text,
		    (int)(colon - text), text, colon);
	return -EINVAL;
}

/* "host:port", where there is something before the only colon */
static int
parse_host(const char *text, const char *colon, struct address *address,
    char *error, size_t error_size)
{
	size_t length = (size_t)(colon - text);

	if (length < sizeof(address->host))
		memcpy(address->host, text, length);
	if (strcmp(address->host, "*") == 0) {
		snprintf(error, error_size, "'%s' is not an address; "
		    "every interface is written '%s'", text, colon);
		return -EINVAL;
	}
	if (!is_ipv4(address->host) && !is_name(address->host)) {
		snprintf(error, error_size, "'%.*s' is neither an IPv4 address "
		    "nor a host name", (int)length, text);
		return -EINVAL;
	}
	address->kind = ADDRESS_HOST;
	return parse_port(text, colon + 1, address, error, error_size);
}

static int
no_port(const char *text, char *error, size_t error_size)
{
	if (*text != '\0' && text[strspn(text, "0123456789")] == '\0')
		snprintf(error, error_size, "'%s' is not an address; expected "
		    FORMS "; did you mean ':%s'?", text, text);
	else if (*text == '/')
		snprintf(error, error_size, "'%s' is not an address; expected "
		    FORMS "; did you mean 'unix:%s'?", text, text);
	else
		snprintf(error, error_size,
		    "'%s' is not an address; expected " FORMS, text);
	return -EINVAL;
}

int
address_parse(const char *text, struct address *address, char *error,
    size_t error_size)
{
	struct address parsed = { .kind = ADDRESS_EVERY };
	const char *colon = strrchr(text, ':');
	int err;

	if (strncmp(text, "unix:", 5) == 0)
		err = parse_unix(text, text + 5, &parsed, error, error_size);
	else if (*text == '[')
		err = parse_bracketed(text, &parsed, error, error_size);
	else if (colon == NULL)
		err = no_port(text, error, error_size);
	else if (strchr(text, ':') != colon)
		err = unbracketed(text, colon, error, error_size);
	else if (colon == text)
		err = parse_port(text, text + 1, &parsed, error, error_size);
	else
		err = parse_host(text, colon, &parsed, error, error_size);
	if (err == 0)
		*address = parsed;
	return err;
}

/* Writes the address with the default port where it has none. */
static int
complete(const char *text, uint16_t port, char *buffer, size_t size)
{
	const char *colon = strchr(text, ':');
	size_t length = strlen(text);
	int written;

	if (strncmp(text, "unix:", 5) == 0)
		written = snprintf(buffer, size, "%s", text);
	else if (text[0] == '[' && text[length - 1] == ']')
		written = snprintf(buffer, size, "%s:%u", text, port);
	else if (colon == NULL && length > 0)
		written = snprintf(buffer, size, "%s:%u", text, port);
	else if (text[0] != '[' && colon != NULL &&
	    strchr(colon + 1, ':') != NULL)
		written = snprintf(buffer, size, "[%s]:%u", text, port);
	else
		written = snprintf(buffer, size, "%s", text);
	return written < 0 || (size_t)written >= size ? -EINVAL : 0;
}

int
address_parse_server(const char *text, uint16_t port, struct address *address,
    char *error, size_t error_size)
{
	char completed[ADDRESS_TEXT_SIZE + sizeof("[]:65535")];
	int err;

	err = complete(text, port, completed, sizeof(completed));
	if (err < 0) {
		snprintf(error, error_size, "an address has at most %d bytes",
		    ADDRESS_TEXT_SIZE - 1);
		return err;
	}
	err = address_parse(completed, address, error, error_size);
	if (err < 0)
		return err;
	if (address->kind != ADDRESS_UNIX && address->port == 0) {
		snprintf(error, error_size,
		    "port 0 can't be connected to; expected 1 to 65535");
		return -EINVAL;
	}
	if (address->kind == ADDRESS_EVERY) {
		address->kind = ADDRESS_HOST;
		snprintf(address->host, sizeof(address->host), "localhost");
	}
	return 0;
}

int
address_parse_operand(const char *operand, uint16_t port,
    struct address *address, char *error, size_t error_size)
{
	char reason[256];
	int err;

	if (operand == NULL) {
		snprintf(error, error_size, "no address; expected "
		    "HOST[:PORT], [IPV6]:PORT or unix:PATH");
		return -EINVAL;
	}
	err = address_parse_server(operand, port, address, reason,
	    sizeof(reason));
	if (err < 0)
		snprintf(error, error_size, "address '%s': %s", operand,
		    reason);
	return err;
}

const char *
address_text(const struct address *address, char *buffer, size_t size)
{
	switch (address->kind) {
	case ADDRESS_EVERY:
		snprintf(buffer, size, ":%u", address->port);
		break;
	case ADDRESS_HOST:
		snprintf(buffer, size,
		    strchr(address->host, ':') != NULL ? "[%s]:%u" : "%s:%u",
		    address->host, address->port);
		break;
	case ADDRESS_UNIX:
		snprintf(buffer, size, "unix:%s", address->path);
		break;
	}
	return buffer;
}

int
address_unix(const char *path, struct sockaddr_un *address)
{
	size_t length = strlen(path);

	if (length >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, length);
	/* A name in the file system needs its end. */
	if (path[0] == '@')
		address->sun_path[0] = '\0';
	else
		length++;
	return (int)(offsetof(struct sockaddr_un, sun_path) + length);
}

bool
address_same(const struct address *one, const struct address *other)
{
	return one->kind == other->kind && one->port == other->port &&
	    strcmp(one->host, other->host) == 0 &&
	    strcmp(one->path, other->path) == 0;
}

int
address_list_add(struct address_list *list, const struct address *address)
{
	struct address *items;

	items = reallocarray(list->items, list->count + 1, sizeof(*items));
	if (items == NULL)
		return -ENOMEM;
	items[list->count] = *address;
	list->items = items;
	list->count++;
	return 0;
}

void
address_list_clear(struct address_list *list)
{
	free(list->items);
	list->items = NULL;
	list->count = 0;
}
