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
	char *log; /* as log_target_parse takes it */
	int log_format; /* enum log_format */
	int log_level;
	size_t log_buffer;
	char *pidfile; /* NULL is none */
	char *user;    /* NULL is whoever started it */
	char *group;   /* NULL is the user's */
	int sandbox;   /* enum sandbox_mode */
	struct address_list admin;
	double drain_delay;
	double drain_timeout;
	double accept_pause;
	int max_connections;   /* 0 is what the descriptors are enough for */
	int when_full;         /* enum when_full */
	size_t max_buffered;   /* 0 is a quarter of the memory */
};

struct listener_settings {
	struct address_list listen;
	int backlog;
	size_t high_water;
	size_t low_water;      /* 0 is a quarter of high_water */
	size_t send_buffer;    /* 0 is the kernel's default */
	size_t receive_buffer; /* 0 is the kernel's default */
	bool keep_alive;
	int max_per_address; /* 0 is no limit */
	double idle_timeout;   /* 0 is never */
	double write_timeout;  /* the same */
	bool access_log;
	mode_t unix_mode;
	bool tls;
	struct string_list tls_certificate;
	struct string_list tls_key; /* one a certificate; or in its file */
	int tls_client_certificate; /* enum client_certificate */
	char *tls_client_ca;
	struct string_list tls_client_names; /* none: whoever the CA knows */
	int tls_minimum_version;    /* enum tls_protocol */
	int tls_maximum_version;    /* the same */
	char *tls_ciphers;          /* these are OpenSSL's own if NULL */
	char *tls_cipher_suites;
	char *tls_groups;
	struct string_list tls_alpn;
	bool tls_tickets;
	double tls_ticket_interval;
	struct string_list tls_ocsp_staple; /* one a certificate, or "" */
	double tls_handshake_timeout;
	double tls_shutdown_timeout;
};

/* What when_full says. */
enum when_full {
	WHEN_FULL_WAIT,
	WHEN_FULL_CLOSE,
};

/* What sandbox says. */
enum sandbox_mode {
	SANDBOX_OFF,
	SANDBOX_ON,       /* as far as the kernel has it */
	SANDBOX_REQUIRED, /* all of it, or no start */
};

/* What tls_client_certificate says. */
enum client_certificate {
	CLIENT_CERTIFICATE_OFF,
	CLIENT_CERTIFICATE_WANTED,
	CLIENT_CERTIFICATE_REQUIRED,
};

/* What tls_minimum_version and tls_maximum_version say. */
enum tls_protocol {
	TLS_PROTOCOL_1_2,
	TLS_PROTOCOL_1_3,
};

extern const struct settings_table echod_settings;

#endif
