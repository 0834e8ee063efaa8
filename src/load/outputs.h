/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * All that echo-load writes: the live line, the report, and the files that
 * options name.  They are opened before the first connection, so that a file
 * that can't be written costs no run.
 *
 * The text report goes to standard output, unless --quiet is given or one of
 * --json, --csv, --hdr-log and --html has standard output ("-").
 */
#ifndef LOAD_OUTPUTS_H
#define LOAD_OUTPUTS_H

#include <stddef.h>

#include "load/result.h"
#include "load/run.h"

struct outputs;

/*
 * Opens what the options ask for; they have to stay.  Returns 0 and sets
 * *outputs; or -ENOMEM, -EINVAL if two of them are to be in one file, or the
 * error of a file, and error then holds the line to print, without the
 * program's name and without a line end.
 */
int outputs_open(const struct load_options *options, struct outputs **outputs,
    char *error, size_t error_size);
/* The exit status after such an error. */
int outputs_status(int error);

/*
 * Before each run: its number from 0, of how many (0: it is not known, as with
 * --find-max), and the options of this one, for the live line.  Returns what to
 * give run_load, which stays until the next call.
 */
const struct run_events *outputs_begin(struct outputs *outputs, size_t run,
    size_t runs, const struct load_options *options);

/*
 * In place of a run that was made elsewhere: writes what would have been written
 * of it by interval.  Its log has one entry for each kind of time, as all that a
 * result has of these is their sum over the part measured.
 */
void outputs_replay(struct outputs *outputs, const struct load_result *result);

/* After each run: takes the live line away, so that others can print. */
void outputs_pause(struct outputs *outputs);

/*
 * Writes the reports of the results, of all runs there were, verdicts and
 * statuses included; the last one of --find-max is what it has found.  Closes
 * all files.  Returns 0, or the first error of any write since outputs_open,
 * with the line to print in error; the exit status is LOAD_FAILED then.
 */
int outputs_finish(struct outputs *outputs,
    const struct load_result *const *results, size_t count, char *error,
    size_t error_size);

/* Closes what is open, without a report if there was none.  NULL is fine. */
void outputs_free(struct outputs *outputs);

#endif
