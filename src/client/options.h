/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The command line of echo-client.
 */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/addresses.h"
#include "common/tls_options.h"

#define CLIENT_DEFAULT_PORT 7007

enum client_mode {
	CLIENT_MESSAGE,  /* the words of the command line, once */
	CLIENT_INPUT,    /* standard input */
	CLIENT_TERMINAL, /* standard input, which a person types */
	CLIENT_PING,     /* numbered echoes, one at a time */
};

/* The names of the modes, in the order of the enum. */
extern const char *const client_mode_names[];

struct client_options {
	struct address address;
	char text[ADDRESS_TEXT_SIZE]; /* the address, its port included */
	enum client_mode mode;
	char *message;       /* with its line end; NULL in the other modes */
	size_t message_size;
	int64_t count;       /* of echoes; 0 goes on until interrupted */
	double interval;     /* seconds between two sends */
	uint64_t size;       /* bytes of payload */
	double timeout;      /* seconds to connect and for each echo; 0: none */
	struct tls_options tls;
	const char *resume;  /* the file of a TLS session, or NULL */
	bool quiet;
	bool verbose;
	bool json;
	bool help;
	bool version;
};

/*
 * Reads a command line.  Returns 0, and options_free then ends the options; or
 * -EINVAL, -ERANGE or -ENOMEM, and error then holds the line to print, without
 * the program's name and without a line end.
 */
int options_load(struct client_options *options, int argc, char **argv,
    char *error, size_t error_size);
void options_free(struct client_options *options);

/* Prints what --help shows. */
void options_help(FILE *file);

#endif
