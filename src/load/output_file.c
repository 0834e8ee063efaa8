/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <await.h>

/* A terminal or a pipe that others share may be non-blocking. */
static int
wait_for_room(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	return poll(&room, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

/*
 * Of the stream: stdio tells that a write has failed, but not why, unless it
 * was the last thing that was done.
 */
static ssize_t
write_cookie(void *cookie, const char *data, size_t size)
{
	struct output_file *file = cookie;
	size_t done = 0;

	while (done < size && file->error == 0) {
		ssize_t written = write(file->fd, data + done, size - done);

		if (written >= 0)
			done += (size_t)written;
		else if (errno == EAGAIN)
			file->error = wait_for_room(file->fd);
		else if (errno != EINTR)
			file->error = -errno;
	}
	return file->error == 0 ? (ssize_t)size : 0;
}

static int
close_cookie(void *cookie)
{
	struct output_file *file = cookie;

	if (file->fd == STDOUT_FILENO)
		return 0;
	/* Some file systems tell only now that there was no room. */
	if (close(file->fd) < 0 && file->error == 0)
		file->error = -errno;
	return 0;
}

static const cookie_io_functions_t functions = {
	.write = write_cookie,
	.close = close_cookie,
};

int
output_file_open(struct output_file *file, const char *option,
    const char *path, char *error, size_t error_size)
{
	bool is_standard = strcmp(path, "-") == 0;

	*file = (struct output_file){
		.name = is_standard ? "standard output" : path,
	};
	/* An earlier report stays until there is a new one. */
	file->fd = is_standard ? STDOUT_FILENO : open(path,
	    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (file->fd < 0) {
		file->error = -errno;
		goto failed;
	}
	file->file = fopencookie(file, "w", functions);
	if (file->file != NULL)
		return 0;
	file->error = -ENOMEM;
	close_cookie(file);
failed:
	snprintf(error, error_size, "%s: %s: %s", option, file->name,
	    aw_strerror(file->error));
	return file->error;
}

bool
output_file_is_same(const struct output_file *one,
    const struct output_file *other)
{
	struct stat left, right;

	if (one->file == NULL || other->file == NULL)
		return false;
	if (one->fd == other->fd)
		return true;
	if (fstat(one->fd, &left) < 0 || fstat(other->fd, &right) < 0)
		return false;
	/* Whatever is written to /dev/null and such is in nobody's way. */
	if (S_ISCHR(left.st_mode) && !isatty(one->fd))
		return false;
	return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

int
output_file_begin(struct output_file *file)
{
	struct stat status;

	if (file->fd == STDOUT_FILENO)
		return 0;
	if (fstat(file->fd, &status) < 0)
		return -errno;
	if (S_ISREG(status.st_mode) && ftruncate(file->fd, 0) < 0)
		return -errno;
	return 0;
}

int
output_file_flush(struct output_file *file)
{
	if (fflush(file->file) != 0 && file->error == 0)
		file->error = -ENOMEM;
	return file->error;
}

int
output_file_close(struct output_file *file)
{
	FILE *closed = file->file;

	if (closed == NULL)
		return 0;
	file->file = NULL;
	if (fclose(closed) != 0 && file->error == 0)
		file->error = -EIO;
	return file->error;
}
