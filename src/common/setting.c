/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "setting.h"

#include "suggest.h"
#include "units.h"

#include <errno.h>
#include <float.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

union value {
	int integer;
	size_t size;
	double duration;
	bool boolean;
	mode_t mode;
	char *string;
	struct address_list addresses;
	struct string_list strings;
};

static int
parse_integer(const struct setting *setting, const char *text,
    union value *value, char *error, size_t error_size)
{
	int64_t lowest = INT_MIN, highest = INT_MAX, number = 0;
	int err = 0;

	if (setting->lowest != NULL)
		err = units_parse_integer(setting->lowest, lowest, highest,
		    &lowest, error, error_size);
	if (err == 0 && setting->highest != NULL)
		err = units_parse_integer(setting->highest, lowest, highest,
		    &highest, error, error_size);
	if (err == 0)
		err = units_parse_integer(text, lowest, highest, &number,
		    error, error_size);
	value->integer = (int)number;
	return err;
}

static int
parse_choice(const struct setting *setting, const char *text,
    union value *value, char *error, size_t error_size)
{
	for (int i = 0; setting->choices[i] != NULL; i++)
		if (strcmp(setting->choices[i], text) == 0) {
			value->integer = i;
			return 0;
		}
	suggest_choice(text, setting->choices, error, error_size);
	return -EINVAL;
}

static int
parse_size(const struct setting *setting, const char *text,
    union value *value, char *error, size_t error_size)
{
	uint64_t lowest = 0, highest = SIZE_MAX, bytes = 0;
	int err = 0;

	if (setting->lowest != NULL)
		err = units_parse_size(setting->lowest, lowest, highest,
		    &lowest, error, error_size);
	if (err == 0 && setting->highest != NULL)
		err = units_parse_size(setting->highest, lowest, highest,
		    &highest, error, error_size);
	if (err == 0)
		err = units_parse_size(text, lowest, highest, &bytes, error,
		    error_size);
	value->size = (size_t)bytes;
	return err;
}

static int
parse_duration(const struct setting *setting, const char *text,
    union value *value, char *error, size_t error_size)
{
	double lowest = 0, highest = DBL_MAX;
	int err = 0;

	if (setting->lowest != NULL)
		err = units_parse_duration(setting->lowest, lowest, highest,
		    &lowest, error, error_size);
	if (err == 0 && setting->highest != NULL)
		err = units_parse_duration(setting->highest, lowest, highest,
		    &highest, error, error_size);
	if (err == 0)
		err = units_parse_duration(text, lowest, highest,
		    &value->duration, error, error_size);
	return err;
}

static int
parse_string(const struct setting *setting, const char *text,
    union value *value, char *error, size_t error_size)
{
	if (setting->is_good != NULL && !setting->is_good(text)) {
		snprintf(error, error_size, "'%s' is not known; expected %s",
		    text, setting->expected);
		return -EINVAL;
	}
	if (*text == '\0')
		return 0;
	value->string = strdup(text);
	if (value->string != NULL)
		return 0;
	snprintf(error, error_size, "out of memory");
	return -ENOMEM;
}

static int
parse_addresses(const struct setting *setting, const char *const *texts,
    size_t count, union value *value, char *error, size_t error_size)
{
	struct address address;
	int err = 0;

	if (count == 1 && *texts[0] == '\0' && *setting->value == '\0')
		return 0;
	for (size_t i = 0; i < count && err == 0; i++) {
		err = address_parse(texts[i], &address, error, error_size);
		if (err < 0)
			break;
		err = address_list_add(&value->addresses, &address);
		if (err < 0)
			snprintf(error, error_size, "out of memory");
	}
	if (err < 0)
		address_list_clear(&value->addresses);
	return err;
}

static int
parse_strings(const char *const *texts, size_t count, union value *value,
    char *error, size_t error_size)
{
	int err = 0;

	if (count == 1 && *texts[0] == '\0')
		return 0;
	for (size_t i = 0; i < count && err == 0; i++)
		err = string_list_add(&value->strings, texts[i]);
	if (err < 0) {
		snprintf(error, error_size, "out of memory");
		string_list_clear(&value->strings);
	}
	return err;
}

static int
parse_one(const struct setting *setting, const char *text,
    union value *value, char *error, size_t error_size)
{
	switch (setting->type) {
	case SETTING_INTEGER:
		return (setting->choices != NULL ? parse_choice :
		    parse_integer)(setting, text, value, error, error_size);
	case SETTING_SIZE:
		return parse_size(setting, text, value, error, error_size);
	case SETTING_DURATION:
		return parse_duration(setting, text, value, error, error_size);
	case SETTING_BOOLEAN:
		return units_parse_boolean(text, &value->boolean, error,
		    error_size);
	case SETTING_MODE:
		return units_parse_mode(text, &value->mode, error, error_size);
	default:
		return parse_string(setting, text, value, error, error_size);
	}
}

static size_t
value_size(enum setting_type type)
{
	static const size_t sizes[] = {
		[SETTING_INTEGER] = sizeof(int),
		[SETTING_SIZE] = sizeof(size_t),
		[SETTING_DURATION] = sizeof(double),
		[SETTING_BOOLEAN] = sizeof(bool),
		[SETTING_MODE] = sizeof(mode_t),
		[SETTING_STRING] = sizeof(char *),
		[SETTING_ADDRESSES] = sizeof(struct address_list),
		[SETTING_STRINGS] = sizeof(struct string_list),
	};

	return sizes[type];
}

