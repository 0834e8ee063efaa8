/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The table of a loop's tasks.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/debug_mode.h"
#include "core/hibernate.h"
#include "core/task.h"

/* A longer name has a line of its own, so that the others stay in line. */
#define WIDEST_NAME 32

struct dump {
	aw_loop *loop;
	FILE *stream;
	int width; /* of the column of names */
	unsigned long counts[AW_TASK_DONE + 1];
	int err;
};

/*
 * How many bytes at text make a character that a terminal takes for text; 0 if
 * it has to be escaped.
 */
static size_t
printable(const unsigned char *text)
{
	size_t length, i;

	if (text[0] < 0x80)
		return text[0] >= ' ' && text[0] != 0x7f && text[0] != '\\';
	if (text[0] < 0xc2 || text[0] > 0xf4)
		return 0;
	length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	for (i = 1; i < length; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	/* U+0080 to U+009F are control characters too. */
	return text[0] == 0xc2 && text[1] < 0xa0 ? 0 : length;
}

/* Writes what stands for a byte to escaped; its length. */
static int
escape(unsigned char byte, char escaped[static 5])
{
	static const char known[] = "\nn\tt\rr\\\\";
	const char *at;

	for (at = known; *at != '\0'; at += 2)
		if (byte == (unsigned char)*at)
			return snprintf(escaped, 5, "\\%c", at[1]);
	return snprintf(escaped, 5, "\\x%02x", byte);
}

/* Prints the name, if there is a stream, and tells how wide it is. */
static int
print_name(FILE *stream, const char *name)
{
	const unsigned char *at = (const unsigned char *)name;
	char escaped[5];
	size_t length;
	int width = 0;

	for (; *at != '\0'; at += length) {
		length = printable(at);
		if (length > 0) {
			if (stream != NULL)
				(void)fwrite(at, 1, length, stream);
			width++;
			continue;
		}
		length = 1;
		width += escape(*at, escaped);
		if (stream != NULL)
			(void)fputs(escaped, stream);
	}
	return width;
}

static void
format_duration(char text[static 16], double seconds)
{
	if (seconds < 0)
		seconds = 0; /* the coarse clock is behind */
	if (seconds < 1)
		snprintf(text, 16, "%.0f ms", seconds * 1000);
	else if (seconds < 100)
		snprintf(text, 16, "%.1f s", seconds);
	else if (seconds < 100 * 60)
		snprintf(text, 16, "%.0f min", seconds / 60);
	else if (seconds < 100 * 3600)
		snprintf(text, 16, "%.0f h", seconds / 3600);
	else
		snprintf(text, 16, "%.0f d", seconds / 86400);
}

static void
print_reason(FILE *stream, const aw_task_info *info)
{
	if (info->awaits != NULL && aw_future_is_task(info->awaits)) {
		fputs("task '", stream);
		print_name(stream, aw_task_get_name(info->awaits));
		fputc('\'', stream);
	} else if (info->waits_for != NULL) {
		fputs(info->waits_for, stream);
	} else {
		fputc('-', stream);
	}
	if (info->cancelling > 0)
		fputs(" (cancelling)", stream);
}

static void
print_task(struct dump *dump, const aw_task_info *info)
{
	static const char *const states[] = { "ready", "running", "waiting" };
	FILE *stream = dump->stream;
	char duration[16];
	int width;

	format_duration(duration, (double)aw_loop_now() / 1e9 - info->since);
	width = print_name(stream, info->name);
	if (width > dump->width) {
		fputc('\n', stream);
		width = 0;
	}
	fprintf(stream, "%*s  %-7s  %7s  %5.1fK  %5zuK  ", dump->width - width,
	    "", states[info->state], duration,
	    (double)info->stack_used / 1024,
	    (info->stack_high_water + 1023) / 1024);
	print_reason(stream, info);
	fputc('\n', stream);
}

static void
measure_names(struct dump *dump)
{
	struct task_link *link;
	int width;

	dump->width = (int)strlen("NAME");
	TAILQ_FOREACH(link, &dump->loop->tasks, pending) {
		width = print_name(NULL, aw_task_get_name(
		    &aw_task_seen(link)->future));
		if (width > dump->width && width <= WIDEST_NAME)
			dump->width = width;
	}
}

static void
print_total(const struct dump *dump)
{
	const unsigned long *counts = dump->counts;
	unsigned long total = counts[AW_TASK_READY] +
	    counts[AW_TASK_RUNNING] + counts[AW_TASK_WAITING];

	fprintf(dump->stream, "%lu task%s: %lu running, %lu ready, "
	    "%lu waiting\n", total, total == 1 ? "" : "s",
	    counts[AW_TASK_RUNNING], counts[AW_TASK_READY],
	    counts[AW_TASK_WAITING]);
}

/* On the loop's own stack: stdio wants more than a task should have. */
static void
run_dump(void *arg)
{
	struct dump *dump = arg;
	struct task_link *link;
	aw_task_info info;

	errno = 0;
	measure_names(dump);
	fprintf(dump->stream, "%-*s  %-7s  %7s  %6s  %6s  %s\n", dump->width,
	    "NAME", "STATE", "FOR", "STACK", "PEAK", "WAITS FOR");
	TAILQ_FOREACH(link, &dump->loop->tasks, pending) {
		if (ferror(dump->stream))
			break;
		(void)aw_task_get_info(&aw_task_seen(link)->future, &info);
		dump->counts[info.state]++;
		print_task(dump, &info);
	}
	print_total(dump);
	if (fflush(dump->stream) == EOF || ferror(dump->stream))
		dump->err = errno != 0 ? -errno : -EIO;
}

int
aw_dump_tasks(aw_loop *loop, FILE *stream)
{
	struct dump dump = {
		.loop = loop != NULL ? loop : aw_get_running_loop(),
		.stream = stream,
	};

	if (dump.loop == NULL || stream == NULL)
		return -EINVAL;
	if (AW_WRONG_THREAD(dump.loop))
		return AW_EWRONGTHREAD;
	aw_loop_call(run_dump, &dump);
	return dump.err;
}

static void
dump_to_standard_error(void *arg)
{
	/* There is nobody to tell if that fails. */
	(void)aw_dump_tasks(arg, stderr);
}

int
aw_loop_dump_tasks_on_signal(aw_loop *loop, int signal)
{
	return aw_loop_add_signal_handler(loop, signal, dump_to_standard_error,
	    loop);
}
