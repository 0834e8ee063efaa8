/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "session_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Above any session: certificates are some KiB. */
#define LONGEST_FILE (256 * 1024)

/* What the file begins with, up to an empty line; the session follows. */
static char *
make_head(const struct tls_options *options, const char *server_name)
{
	char *head;

	if (asprintf(&head, "echo-client TLS session 1\nserver %s\n%s%s\n\n",
	    server_name, options->insecure ? "not verified" : "verified by ",
	    options->insecure ? "" : options->ca != NULL ? options->ca :
	    "the system's authorities") < 0)
		return NULL;
	return head;
}

/* Reads at most size bytes.  Returns how many, or an error. */
static ssize_t
read_file(const char *path, char *buffer, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t length;
	int err = 0;

	if (file == NULL)
		return -errno;
	length = fread(buffer, 1, size, file);
	if (ferror(file))
		err = errno != 0 ? -errno : -EIO;
	fclose(file);
	return err < 0 ? err : (ssize_t)length;
}

static int
complain(char *error, size_t error_size, const char *text)
{
	snprintf(error, error_size, "%s", text);
	return -EINVAL;
}

static int
parse(const char *data, size_t size, const char *head,
    aw_tls_session **session, char *error, size_t error_size)
{
	size_t first = strcspn(head, "\n"), length = strlen(head);

	if (size < first || memcmp(data, head, first) != 0)
		return complain(error, error_size,
		    "this is no session of echo-client's");
	if (size < length || memcmp(data, head, length) != 0)
		return complain(error, error_size, "the session is with "
		    "another server, or was verified otherwise");
	*session = aw_tls_session_load(data + length, size - length);
	return *session != NULL ? 0 : complain(error, error_size,
	    "the session is damaged");
}

int
session_file_load(const char *path, const struct tls_options *options,
    const char *server_name, aw_tls_session **session, char *error,
    size_t error_size)
{
	char *head = make_head(options, server_name);
	char *data = malloc(LONGEST_FILE);
	ssize_t n = -ENOMEM;

	if (head != NULL && data != NULL)
		n = read_file(path, data, LONGEST_FILE);
	if (n < 0)
		snprintf(error, error_size, "%s", aw_strerror((int)n));
	else
		n = parse(data, (size_t)n, head, session, error, error_size);
	free(data);
	free(head);
	return (int)n;
}

/* Fills a new file, which nobody else may read. */
static int
write_file(int fd, const char *head, const void *data, size_t size)
{
	FILE *file = fdopen(fd, "we");
	int err = 0;

	if (file == NULL) {
		err = -errno;
		close(fd);
		return err;
	}
	if (fputs(head, file) == EOF || fwrite(data, 1, size, file) != size)
		err = -errno;
	if (fclose(file) != 0 && err == 0)
		err = -errno;
	return err;
}

/* In one stroke, so that another run reads the old one or the new one. */
static int
replace_file(const char *path, const char *head, const void *data, size_t size)
{
	char *name;
	int err, fd;

	if (asprintf(&name, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkstemp(name);
	if (fd < 0) {
		err = -errno;
		goto out;
	}
	err = write_file(fd, head, data, size);
	if (err == 0 && rename(name, path) < 0)
		err = -errno;
	if (err < 0)
		(void)unlink(name);
out:
	free(name);
	return err;
}

int
session_file_save(const char *path, const struct tls_options *options,
    const char *server_name, const aw_tls_session *session)
{
	size_t size = aw_tls_session_save(session, NULL, 0);
	char *head = make_head(options, server_name);
	void *data = malloc(size);
	int err = -ENOMEM;

	if (head != NULL && data != NULL && size > 0 &&
	    aw_tls_session_save(session, data, size) == size)
		err = replace_file(path, head, data, size);
	free(data);
	free(head);
	return err;
}
