/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/option_values.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static const struct option_value *
find(const char *name)
{
	for (size_t i = 0; i < option_values_count; i++)
		if (strcmp(option_values[i].name, name) == 0)
			return &option_values[i];
	return NULL;
}

/* What an option of --help is called in reports; NULL if it is in none. */
static const char *
name_in_reports(const char *option)
{
	if (strcmp(option, "help") == 0 || strcmp(option, "version") == 0)
		return NULL;
	return strncmp(option, "no-", 3) == 0 ? option + 3 : option;
}

START_TEST(every_option_is_reported)
{
	unsigned found = 0;
	char *help;
	size_t size;
	FILE *file = open_memstream(&help, &size);

	load_options_help(file);
	fclose(file);
	/* At the beginning of a line only: texts name options, too. */
	for (char *line = strtok(help, "\n"); line != NULL;
	    line = strtok(NULL, "\n")) {
		char *option = strstr(line, "--");
		const char *name;

		if (option == NULL || option - line > 8)
			continue;
		option[2 + strcspn(option + 2, " =[,")] = '\0';
		name = name_in_reports(option + 2);
		found++;
		ck_assert_msg(name == NULL || find(name) != NULL,
		    "no %s in the table", option);
	}
	ck_assert_uint_gt(found, 30);
	free(help);
}
END_TEST

static const char *
text_of(const char *name, const struct load_options *options)
{
	static char buffer[OPTION_VALUE_SIZE];
	const struct option_value *value = find(name);

	ck_assert_ptr_nonnull(value);
	return option_value_text(value, options, buffer, sizeof(buffer));
}

START_TEST(values_are_as_the_command_line_has_them)
{
	const struct load_options options = {
		.text = "localhost:7", .mode = MODE_IDLE, .connections = 7,
		.seed = UINT64_MAX, .duration = 0.25, .verify = true,
		.bytes = 4096, .tls = { .minimum = AW_TLS_VERSION_1_3,
		    .ca = "ca" },
		.slo = { .count = 2, .items = { { .text = "p99<2ms" },
		    { .text = "errors=0" } } },
		.sizes = { .count = 1, .weights = 1, .parts = {
		    { 64, 1024, 1 } } },
	};

	ck_assert_str_eq(text_of("address", &options), "localhost:7");
	ck_assert_str_eq(text_of("mode", &options), "idle");
	ck_assert_str_eq(text_of("connections", &options), "7");
	ck_assert_str_eq(text_of("seed", &options), "18446744073709551615");
	ck_assert_str_eq(text_of("duration", &options), "0.25");
	ck_assert_str_eq(text_of("verify", &options), "yes");
	ck_assert_str_eq(text_of("bytes", &options), "4096");
	ck_assert_str_eq(text_of("tls-min", &options), "1.3");
	ck_assert_str_eq(text_of("ca", &options), "ca");
	ck_assert_str_eq(text_of("slo", &options), "p99<2ms,errors=0");
	ck_assert_str_eq(text_of("size", &options), "64-1k");
	ck_assert_ptr_null(text_of("rate", &options));
	ck_assert_ptr_null(text_of("find-max", &options));
	ck_assert_ptr_null(text_of("cert", &options));
	ck_assert_ptr_null(text_of("tls-max", &options));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		every_option_is_reported,
		values_are_as_the_command_line_has_them,
	};

	return UNIT_RUN("option_values", tests);
}
