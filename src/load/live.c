/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "live.h"

#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "format.h"
#include "result.h"

#define WIDTH_MOST 160
#define WIDTH_USUAL 80

/* To the line's beginning, and from there to its end. */
#define RETURN "\r"
#define ERASE "\033[K"

void
live_init(struct live *live, FILE *file, bool is_wanted)
{
	*live = (struct live){
		.file = is_wanted && isatty(fileno(file)) ? file : NULL,
	};
}

void
live_begin(struct live *live, size_t run, size_t runs,
    const struct load_options *options)
{
	live->run = run;
	live->runs = runs;
	live->options = options;
	live->sent = 0;
	live->bytes = 0;
	live->errors = 0;
}

/* Adds a part of the line, unless it is too long. */
__attribute__((format(printf, 4, 5)))
static void
add(char *buffer, size_t size, size_t width, const char *format, ...)
{
	size_t length = strlen(buffer);
	char part[64];
	va_list list;

	va_start(list, format);
	vsnprintf(part, sizeof(part), format, list);
	va_end(list);
	if (length > 0)
		length += 2;
	if (length + strlen(part) > width || length + strlen(part) >= size)
		return;
	strcat(buffer, buffer[0] != '\0' ? "  " : "");
	strcat(buffer, part);
}

/* How much of the run is over; below 0 if that is not known. */
static double
progress(const struct live *live, const struct series_entry *entry)
{
	const struct load_options *options = live->options;

	if (options->duration > 0)
		return (entry->start + entry->seconds) / options->duration;
	if (options->count > 0)
		return (double)live->sent / (double)options->count;
	if (options->bytes > 0)
		return (double)live->bytes / (double)options->bytes;
	return -1;
}

static void
add_progress(const struct live *live, const struct series_entry *entry,
    size_t width, char *buffer, size_t size)
{
	double share = progress(live, entry);

	if (live->runs > 1)
		add(buffer, size, width, "run %zu of %zu", live->run + 1,
		    live->runs);
	else if (live->runs == 0)
		add(buffer, size, width, "run %zu", live->run + 1);
	add(buffer, size, width, "%.1f s", entry->start + entry->seconds);
	if (share >= 0)
		add(buffer, size, width, "%.0f %%",
		    share < 1 ? share * 100 : 100);
}

const char *
live_text(const struct live *live, const struct series_entry *entry,
    bool measured, size_t width, char *buffer, size_t size)
{
	uint64_t done = load_result_done(live->options, entry);
	double rate = entry->seconds > 0 ? (double)done / entry->seconds : 0;

	buffer[0] = '\0';
	add_progress(live, entry, width, buffer, size);
	add(buffer, size, width, "%s/s", AMOUNT_TEXT(rate >= 100 ?
	    rate : (double)(uint64_t)(rate + 0.5)));
	if (done > 0) {
		add(buffer, size, width, "p50 %s",
		    TIME_TEXT((double)entry->p50));
		add(buffer, size, width, "p99 %s",
		    TIME_TEXT((double)entry->p99));
	}
	add(buffer, size, width, "errors %s",
	    AMOUNT_TEXT((double)live->errors));
	add(buffer, size, width, "open %s", COUNT_TEXT(entry->connections));
	if (!measured)
		add(buffer, size, width, "(not measured)");
	return buffer;
}

/* One column less than there are: in the last one, some terminals wrap. */
static size_t
width_of(FILE *file)
{
	struct winsize window;

	if (ioctl(fileno(file), TIOCGWINSZ, &window) < 0 || window.ws_col == 0)
		return WIDTH_USUAL - 1;
	return window.ws_col > WIDTH_MOST ? WIDTH_MOST :
	    (size_t)window.ws_col - 1;
}

void
live_show(struct live *live, const struct series_entry *entry, bool measured)
{
	char line[WIDTH_MOST + 1];

	if (live->file == NULL)
		return;
	live->sent += live->options->mode == MODE_HANDSHAKES ?
	    entry->opened : entry->sent;
	live->bytes += entry->bytes_received;
	live->errors += entry->errors;
	fprintf(live->file, RETURN "%s" ERASE, live_text(live, entry, measured,
	    width_of(live->file), line, sizeof(line)));
	fflush(live->file);
	live->is_drawn = true;
}

void
live_clear(struct live *live)
{
	if (!live->is_drawn)
		return;
	fputs(RETURN ERASE, live->file);
	fflush(live->file);
	live->is_drawn = false;
}
