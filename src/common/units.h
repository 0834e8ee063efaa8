/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Numbers with units, as people write them in settings and options.
 *
 * Each parse function returns 0, or -EINVAL for a text that is no such value,
 * or -ERANGE for a value outside of lowest and highest; error then says what
 * was expected, without a line end.  Nothing is stored on failure.
 */
#ifndef COMMON_UNITS_H
#define COMMON_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UNITS_TEXT_SIZE 32

/* A whole number, such as "12". */
int units_parse_integer(const char *text, int64_t lowest, int64_t highest,
    int64_t *value, char *error, size_t error_size);

/* Bytes: a whole number with k, M or G for powers of 1024, or none. */
int units_parse_size(const char *text, uint64_t lowest, uint64_t highest,
    uint64_t *value, char *error, size_t error_size);

/*
 * Seconds: a decimal number with us, ms, s, m, h or d, or none for seconds;
 * "0.5", "500ms", "10s", "5m".
 */
int units_parse_duration(const char *text, double lowest, double highest,
    double *seconds, char *error, size_t error_size);

/*
 * How many a second: a decimal number with k, M or G for powers of 1000, or
 * none; "0.5", "10k", "1.5M".
 */
int units_parse_rate(const char *text, double lowest, double highest,
    double *rate, char *error, size_t error_size);

/*
 * A part of a whole: a decimal number with %, or a fraction; "5%", "0.05".  It
 * is stored as a fraction.
 */
int units_parse_share(const char *text, double lowest, double highest,
    double *share, char *error, size_t error_size);

/* "yes", "true", "on" or "1"; "no", "false", "off" or "0". */
int units_parse_boolean(const char *text, bool *value, char *error,
    size_t error_size);

/* Permission bits in octal, such as "0660", of at most 0777. */
int units_parse_mode(const char *text, unsigned *mode, char *error,
    size_t error_size);

/*
 * The same values as text that the functions above read back, in the largest
 * unit that keeps them whole.  They return buffer; UNITS_TEXT_SIZE is enough.
 */
const char *units_size_text(uint64_t value, char *buffer, size_t size);
const char *units_duration_text(double seconds, char *buffer, size_t size);
const char *units_rate_text(double rate, char *buffer, size_t size);

#endif
