/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Figures for people: three digits and a unit.
 */
#ifndef LOAD_FORMAT_H
#define LOAD_FORMAT_H

#include <stdint.h>

#define FORMAT_SIZE 32

/* All of them write to a buffer of FORMAT_SIZE, and return it. */

/* "340 ns", "1.72 us", "17.2 ms", "3,720 s". */
const char *format_time(double nanoseconds, char *buffer);
/* "7", "102k", "1.02M". */
const char *format_amount(double amount, char *buffer);
/* "64 B", "6.55 MB": in powers of 1000, as rates of networks are. */
const char *format_bytes(double bytes, char *buffer);
/* "1,023,450". */
const char *format_count(uint64_t count, char *buffer);
/* Of 1: "12.3 %", "100 %". */
const char *format_share(double share, char *buffer);
/* Seconds of CLOCK_REALTIME: "2026-11-22 05:52:17 UTC". */
const char *format_date(double seconds, char *buffer);

/* The same in a buffer that lasts until the end of the block. */
#define FORMAT_BUFFER ((char[FORMAT_SIZE]){ 0 })
#define TIME_TEXT(nanoseconds) format_time(nanoseconds, FORMAT_BUFFER)
#define AMOUNT_TEXT(amount) format_amount(amount, FORMAT_BUFFER)
#define BYTES_TEXT(bytes) format_bytes(bytes, FORMAT_BUFFER)
#define COUNT_TEXT(count) format_count(count, FORMAT_BUFFER)
#define SHARE_TEXT(share) format_share(share, FORMAT_BUFFER)
#define DATE_TEXT(seconds) format_date(seconds, FORMAT_BUFFER)

#endif
