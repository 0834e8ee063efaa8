/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "settings_table.h"

#include "common/log.h"
#include "common/log_target.h"

#define GLOBAL(field) \
	.scope = SETTING_GLOBAL, .name = #field, \
	SETTING_FIELD(struct global_settings, field)
#define LISTENER(field) \
	.scope = SETTING_SECTION, .name = #field, .reload = true, \
	SETTING_FIELD(struct listener_settings, field)

static const char *const client_certificates[] = {
	[CLIENT_CERTIFICATE_OFF] = "off",
	[CLIENT_CERTIFICATE_WANTED] = "wanted",
	[CLIENT_CERTIFICATE_REQUIRED] = "required",
	NULL
};

static const char *const sandbox_modes[] = {
	[SANDBOX_OFF] = "off",
	[SANDBOX_ON] = "on",
	[SANDBOX_REQUIRED] = "required",
	NULL
};

static const char *const tls_protocols[] = {
	[TLS_PROTOCOL_1_2] = "1.2",
	[TLS_PROTOCOL_1_3] = "1.3",
	NULL
};

static const char *const when_full[] = {
	[WHEN_FULL_WAIT] = "wait",
	[WHEN_FULL_CLOSE] = "close",
	NULL
};

static const struct setting rows[] = {
	{
		GLOBAL(workers),
		.value = "auto", .zero = "auto",
		.lowest = "1", .highest = "1024",
		.help = "threads that serve; auto is one for each processor",
	},
	{
		GLOBAL(log),
		.value = "stderr", .path = SETTING_LOGGED,
		.is_good = log_target_is_good,
		.expected = LOG_TARGET_NOTATION,
		.help = "where the log goes: stderr, syslog or file:/PATH",
	},
	{
		GLOBAL(log_format),
		.value = "text", .choices = log_format_names,
		.help = "how its lines look: text or logfmt",
	},
	{
		GLOBAL(log_level), .reload = true,
		.value = "info", .choices = log_level_names,
		.help = "the least important lines to log",
	},
	{
		GLOBAL(log_buffer),
		.value = "1M", .lowest = "32k", .highest = "1G",
		.help = "memory for lines that wait to be written",
	},
	{
		GLOBAL(pidfile),
		.value = "", .path = SETTING_MADE,
		.help = "file for the process number",
	},
	{
		GLOBAL(user),
		.value = "",
		.help = "whom root becomes once addresses are bound",
	},
	{
		GLOBAL(group),
		.value = "",
		.help = "the group to have then; the user's if empty",
	},
	{
		GLOBAL(sandbox),
		.value = "on", .choices = sandbox_modes,
		.help = "give up what is not needed: off, on, required",
	},
	{
		GLOBAL(admin), .reload = true,
		.value = "",
		.help = "addresses of the status page and the metrics",
	},
	{
		GLOBAL(drain_delay), .reload = true,
		.value = "0s", .lowest = "0s", .highest = "1d",
		.help = "how long to go on, not ready, when told to stop",
	},
	{
		GLOBAL(drain_timeout), .reload = true,
		.value = "10s", .lowest = "0s", .highest = "1d",
		.help = "how long connections may take to end at shutdown",
	},
	{
		GLOBAL(accept_pause), .reload = true,
		.value = "100ms", .lowest = "1ms", .highest = "1m",
		.help = "rest after running out of file descriptors",
	},
	{
		GLOBAL(max_connections), .reload = true,
		.value = "auto", .zero = "auto",
		.lowest = "1", .highest = "1000000000",
		.help = "connections in all; auto: as descriptors allow",
	},
	{
		GLOBAL(when_full), .reload = true,
		.value = "wait", .choices = when_full,
		.help = "what happens to more of them: wait or close",
	},
	{
		GLOBAL(max_buffered), .reload = true,
		.value = "auto", .zero = "auto",
		.lowest = "64k", .highest = "1024G",
		.help = "unsent bytes of all; auto: a quarter of memory",
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
		.help = "unsent bytes at which it goes on; "
		    "auto: high_water / 4",
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
		LISTENER(max_per_address),
		.value = "unlimited", .zero = "unlimited",
		.lowest = "1", .highest = "1000000000",
		.help = "connections that one address, or /64, may have",
	},
	{
		LISTENER(idle_timeout),
		.value = "never", .zero = "never",
		.lowest = "100ms", .highest = "365d",
		.help = "how long a connection may be without a byte",
	},
	{
		LISTENER(write_timeout),
		.value = "1m", .zero = "never",
		.lowest = "100ms", .highest = "365d",
		.help = "how long a peer may take nothing that is sent",
	},
	{
		LISTENER(access_log),
		.value = "no",
		.help = "log each connection when it ends",
	},
	{
		LISTENER(unix_mode),
		.value = "0666",
		.help = "permissions of a Unix socket",
	},
	{
		LISTENER(tls),
		.value = "no",
		.help = "speak TLS",
	},
	{
		LISTENER(tls_certificate),
		.value = "", .path = SETTING_READ,
		.help = "PEM files, each a certificate with its chain",
	},
	{
		LISTENER(tls_key),
		.value = "", .path = SETTING_READ,
		.help = "PEM files of their keys, if not in the same files",
	},
	{
		LISTENER(tls_client_certificate),
		.value = "off", .choices = client_certificates,
		.help = "whether clients show one: off, wanted, required",
	},
	{
		LISTENER(tls_client_ca),
		.value = "", .path = SETTING_READ,
		.help = "PEM file of the authorities of clients",
	},
	{
		LISTENER(tls_client_names),
		.value = "",
		.help = "names of clients that are let in; none is all",
	},
	{
		LISTENER(tls_minimum_version),
		.value = "1.2", .choices = tls_protocols,
		.help = "the oldest version of TLS, 1.2 or 1.3",
	},
	{
		LISTENER(tls_maximum_version),
		.value = "1.3", .choices = tls_protocols,
		.help = "the newest",
	},
	{
		LISTENER(tls_ciphers),
		.value = "ECDHE+AESGCM:ECDHE+CHACHA20",
		.help = "ciphers of TLS 1.2; none is OpenSSL's own list",
	},
	{
		LISTENER(tls_cipher_suites),
		.value = "",
		.help = "those of TLS 1.3; none is OpenSSL's own list",
	},
	{
		LISTENER(tls_groups),
		.value = "X25519:P-256:P-384",
		.help = "for the key exchange; none is OpenSSL's own list",
	},
	{
		LISTENER(tls_alpn),
		.value = "",
		.help = "protocols for ALPN, the preferred one first",
	},
	{
		LISTENER(tls_tickets),
		.value = "yes",
		.help = "let clients resume sessions by tickets",
	},
	{
		LISTENER(tls_ticket_interval),
		.value = "1h", .lowest = "1s", .highest = "3d",
		.help = "how long a key of tickets is used for new ones",
	},
	{
		LISTENER(tls_ocsp_staple),
		.value = "", .path = SETTING_READ,
		.help = "files of OCSP responses, one a certificate",
	},
	{
		LISTENER(tls_handshake_timeout),
		.value = "10s", .lowest = "10ms", .highest = "1h",
		.help = "how long a TLS handshake may take",
	},
	{
		LISTENER(tls_shutdown_timeout),
		.value = "5s", .lowest = "10ms", .highest = "1h",
		.help = "how long a peer may take to end TLS",
	},
};

const struct settings_table echod_settings = {
	.rows = rows,
	.count = sizeof(rows) / sizeof(rows[0]),
	.section = "listener",
	.global_size = sizeof(struct global_settings),
	.section_size = sizeof(struct listener_settings),
};
