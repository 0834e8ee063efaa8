/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <string.h>

#include "fail.h"
#include "net/net.h"
#include "net/site.h"

static void
on_accept_error(aw_server *server, int error, void *arg)
{
	struct site *site = arg;

	ck_assert_ptr_eq(server, site->server);
	if (error == 0) {
		site->relieved++;
		return;
	}
	site->errors++;
	site->error = error;
	if (site->then == CLOSE)
		aw_server_close(server);
	if (site->then == FREE) {
		aw_server_free(server);
		site->server = NULL;
	}
}

void
open_site(struct site *site, double accept_pause)
{
	aw_server_options options = {
		.accept_pause = accept_pause,
		.accept_error = on_accept_error,
		.accept_error_arg = site,
	};

	memset(site, 0, sizeof(*site));
	ck_assert_int_eq(aw_start_server(net_echo, &site->begun, "127.0.0.1", 0,
	    &options, &site->server), 0);
	site->port = net_port(aw_server_socket(site->server, 0));
}

void
close_site(struct site *site)
{
	net_stop_server(site->server);
}

int
enter(struct site *site)
{
	unsigned begun = site->begun;
	int fd = net_connect(site->port);

	while (site->begun == begun)
		net_turns(1);
	return fd;
}

bool
has_failed(void *arg)
{
	struct site *site = arg;

	return site->errors > 0;
}

int
enter_in_vain(struct site *site, unsigned times, int error)
{
	int fd;

	fail_call("accept4", 1, times, error);
	fd = net_connect(site->port);
	net_wait_until(has_failed, site);
	return fd;
}
