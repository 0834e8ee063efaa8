/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The options of a run, out of its report: they are read as a command line is,
 * so whatever holds there holds here.
 */
#ifndef LOAD_REPORT_READ_OPTIONS_H
#define LOAD_REPORT_READ_OPTIONS_H

#include "load/json_read.h"
#include "load/report_read.h"

/*
 * Reads the object "options" of a run.  Errors are the reader's.  The run's
 * words and options are ended by report_read_options_free in any case.
 */
void report_read_options(const struct json_place *options,
    struct report_run *run);
void report_read_options_free(struct report_run *run);

#endif
