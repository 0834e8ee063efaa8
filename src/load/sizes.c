/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "sizes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/units.h"

#define HIGHEST_WEIGHT 1000000
#define LONGEST_TEXT (SIZES_TEXT_SIZE / 2)

static int
parse_size(const char *text, uint64_t lowest, uint64_t *size, char *error,
    size_t error_size)
{
	return units_parse_size(text, lowest, SIZES_HIGHEST, size, error,
	    error_size);
}

/* SIZE[-SIZE][:WEIGHT], which is cut up. */
static int
parse_part(char *text, struct sizes_part *part, char *error,
    size_t error_size)
{
	char *weight = strchr(text, ':'), *most;
	int64_t number = 1;
	int err = 0;

	if (weight != NULL) {
		*weight = '\0';
		err = units_parse_integer(weight + 1, 1, HIGHEST_WEIGHT,
		    &number, error, error_size);
	}
	part->weight = (uint64_t)number;
	most = strchr(text, '-');
	if (most != NULL)
		*most = '\0';
	if (err == 0)
		err = parse_size(text, 1, &part->least, error, error_size);
	part->most = part->least;
	if (err == 0 && most != NULL)
		err = parse_size(most + 1, part->least, &part->most, error,
		    error_size);
	return err;
}

static int
parse_parts(char *text, struct sizes *sizes, char *error, size_t error_size)
{
	struct sizes_part *part;
	char *item;
	int err = 0;

	while (err == 0 && (item = strsep(&text, ",")) != NULL) {
		if (sizes->count == SIZES_MOST) {
			snprintf(error, error_size,
			    "these are too many sizes; expected at most %d",
			    SIZES_MOST);
			return -ERANGE;
		}
		part = &sizes->parts[sizes->count++];
		err = parse_part(item, part, error, error_size);
		sizes->weights += part->weight;
	}
	return err;
}

int
sizes_parse(const char *text, struct sizes *sizes, char *error,
    size_t error_size)
{
	struct sizes parsed = { .count = 0 };
	char copy[LONGEST_TEXT];
	int err;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy)) {
		snprintf(error, error_size, "this is too long; expected at "
		    "most %d characters", LONGEST_TEXT - 1);
		return -ERANGE;
	}
	err = parse_parts(copy, &parsed, error, error_size);
	if (err == 0)
		*sizes = parsed;
	return err;
}

static size_t
part_text(const struct sizes_part *part, char *buffer, size_t size)
{
	char least[UNITS_TEXT_SIZE], most[UNITS_TEXT_SIZE + 1] = "-";
	char weight[UNITS_TEXT_SIZE] = "";

	units_size_text(part->least, least, sizeof(least));
	if (part->most != part->least)
		units_size_text(part->most, most + 1, sizeof(most) - 1);
	else
		most[0] = '\0';
	if (part->weight != 1)
		snprintf(weight, sizeof(weight), ":%llu",
		    (unsigned long long)part->weight);
	return (size_t)snprintf(buffer, size, "%s%s%s", least, most, weight);
}

const char *
sizes_text(const struct sizes *sizes, char *buffer, size_t size)
{
	size_t i, used = 0;

	snprintf(buffer, size, "%s", "");
	for (i = 0; i < sizes->count; i++) {
		if (i > 0 && used + 1 < size)
			buffer[used++] = ',';
		used += part_text(&sizes->parts[i], buffer + used,
		    size - used);
		if (used >= size)
			used = size - 1;
	}
	return buffer;
}

static uint64_t
draw_part(const struct sizes_part *part, struct random *random)
{
	if (part->least == part->most)
		return part->least;
	return part->least + random_below(random,
	    part->most - part->least + 1);
}

uint64_t
sizes_draw(const struct sizes *sizes, struct random *random)
{
	const struct sizes_part *part = sizes->parts;
	uint64_t drawn;

	if (sizes->count > 1) {
		drawn = random_below(random, sizes->weights);
		for (; drawn >= part->weight; part++)
			drawn -= part->weight;
	}
	return draw_part(part, random);
}

double
sizes_mean(const struct sizes *sizes)
{
	const struct sizes_part *part;
	double sum = 0;

	for (size_t i = 0; i < sizes->count; i++) {
		part = &sizes->parts[i];
		sum += (double)part->weight *
		    ((double)part->least + (double)part->most) / 2;
	}
	return sizes->count > 0 ? sum / (double)sizes->weights : 0;
}

uint64_t
sizes_greatest(const struct sizes *sizes)
{
	uint64_t greatest = 0;

	for (size_t i = 0; i < sizes->count; i++)
		if (sizes->parts[i].most > greatest)
			greatest = sizes->parts[i].most;
	return greatest;
}

int
sizes_store(const struct option_row *row, const char *value, void *target,
    char *error, size_t error_size)
{
	(void)row;
	return sizes_parse(value, target, error, error_size);
}
