/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "settings_table.h"

#include "common/log.h"

#define GLOBAL(field) \
	.scope = SETTING_GLOBAL, .name = #field, \
	SETTING_FIELD(struct global_settings, field)
#define LISTENER(field) \
	.scope = SETTING_SECTION, .name = #field, \
	SETTING_FIELD(struct listener_settings, field)

static const struct setting rows[] = {
	{
		GLOBAL(workers),
		.value = "auto", .zero = "auto",
		.lowest = "1", .highest = "1024",
		.help = "threads that serve; auto is one for each processor",
	},
	{
		GLOBAL(log_level),
		.value = "info", .choices = log_level_names,
		.help = "the least important lines to log",
	},
	{
		GLOBAL(pidfile),
		.value = "",
		.help = "file for the process number",
	},
	{
		GLOBAL(drain_timeout),
		.value = "10s", .lowest = "0s", .highest = "1d",
		.help = "how long connections may take to end at shutdown",
	},
	{
		GLOBAL(accept_pause),
		.value = "100ms", .lowest = "1ms", .highest = "1m",
		.help = "rest after running out of file descriptors",
	},
	{
		LISTENER(listen),
		.value = "127.0.0.1:7007, [::1]:7007",
		.help = "addresses to listen on",
	},
	{
		LISTENER(backlog),
		.value = "1024", .lowest = "1", .highest = "65535",
		.help = "connections that may wait to be accepted",
	},
	{
		LISTENER(high_water),
		.value = "64k", .lowest = "1k", .highest = "1G",
		.help = "unsent bytes at which reading from a peer stops",
	},
	{
		LISTENER(low_water),
		.value = "auto", .zero = "auto",
		.lowest = "1", .highest = "1G",
		.help = "unsent bytes at which it goes on; auto is "
		    "high_water / 4",
	},
	{
		LISTENER(send_buffer),
		.value = "system", .zero = "system",
		.lowest = "4k", .highest = "1G",
		.help = "the socket's send buffer",
	},
	{
		LISTENER(receive_buffer),
		.value = "system", .zero = "system",
		.lowest = "4k", .highest = "1G",
		.help = "the socket's receive buffer",
	},
	{
		LISTENER(keep_alive),
		.value = "no",
		.help = "probe silent peers by TCP keep-alive",
	},
	{
		LISTENER(unix_mode),
		.value = "0666",
		.help = "permissions of a Unix socket",
	},
};

const struct settings_table echod_settings = {
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.section = "listener",
	.global_size = sizeof(struct global_settings),
	.section_size = sizeof(struct listener_settings),
};
