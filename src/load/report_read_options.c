/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "report_read_options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "option_values.h"

/* What the table of values has, and a command line that is read again not. */
static const char *const left_out[] = {
	"address", "seed-given", "quiet", "json", "json-file", "csv", "hdr-log",
	"html"
};

static bool
is_left_out(const char *option)
{
	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
		if (strcmp(left_out[i], option) == 0)
			return true;
	return false;
}

static void __attribute__((format(printf, 3, 4)))
add_word(const struct json_place *place, struct report_run *run,
    const char *format, ...)
{
	char *word;
	va_list list;
	int length;

	va_start(list, format);
	length = vasprintf(&word, format, list);
	va_end(list);
	if (length < 0)
		json_read_no_memory(place);
	else
		run->words[run->word_count++] = word;
}

/* Of these, 0 stands for none. */
static bool
may_be_none(const char *option)
{
	return strcmp(option, "count") == 0 || strcmp(option, "bytes") == 0;
}

static void
add_number(const struct json_place *place, struct report_run *run,
    const char *option)
{
	if (json_number_value(place->value) == 0 && may_be_none(option))
		return;
	if (json_is_integer(place->value))
		add_word(place, run, "--%s=%" JSON_INTEGER_FORMAT, option,
		    json_integer_value(place->value));
	else
		add_word(place, run, "--%s=%.9f", option,
		    json_real_value(place->value));
}

static void
add_option(const struct json_place *options, const struct option_value *value,
    struct report_run *run)
{
	struct json_place place = json_read_member(options, value->name);
	const char *option = value->name;

	if (place.value == NULL)
		json_read_fail(&place, "a value, or null");
	if (place.value == NULL || json_is_null(place.value) ||
	    is_left_out(option))
		return;
	if (strcmp(option, "verify") == 0) {
		if (json_is_false(place.value))
			add_word(&place, run, "--no-verify");
	} else if (value->kind == VALUE_BOOLEAN) {
		if (json_is_true(place.value))
			add_word(&place, run, "--%s", option);
	} else if (json_is_string(place.value))
		add_word(&place, run, "--%s=%s", option,
		    json_string_value(place.value));
	else if (json_is_number(place.value))
		add_number(&place, run, option);
	else
		json_read_fail(&place, "a number or a text");
}

/* The program's name, "--", the address and the end come in addition. */
#define MORE_WORDS 4

void
report_read_options(const struct json_place *options, struct report_run *run)
{
	struct json_reader *reader = options->reader;
	char error[512];
	int err;

	run->option_values = options->value;
	run->words = calloc(option_values_count + MORE_WORDS,
	    sizeof(*run->words));
	if (run->words == NULL) {
		json_read_no_memory(options);
		return;
	}
	add_word(options, run, "echo-load");
	for (size_t i = 0; i < option_values_count; i++)
		add_option(options, &option_values[i], run);
	add_word(options, run, "--");
	add_word(options, run, "%s", json_read_text(options, "address"));
	if (reader->result < 0)
		return;
	err = load_options_read(&run->options, run->word_count, run->words,
	    error, sizeof(error));
	if (err == -ENOMEM)
		json_read_no_memory(options);
	else if (err < 0)
		json_read_fail(options, "what a command line may have (%s)",
		    error);
}

void
report_read_options_free(struct report_run *run)
{
	for (int i = 0; i < run->word_count; i++)
		free(run->words[i]);
	free(run->words);
	run->words = NULL;
	run->word_count = 0;
}
