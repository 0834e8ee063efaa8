/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_csv.h"

#include <inttypes.h>

#include "load/series_columns.h"

/* RFC 4180 ends lines by CR LF. */
#define LINE_END "\r\n"

void
report_csv_head(FILE *file)
{
#define NAME(kind, name, field) "," name
	fputs("run,measured" SERIES_COLUMNS(NAME) LINE_END, file);
#undef NAME
	fflush(file);
}

void
report_csv_line(FILE *file, size_t run, bool measured,
    const struct series_entry *entry)
{
	fprintf(file, "%zu,%d", run + 1, measured);
#define REAL(value) fprintf(file, ",%.6f", value)
#define COUNT(value) fprintf(file, ",%" PRIu64, (uint64_t)(value))
#define WRITE(kind, name, field) kind(entry->field);
	SERIES_COLUMNS(WRITE)
#undef WRITE
#undef COUNT
#undef REAL
	fputs(LINE_END, file);
	fflush(file);
}
