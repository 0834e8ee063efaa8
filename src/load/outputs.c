/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include <await.h>

#include "hdr_log.h"
#include "live.h"
#include "output_file.h"
#include "report_csv.h"
#include "report_html.h"
#include "report_json.h"
#include "report_text.h"
#include "search.h"

enum output_kind {
	OUTPUT_JSON,      /* on standard output */
	OUTPUT_JSON_FILE,
	OUTPUT_CSV,
	OUTPUT_HDR_LOG,
	OUTPUT_HTML,
	OUTPUT_TEXT,      /* on standard output, if that is nobody else's */
	OUTPUT_KINDS,
};

struct outputs {
	const struct load_options *options;
	struct output_file files[OUTPUT_KINDS];
	struct live live;
	struct run_events events;
	size_t run;
	double first_started; /* CLOCK_REALTIME: what the log counts from */
	double offset;        /* of this run, in the log */
	bool log_has_begun;
	int error;            /* the first */
	char text[OUTPUT_ERROR_SIZE];
};

/* Notes the first error; what can't be written is not tried again. */
static void
check(struct outputs *outputs, struct output_file *file, int err)
{
	if (err >= 0)
		return;
	if (outputs->error == 0) {
		outputs->error = err;
		snprintf(outputs->text, sizeof(outputs->text), "%s: %s",
		    file->name, aw_strerror(err));
	}
	output_file_close(file);
}

struct wanted {
	const char *option;
	const char *path; /* NULL: it is not */
};

/* Opens one, which has to be another file than those before it. */
static int
open_file(struct outputs *outputs, const struct wanted *wanted, size_t i,
    char *error, size_t error_size)
{
	struct output_file *file = &outputs->files[i];
	int err;

	err = output_file_open(file, wanted[i].option, wanted[i].path, error,
	    error_size);
	if (err < 0)
		return err;
	for (size_t k = 0; k < i; k++) {
		if (!output_file_is_same(&outputs->files[k], file))
			continue;
		snprintf(error, error_size, "%s and %s would both write to %s",
		    wanted[k].option, wanted[i].option, file->name);
		return -EINVAL;
	}
	return 0;
}

static int
open_files(struct outputs *outputs, char *error, size_t error_size)
{
	const struct load_options *options = outputs->options;
	struct wanted wanted[OUTPUT_KINDS] = {
		[OUTPUT_JSON] = { "--json", options->json ? "-" : NULL },
		[OUTPUT_JSON_FILE] = { "--json-file", options->json_file },
		[OUTPUT_CSV] = { "--csv", options->csv_file },
		[OUTPUT_HDR_LOG] = { "--hdr-log", options->hdr_log_file },
		[OUTPUT_HTML] = { "--html", options->html_file },
		[OUTPUT_TEXT] = { "the report", options->quiet ? NULL : "-" },
	};

	for (size_t i = 0; i < OUTPUT_KINDS; i++) {
		int err;

		if (wanted[i].path == NULL)
			continue;
		err = open_file(outputs, wanted, i, error, error_size);
		if (err < 0)
			return err;
		if (outputs->files[i].fd == STDOUT_FILENO)
			wanted[OUTPUT_TEXT].path = NULL;
	}
	return 0;
}

int
outputs_open(const struct load_options *options, struct outputs **result,
    char *error, size_t error_size)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));
	int err;

	if (outputs == NULL) {
		snprintf(error, error_size, "no memory for the reports");
		return -ENOMEM;
	}
	outputs->options = options;
	err = open_files(outputs, error, error_size);
	if (err < 0) {
		outputs_free(outputs);
		return err;
	}
	live_init(&outputs->live, stderr, !options->quiet);
	*result = outputs;
	return 0;
}

int
outputs_status(int error)
{
	return error == -EINVAL ? LOAD_USAGE : LOAD_FAILED;
}

/* All runs are in one log, whose times count from the start of the first. */
static void
begin_log(struct outputs *outputs, double started)
{
	struct output_file *file = &outputs->files[OUTPUT_HDR_LOG];

	if (file->file == NULL)
		return;
	if (!outputs->log_has_begun) {
		outputs->first_started = started;
		outputs->log_has_begun = true;
		check(outputs, file, output_file_begin(file));
		if (file->file != NULL)
			check(outputs, file, hdr_log_begin(file->file,
			    "Logged with echo-load " PACKAGE_VERSION,
			    started));
	}
	outputs->offset = started - outputs->first_started;
}

static void
run_started(const struct load_result *result, void *arg)
{
	begin_log(arg, result->started);
}

/* One line of the log for each kind of time, which is its tag. */
static void
log_interval(struct outputs *outputs, const struct series_entry *entry,
    const struct statistics *interval)
{
	struct output_file *file = &outputs->files[OUTPUT_HDR_LOG];

	for (size_t i = 0; i < TIME_KINDS; i++) {
		const struct histogram *times = &interval->times[i];

		if (file->file == NULL || histogram_is_empty(times))
			continue;
		check(outputs, file, hdr_log_add(file->file,
		    statistics_times[i].name, outputs->offset + entry->start,
		    entry->seconds, times));
	}
}

