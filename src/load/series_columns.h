/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What is written of an interval, as rows of one table: for CSV and JSON.
 */
#ifndef LOAD_SERIES_COLUMNS_H
#define LOAD_SERIES_COLUMNS_H

#include "load/series.h"

/* kind (REAL or COUNT), name, field of struct series_entry */
#define SERIES_COLUMNS(row) \
	row(REAL, "start", start) \
	row(REAL, "seconds", seconds) \
	row(COUNT, "sent", sent) \
	row(COUNT, "received", received) \
	row(COUNT, "errors", errors) \
	row(COUNT, "bytes_received", bytes_received) \
	row(COUNT, "opened", opened) \
	row(COUNT, "handshakes", handshakes) \
	row(COUNT, "connections", connections) \
	row(COUNT, "p50_ns", p50) \
	row(COUNT, "p90_ns", p90) \
	row(COUNT, "p99_ns", p99) \
	row(COUNT, "p999_ns", p999) \
	row(COUNT, "max_ns", most) \
	row(COUNT, "lag_p99_ns", lag_p99)

#endif
