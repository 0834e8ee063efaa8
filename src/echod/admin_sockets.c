/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "admin_sockets.h"

#include "common/log.h"
#include "stored.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Connections that may wait; those that find no room come a second later. */
#define BACKLOG 256
#define MODE 0660

/* ------------------------------------------------------------------ opening */

/* Those that the address had before.  Returns how many, or -ENOMEM. */
static int
keep(struct listener *listener, const struct address *address,
    const struct admin_sockets *old)
{
	int count = 0;

	for (size_t i = 0; old != NULL && i < old->listener.address_count;
	    i++) {
		struct listening *listening = old->listener.addresses[i];

		if (!address_same(&listening->asked, address))
			continue;
		if (listener_add(listener, listening_ref(listening)) < 0)
			return -ENOMEM;
		count++;
	}
	return count;
}

static int
open_all(struct admin_sockets *sockets, const struct admin_sockets *old,
    char *error, size_t error_size)
{
	const struct address_list *list = &sockets->settings.listen;
	struct stored stored = { .count = 0 };
	int err = 0;

	for (size_t i = 0; i < list->count && err >= 0; i++) {
		err = keep(&sockets->listener, &list->items[i], old);
		if (err == 0)
			err = listener_open(&sockets->listener, i, 1, &stored,
			    error, error_size);
	}
	return err < 0 ? err : 0;
}

int
admin_sockets_open(struct admin_sockets *sockets,
    const struct settings *settings, const struct admin_sockets *old,
    char *error, size_t error_size)
{
	const struct global_settings *global = settings->global;
	char origin[512], reason[512] = "out of memory";
	int err;

	memset(sockets, 0, sizeof(*sockets));
	sockets->settings.listen = global->admin;
	sockets->settings.backlog = BACKLOG;
	sockets->settings.unix_mode = MODE;
	sockets->listener.name = "admin";
	sockets->listener.settings = &sockets->settings;
	err = open_all(sockets, old, reason, sizeof(reason));
	if (err == 0)
		return 0;
	snprintf(error, error_size, "%s: admin: %s", settings_origin(settings,
	    NULL, "admin", origin, sizeof(origin)), reason);
	admin_sockets_close(sockets);
	return err;
}

void
admin_sockets_close(struct admin_sockets *sockets)
{
	for (size_t i = 0; i < sockets->listener.address_count; i++)
		listening_unref(sockets->listener.addresses[i]);
	free(sockets->listener.addresses);
	memset(sockets, 0, sizeof(*sockets));
}

int
admin_sockets_copy(struct admin_sockets *to, const struct admin_sockets *from)
{
	int err = 0;

	memset(to, 0, sizeof(*to));
	for (size_t i = 0; i < from->listener.address_count && err == 0; i++)
		err = listener_add(&to->listener,
		    listening_ref(from->listener.addresses[i]));
	if (err < 0)
		admin_sockets_close(to);
	return err;
}

bool
admin_sockets_same(const struct admin_sockets *one,
    const struct admin_sockets *other)
{
	const struct listener *a = &one->listener, *b = &other->listener;

	return a->address_count == b->address_count &&
	    (a->address_count == 0 || memcmp(a->addresses, b->addresses,
	    a->address_count * sizeof(struct listening *)) == 0);
}

/* --------------------------------------------------------------- afterwards */

/* Whether only this machine reaches it. */
static bool
is_local(int fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);
	const struct sockaddr_in *ipv4 = (const void *)&address;
	const struct sockaddr_in6 *ipv6 = (const void *)&address;

	if (getsockname(fd, (struct sockaddr *)&address, &length) < 0)
		return true;
	if (address.ss_family == AF_INET)
		return ntohl(ipv4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return address.ss_family != AF_INET6 ||
	    IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr);
}

void
admin_sockets_log(const struct admin_sockets *sockets)
{
	const struct listener *listener = &sockets->listener;

	for (size_t i = 0; i < listener->address_count; i++) {
		const struct listening *listening = listener->addresses[i];

		log_notice("status page and metrics on %s", listening->text);
		if (!is_local(listening->fds[0]))
			log_warning("admin: whoever reaches %s sees what echod "
			    "does, without a password; an address of loopback "
			    "or a Unix socket is for this machine alone",
			    listening->text);
	}
}

int *
admin_sockets_fds(const struct admin_sockets *sockets, size_t *count)
{
	const struct listener *listener = &sockets->listener;
	int *fds;

	*count = 0;
	if (listener->address_count == 0)
		return NULL;
	fds = calloc(listener->address_count, sizeof(*fds));
	for (size_t i = 0; fds != NULL && i < listener->address_count; i++)
		fds[(*count)++] = listener->addresses[i]->fds[0];
	return fds;
}