static bool
interval_over(const struct series_entry *entry,
    const struct statistics *interval, bool measured, void *arg)
{
	struct outputs *outputs = arg;
	struct output_file *csv = &outputs->files[OUTPUT_CSV];

	live_show(&outputs->live, entry, measured);
	if (csv->file != NULL) {
		report_csv_line(csv->file, outputs->run, measured, entry);
		check(outputs, csv, csv->error);
	}
	/* The log has what the figures rest on, and no more. */
	if (measured)
		log_interval(outputs, entry, interval);
	return true;
}

const struct run_events *
outputs_begin(struct outputs *outputs, size_t run, size_t runs,
    const struct load_options *options)
{
	struct output_file *csv = &outputs->files[OUTPUT_CSV];

	outputs->run = run;
	outputs->events = (struct run_events){
		.interval = interval_over,
		.started = run_started,
		.arg = outputs,
	};
	live_begin(&outputs->live, run, runs, options);
	if (run == 0 && csv->file != NULL) {
		check(outputs, csv, output_file_begin(csv));
		if (csv->file != NULL)
			report_csv_head(csv->file);
		check(outputs, csv, csv->error);
	}
	return &outputs->events;
}

static bool
is_measured(const struct load_result *result, const struct series_entry *entry)
{
	double passed = entry->start + entry->seconds / 2 -
	    result->measured_from;

	return passed >= 0 && passed < result->measured;
}

void
outputs_replay(struct outputs *outputs, const struct load_result *result)
{
	struct output_file *csv = &outputs->files[OUTPUT_CSV];
	const struct series_entry whole = {
		.start = result->measured_from,
		.seconds = result->measured,
	};

	outputs_begin(outputs, 0, 1, result->options);
	for (size_t i = 0; csv->file != NULL && i < result->series.count;
	    i++) {
		const struct series_entry *entry = &result->series.entries[i];

		report_csv_line(csv->file, 0, is_measured(result, entry),
		    entry);
		check(outputs, csv, csv->error);
	}
	begin_log(outputs, result->started);
	log_interval(outputs, &whole, result->total);
}

void
outputs_pause(struct outputs *outputs)
{
	live_clear(&outputs->live);
}

/* Empties a file that is to be written now; whether it is. */
static bool
begin_file(struct outputs *outputs, struct output_file *file)
{
	if (file->file != NULL)
		check(outputs, file, output_file_begin(file));
	return file->file != NULL;
}

static void
write_json(struct outputs *outputs, struct output_file *file,
    const char *line)
{
	if (file->file != NULL && line == NULL)
		check(outputs, file, -ENOMEM);
	else if (begin_file(outputs, file))
		fputs(line, file->file);
}

static void
write_html(struct outputs *outputs, const struct load_result *const *results,
    size_t count)
{
	struct output_file *file = &outputs->files[OUTPUT_HTML];

	if (begin_file(outputs, file))
		check(outputs, file, report_html_runs(file->file, results,
		    count));
}

static void
write_text(struct outputs *outputs, const struct load_result *const *results,
    size_t count)
{
	struct output_file *file = &outputs->files[OUTPUT_TEXT];

	if (file->file == NULL || count == 0)
		return;
	if (results[count - 1]->search != NULL) {
		search_print(file->file, results[count - 1]->search);
		fputc('\n', file->file);
	}
	report_text_runs(file->file, results, count);
}

int
outputs_finish(struct outputs *outputs,
    const struct load_result *const *results, size_t count, char *error,
    size_t error_size)
{
	bool has_json = outputs->files[OUTPUT_JSON].file != NULL ||
	    outputs->files[OUTPUT_JSON_FILE].file != NULL;
	char *line = has_json ? report_json_runs(results, count) : NULL;

	live_clear(&outputs->live);
	write_text(outputs, results, count);
	write_json(outputs, &outputs->files[OUTPUT_JSON], line);
	write_json(outputs, &outputs->files[OUTPUT_JSON_FILE], line);
	write_html(outputs, results, count);
	free(line);
	for (size_t i = 0; i < OUTPUT_KINDS; i++)
		check(outputs, &outputs->files[i],
		    output_file_close(&outputs->files[i]));
	if (outputs->error != 0)
		snprintf(error, error_size, "%s", outputs->text);
	return outputs->error;
}

void
outputs_free(struct outputs *outputs)
{
	if (outputs == NULL)
		return;
	live_clear(&outputs->live);
	for (size_t i = 0; i < OUTPUT_KINDS; i++)
		output_file_close(&outputs->files[i]);
	free(outputs);
}
