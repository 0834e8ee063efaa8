/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The settings of echod.  To add one, add a field here and a row to the table
 * in settings_table.c; then say what it does in conf/echod.conf and
 * man/echod.conf.5, which a test compares with the table.
 */
#ifndef ECHOD_SETTINGS_TABLE_H
#define ECHOD_SETTINGS_TABLE_H

#include "common/settings.h"

struct global_settings {
	int workers; /* 0 is one for each processor */
	int log_level;
	char *pidfile; /* NULL is none */
	double drain_timeout;
	double accept_pause;
};

struct listener_settings {
	struct address_list listen;
	int backlog;
	size_t high_water;
	size_t low_water;      /* 0 is a quarter of high_water */
	size_t send_buffer;    /* 0 is the kernel's default */
	size_t receive_buffer; /* 0 is the kernel's default */
	bool keep_alive;
	mode_t unix_mode;
};

extern const struct settings_table echod_settings;

#endif
