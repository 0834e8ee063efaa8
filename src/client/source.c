/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "source.h"

#include <string.h>

#include "descriptor.h"

ssize_t
source_read(struct source *source, void *buffer, size_t size)
{
	if (source->data == NULL)
		return descriptor_read(source->fd, buffer, size);
	if (size > source->size)
		size = source->size;
	memcpy(buffer, source->data, size);
	source->data += size;
	source->size -= size;
	return (ssize_t)size;
}
