/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/compare_report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* One figure of each kind; B has more runs than A, and one is SUSPECT. */
static struct compare_side sides[3];
static const struct compare_report report = { .confidence = 0.9, .count = 3,
    .sides = sides };

static void
make_sides(void)
{
	static const char *const files[] = { "old.json", "new.json", "\xff" };
	static const char *const keys[COMPARE_FIGURES] = { "rate", "p50_ns",
	    "p99_ns", "p999_ns", "cpu_ns" };

	for (size_t i = 0; i < 3; i++) {
		sides[i] = (struct compare_side){ .file = files[i],
		    .runs = 4 + i, .suspect = i };
		for (size_t k = 0; i > 0 && k < COMPARE_FIGURES; k++)
			sides[i].rows[k] = (struct compare_row){
			    .name = keys[k], .key = keys[k], .text = "text",
			    .word = (enum compare_word)k,
			    .difference = { 100, 50, 0.5, 0.25, 0.75, 0.95,
			    true } };
	}
}

static void
check_figure(json_t *figures, size_t i, const char *word)
{
	const char *found;
	json_t *ratio;

	ck_assert_int_eq(json_unpack(json_array_get(figures, i),
	    "{s:s,s:o}", "word", &found, "ratio", &ratio), 0);
	ck_assert_str_eq(found, word);
	if (strcmp(word, "none") == 0)
		ck_assert(json_is_null(ratio));
	else
		ck_assert_double_eq(json_real_value(ratio), 0.5);
}

START_TEST(programs_get_every_figure_of_every_file)
{
	static const char *const words[COMPARE_FIGURES] = { "none", "few",
	    "same", "better", "worse" };
	json_t *object, *comparisons;
	const char *schema;
	double confidence;
	char *line;

	make_sides();
	line = compare_report_json(&report);
	ck_assert_ptr_nonnull(line);
	object = json_loads(line, 0, NULL);
	ck_assert_int_eq(json_unpack(object, "{s:s,s:F,s:o}", "schema",
	    &schema, "confidence", &confidence, "comparisons",
	    &comparisons), 0);
	ck_assert_str_eq(schema, COMPARE_REPORT_SCHEMA);
	ck_assert_double_eq(confidence, 0.9);
	ck_assert_uint_eq(json_array_size(comparisons), 2);
	for (size_t i = 0; i < 2 * COMPARE_FIGURES; i++)
		check_figure(json_object_get(json_array_get(comparisons,
		    i / COMPARE_FIGURES), "figures"), i % COMPARE_FIGURES,
		    words[i % COMPARE_FIGURES]);
	json_decref(object);
	free(line);
}
END_TEST

START_TEST(people_get_a_table_for_each_file)
{
	char *text;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	make_sides();
	/* Its first figure tells of too few runs. */
	sides[2].rows[0].word = COMPARE_FEW;
	compare_report_text(file, &report);
	fclose(file);
	ck_assert_ptr_nonnull(strstr(text, "A: old.json, 4 runs, VALID\n"
	    "B: new.json, 5 runs, 1 of them SUSPECT; see its report\n\n"));
	ck_assert_ptr_nonnull(strstr(text, "\nA: old.json, 4 runs, VALID\n"
	    "B: \xff, 6 runs, 2 of them"));
	ck_assert_str_eq(strstr(text, "\nToo few"), "\nToo few runs for 90 %: "
	    "make 3 of each at least (--runs 3).\n");
	free(text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		programs_get_every_figure_of_every_file,
		people_get_a_table_for_each_file,
	};

	return UNIT_RUN("compare_report", tests);
}
