/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echo.h"

int
echo(aw_reader *reader, aw_writer *writer, uint64_t *echoed,
    struct traffic_lane *lane)
{
	const void *data;
	ssize_t n;
	int err;

	while ((n = aw_reader_peek(reader, &data)) > 0) {
		aw_writer_write(writer, data, (size_t)n);
		aw_reader_consume(reader, (size_t)n);
		*echoed += (uint64_t)n;
		tally_add(&lane->echoed, (uint64_t)n);
		err = aw_writer_drain(writer);
		if (err < 0)
			return err;
	}
	return (int)n;
}