static int
parse(const struct setting *setting, const char *const *texts, size_t count,
    union value *value, char *error, size_t error_size)
{
	size_t length;
	int err;

	if (setting->type == SETTING_ADDRESSES)
		return parse_addresses(setting, texts, count, value, error,
		    error_size);
	if (setting->type == SETTING_STRINGS)
		return parse_strings(texts, count, value, error, error_size);
	if (count != 1) {
		snprintf(error, error_size, "expected one value, not a list "
		    "of %zu", count);
		return -EINVAL;
	}
	if (setting->zero != NULL && strcmp(texts[0], setting->zero) == 0)
		return 0;
	err = parse_one(setting, texts[0], value, error, error_size);
	if (err < 0 && setting->zero != NULL) {
		length = strlen(error);
		snprintf(error + length, error_size - length, ", or '%s'",
		    setting->zero);
	}
	return err;
}

int
setting_store(const struct setting *setting, void *values,
    const char *const *texts, size_t count, char *error, size_t error_size)
{
	union value value;
	int err;

	memset(&value, 0, sizeof(value));
	err = parse(setting, texts, count, &value, error, error_size);
	if (err < 0)
		return err;
	setting_clear(setting, values);
	memcpy((char *)values + setting->offset, &value,
	    value_size(setting->type));
	return 0;
}

int
setting_store_default(const struct setting *setting, void *values,
    char *error, size_t error_size)
{
	const char *texts[16];
	char *copy, *rest, *text;
	size_t count = 0;
	int err;

	if (setting->type != SETTING_ADDRESSES &&
	    (setting->type != SETTING_STRINGS || *setting->value == '\0'))
		return setting_store(setting, values, &setting->value, 1,
		    error, error_size);
	rest = copy = strdup(setting->value);
	if (copy == NULL)
		return -ENOMEM;
	while ((text = strsep(&rest, ", ")) != NULL && count < 16)
		if (*text != '\0')
			texts[count++] = text;
	err = setting_store(setting, values, texts, count, error, error_size);
	free(copy);
	return err;
}

static void
print_quoted(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text != '\0'; text++) {
		/* "${" would name an environment variable. */
		if (strchr("\"\\$", *text) != NULL)
			fputc('\\', file);
		fputc(*text, file);
	}
	fputc('"', file);
}

static void
print_addresses(FILE *file, const struct address_list *list)
{
	char text[ADDRESS_TEXT_SIZE];

	if (list->count == 0) {
		print_quoted(file, "");
		return;
	}
	fputs("{", file);
	for (size_t i = 0; i < list->count; i++) {
		fputs(i > 0 ? ", " : " ", file);
		print_quoted(file, address_text(&list->items[i], text,
		    sizeof(text)));
	}
	fputs(" }", file);
}

static void
print_strings(FILE *file, const struct string_list *list)
{
	if (list->count == 0) {
		print_quoted(file, "");
		return;
	}
	fputs("{", file);
	for (size_t i = 0; i < list->count; i++) {
		fputs(i > 0 ? ", " : " ", file);
		print_quoted(file, list->items[i]);
	}
	fputs(" }", file);
}

static bool
is_zero(const struct setting *setting, const union value *value)
{
	switch (setting->type) {
	case SETTING_INTEGER:
		return value->integer == 0;
	case SETTING_SIZE:
		return value->size == 0;
	case SETTING_DURATION:
		return !(value->duration > 0);
	default:
		return false;
	}
}

static void
print_value(const struct setting *setting, const union value *value,
    FILE *file)
{
	char text[UNITS_TEXT_SIZE];

	switch (setting->type) {
	case SETTING_INTEGER:
		if (setting->choices != NULL)
			fputs(setting->choices[value->integer], file);
		else
			fprintf(file, "%d", value->integer);
		break;
	case SETTING_SIZE:
		fputs(units_size_text(value->size, text, sizeof(text)), file);
		break;
	case SETTING_DURATION:
		fputs(units_duration_text(value->duration, text, sizeof(text)),
		    file);
		break;
	case SETTING_BOOLEAN:
		fputs(value->boolean ? "yes" : "no", file);
		break;
	case SETTING_MODE:
		fprintf(file, "%04o", value->mode);
		break;
	case SETTING_STRING:
		print_quoted(file, value->string != NULL ? value->string : "");
		break;
	case SETTING_ADDRESSES:
		print_addresses(file, &value->addresses);
		break;
	case SETTING_STRINGS:
		print_strings(file, &value->strings);
		break;
	}
}

void
setting_print(const struct setting *setting, const void *values, FILE *file)
{
	union value value;

	memset(&value, 0, sizeof(value));
	memcpy(&value, (const char *)values + setting->offset,
	    value_size(setting->type));
	fprintf(file, "%s = ", setting->name);
	if (setting->zero != NULL && is_zero(setting, &value))
		fputs(setting->zero, file);
	else
		print_value(setting, &value, file);
	fputc('\n', file);
}

void
setting_clear(const struct setting *setting, void *values)
{
	char *field = (char *)values + setting->offset;

	if (setting->type == SETTING_STRING)
		free(*(char **)(void *)field);
	else if (setting->type == SETTING_ADDRESSES)
		address_list_clear((struct address_list *)(void *)field);
	else if (setting->type == SETTING_STRINGS)
		string_list_clear((struct string_list *)(void *)field);
	memset(field, 0, value_size(setting->type));
}
