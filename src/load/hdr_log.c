/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "hdr_log.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "load/base64.h"
#include "load/hdr_encoding.h"

/* Of what is compressed; the last digit but one is as in hdr_encoding.c. */
#define COOKIE UINT32_C(0x1c849314)
#define NANOSECONDS_A_MILLISECOND 1e6

/* zlib adds less than that to what can't be compressed. */
_Static_assert(BASE64_LENGTH(HDR_ENCODING_MOST + HDR_ENCODING_MOST / 1000 +
    64) <= HDR_LOG_TEXT_MOST, "every histogram can be read again");

/* What is before the compressed bytes, big endian. */
struct head {
	uint32_t cookie;
	uint32_t size;
};

/* Returns the size, or 0 if memory is short. */
static size_t
compress_histogram(const struct histogram *histogram, unsigned char *data,
    size_t room)
{
	unsigned char *plain = malloc(HDR_ENCODING_MOST);
	struct head head = { .cookie = htobe32(COOKIE) };
	uLongf size = (uLongf)(room - sizeof(head));
	int result;

	if (plain == NULL)
		return 0;
	result = compress(data + sizeof(head), &size, plain,
	    (uLong)hdr_encoding_write(histogram, plain));
	free(plain);
	if (result != Z_OK)
		return 0;
	head.size = htobe32((uint32_t)size);
	memcpy(data, &head, sizeof(head));
	return sizeof(head) + size;
}

char *
hdr_log_encode(const struct histogram *histogram)
{
	size_t room = sizeof(struct head) + compressBound(HDR_ENCODING_MOST);
	unsigned char *data = malloc(room);
	char *text = NULL;
	size_t size = 0;

	if (data != NULL)
		size = compress_histogram(histogram, data, room);
	if (size > 0)
		text = malloc(BASE64_LENGTH(size) + 1);
	if (text != NULL)
		base64_encode(data, size, text);
	free(data);
	return text;
}

/*
 * The room is that of the largest encoding, so what would grow to more than
 * that is refused and not kept.
 */
static int
decompress_histogram(const unsigned char *data, size_t size,
    struct histogram *histogram, char *error, size_t error_size)
{
	unsigned char *plain = malloc(HDR_ENCODING_MOST);
	uLongf plain_size = HDR_ENCODING_MOST;
	uLong used = (uLong)size;
	int result, err = -EINVAL;

	result = plain == NULL ? Z_MEM_ERROR :
	    uncompress2(plain, &plain_size, data, &used);
	if (result == Z_MEM_ERROR) {
		snprintf(error, error_size, "%s", strerror(ENOMEM));
		err = -ENOMEM;
	} else if (result != Z_OK || used != size)
		snprintf(error, error_size, "the histogram cannot be "
		    "decompressed");
	else
		err = hdr_encoding_read(plain, plain_size, histogram, error,
		    error_size);
	free(plain);
	return err;
}

static int
read_compressed(const unsigned char *data, ssize_t size,
    struct histogram *histogram, char *error, size_t error_size)
{
	struct head head = { .cookie = 0 };

	if (size >= (ssize_t)sizeof(head))
		memcpy(&head, data, sizeof(head));
	if (be32toh(head.cookie) != COOKIE)
		snprintf(error, error_size, "this is no histogram of "
		    "HdrHistogram's version 2, compressed and in base64");
	else if (be32toh(head.size) != (size_t)size - sizeof(head))
		snprintf(error, error_size, "the histogram has %zu compressed "
		    "bytes; expected %lu", (size_t)size - sizeof(head),
		    (unsigned long)be32toh(head.size));
	else
		return decompress_histogram(data + sizeof(head),
		    (size_t)size - sizeof(head), histogram, error,
		    error_size);
	return -EINVAL;
}

int
hdr_log_decode(const char *text, size_t length, struct histogram *histogram,
    char *error, size_t error_size)
{
	unsigned char *data;
	int err;

	if (length > HDR_LOG_TEXT_MOST) {
		snprintf(error, error_size, "the histogram is too long");
		return -EINVAL;
	}
	/* Never nothing, which malloc may give NULL for. */
	data = malloc(length / 4 * 3 + 1);
	if (data == NULL) {
		snprintf(error, error_size, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	err = read_compressed(data, base64_decode(text, length, data),
	    histogram, error, error_size);
	free(data);
	return err;
}

static int
file_error(FILE *file, int written)
{
	return written < 0 || ferror(file) != 0 ?
	    -(errno != 0 ? errno : EIO) : 0;
}

int
hdr_log_begin(FILE *file, const char *comment, double started)
{
	time_t seconds = (time_t)started;
	char date[64] = "";
	struct tm parts;
	int written;

	if (gmtime_r(&seconds, &parts) != NULL)
		strftime(date, sizeof(date), "%a %b %d %H:%M:%S UTC %Y",
		    &parts);
	errno = 0;
	written = fprintf(file, "#[%s]\n"
	    "#[Histogram log format version 1.3]\n"
	    "#[StartTime: %.3f (seconds since epoch), %s]\n"
	    "#[BaseTime: %.3f (seconds since epoch)]\n"
	    "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
	    "\"Interval_Compressed_Histogram\"\n", comment, started, date,
	    started);
	return file_error(file, written);
}

int
hdr_log_add(FILE *file, const char *tag, double start, double seconds,
    const struct histogram *histogram)
{
	char *text;
	int written;

	if (strlen(tag) >= HDR_LOG_TAG_SIZE ||
	    tag[strcspn(tag, ", \t\r\n")] != '\0')
		return -EINVAL;
	text = hdr_log_encode(histogram);
	if (text == NULL)
		return -ENOMEM;
	errno = 0;
	written = fprintf(file, "%s%s%s%.3f,%.3f,%.3f,%s\n",
	    tag[0] != '\0' ? "Tag=" : "", tag, tag[0] != '\0' ? "," : "",
	    start, seconds,
	    (double)histogram->most / NANOSECONDS_A_MILLISECOND, text);
	free(text);
	if (fflush(file) != 0)
		written = -1;
	return file_error(file, written);
}
