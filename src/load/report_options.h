/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The options that say where a report goes, for the commands that make one.
 */
#ifndef LOAD_REPORT_OPTIONS_H
#define LOAD_REPORT_OPTIONS_H

#include "common/options.h"

/*
 * Rows for the members json, json_file, csv_file, hdr_log_file and html_file of
 * a struct.
 */
#define REPORT_OPTIONS_ROWS(type) \
	{ .name = "json", .letter = 'j', \
	    .help = "print the report as JSON instead", \
	    .handle = options_store_true, .offset = offsetof(type, json) }, \
	{ .name = "json-file", .argument = "FILE", \
	    .help = "write it as JSON to a file, beside what is printed", \
	    .handle = options_store_string, \
	    .offset = offsetof(type, json_file) }, \
	{ .name = "csv", .argument = "FILE", \
	    .help = "write a line of figures an interval", \
	    .handle = options_store_string, \
	    .offset = offsetof(type, csv_file) }, \
	{ .name = "hdr-log", .argument = "FILE", \
	    .help = "write the histograms in HdrHistogram's log format", \
	    .handle = options_store_string, \
	    .offset = offsetof(type, hdr_log_file) }, \
	{ .name = "html", .argument = "FILE", \
	    .help = "write a page with pictures", \
	    .handle = options_store_string, \
	    .offset = offsetof(type, html_file) }

#endif
