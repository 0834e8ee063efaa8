/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_read.h"
#include "report_json.h"
#include "report_read_options.h"
#include "report_read_run.h"
#include "verdict.h"

static void
read_run(const struct json_place *place, struct report_run *run)
{
	struct json_place options = json_read_object(place, "options");

	if (place->reader->result < 0)
		return;
	report_read_options(&options, run);
	run->result = load_result_new(&run->options);
	if (run->result == NULL) {
		json_read_no_memory(place);
		return;
	}
	report_read_run(place, run->result);
	if (place->reader->result == 0)
		verdict_reach(run->result);
}

static void
read_document(const struct json_place *document, struct report_file *file)
{
	struct json_place schema = json_read_member(document, "schema");
	struct json_place runs;
	size_t count;

	if (strcmp(json_read_text(document, "schema"),
	    REPORT_JSON_SCHEMA) != 0)
		json_read_fail(&schema, "\"%s\", as this version writes it",
		    REPORT_JSON_SCHEMA);
	runs = json_read_array(document, "runs");
	count = json_read_size(&runs);
	if (count == 0 || count > REPORT_RUNS_MOST)
		json_read_fail(&runs, "from 1 to %d runs", REPORT_RUNS_MOST);
	if (document->reader->result < 0)
		return;
	file->runs = calloc(count, sizeof(*file->runs));
	if (file->runs == NULL) {
		json_read_no_memory(&runs);
		return;
	}
	file->count = count;
	for (size_t i = 0; i < count; i++) {
		struct json_place place = json_read_element(&runs, i);

		read_run(&place, &file->runs[i]);
	}
}

static json_t *
load_document(const char *name, char *error, size_t error_size)
{
	FILE *stream = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	json_error_t place;
	json_t *document;

	if (stream == NULL) {
		snprintf(error, error_size, "%s: %s", name, strerror(errno));
		return NULL;
	}
	document = json_loadf(stream, 0, &place);
	if (document == NULL)
		snprintf(error, error_size, "%s: line %d: expected a report "
		    "as --json writes it (%s)", name, place.line, place.text);
	if (stream != stdin)
		fclose(stream);
	return document;
}

int
report_read(const char *name, struct report_file **file, char *error,
    size_t error_size)
{
	struct report_file *made = calloc(1, sizeof(*made));
	struct json_reader reader = {
		.file = name,
		.error = error,
		.error_size = error_size,
		.result = -EINVAL,
	};
	struct json_place document = { .reader = &reader };

	if (made == NULL || (made->name = strdup(name)) == NULL) {
		snprintf(error, error_size, "no memory for %s", name);
		reader.result = -ENOMEM;
		goto free_file;
	}
	made->document = load_document(name, error, error_size);
	if (made->document == NULL)
		goto free_file;
	document.value = made->document;
	reader.result = 0;
	read_document(&document, made);
	if (reader.result < 0)
		goto free_file;
	*file = made;
	return 0;

free_file:
	report_file_free(made);
	return reader.result;
}

void
report_file_free(struct report_file *file)
{
	if (file == NULL)
		return;
	for (size_t i = 0; i < file->count; i++) {
		load_result_free(file->runs[i].result);
		report_read_options_free(&file->runs[i]);
	}
	free(file->runs);
	json_decref(file->document);
	free(file->name);
	free(file);
}
