/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "compare_report.h"

#include <math.h>

#include "common/json.h"

static void
print_side(FILE *file, char letter, const struct compare_side *side)
{
	fprintf(file, "%c: %s, %zu run%s, ", letter, side->file, side->runs,
	    side->runs == 1 ? "" : "s");
	if (side->suspect == 0)
		fprintf(file, "VALID\n");
	else
		fprintf(file, "%zu of them SUSPECT; see its report\n",
		    side->suspect);
}

static void
print_comparison(FILE *file, const struct compare_report *report,
    const struct compare_side *side)
{
	size_t fewest = rank_fewest(report->confidence);

	print_side(file, 'A', &report->sides[0]);
	print_side(file, 'B', side);
	fprintf(file, "\n");
	compare_print(file, side->rows, report->confidence);
	if (side->rows[0].word == COMPARE_FEW)
		fprintf(file, "\nToo few runs for %.3g %%: make %zu of each at "
		    "least (--runs %zu).\n", report->confidence * 100, fewest,
		    fewest);
}

void
compare_report_text(FILE *file, const struct compare_report *report)
{
	for (size_t i = 1; i < report->count; i++) {
		if (i > 1)
			fprintf(file, "\n");
		print_comparison(file, report, &report->sides[i]);
	}
}

static json_t *
side_value(const struct compare_side *side, int *result)
{
	json_t *object = json_object();

	json_set_text(result, object, "file", side->file);
	json_set_count(result, object, "runs", side->runs);
	json_set_count(result, object, "suspect", side->suspect);
	return object;
}

/* Of a figure that some runs don't have there is nothing but the word. */
static json_t *
row_value(const struct compare_row *row, int *result)
{
	static const char *const words[] = {
		[COMPARE_NONE] = "none",
		[COMPARE_FEW] = "few",
		[COMPARE_SAME] = "same",
		[COMPARE_BETTER] = "better",
		[COMPARE_WORSE] = "worse",
	};
	const struct rank_difference none = { NAN, NAN, NAN, NAN, NAN, NAN,
	    false };
	const struct rank_difference *difference =
	    row->word == COMPARE_NONE ? &none : &row->difference;
	json_t *object = json_object();

	json_set_text(result, object, "name", row->key);
	json_set_text(result, object, "word", words[row->word]);
	json_set_number(result, object, "a", difference->median_a);
	json_set_number(result, object, "b", difference->median_b);
	json_set_number(result, object, "ratio", difference->ratio);
	json_set_number(result, object, "lowest", difference->lowest);
	json_set_number(result, object, "highest", difference->highest);
	json_set_number(result, object, "confidence", difference->confidence);
	return object;
}

static json_t *
comparison_value(const struct compare_side *side, int *result)
{
	json_t *object = json_object();
	json_t *figures = json_array();

	for (size_t i = 0; i < COMPARE_FIGURES; i++)
		json_append(result, figures, row_value(&side->rows[i],
		    result));
	json_set(result, object, "b", side_value(side, result));
	json_set(result, object, "figures", figures);
	return object;
}

char *
compare_report_json(const struct compare_report *report)
{
	json_t *object = json_object();
	json_t *comparisons = json_array();
	int result = 0;

	for (size_t i = 1; i < report->count; i++)
		json_append(&result, comparisons,
		    comparison_value(&report->sides[i], &result));
	json_set_text(&result, object, "schema", COMPARE_REPORT_SCHEMA);
	json_set_text(&result, object, "program", "echo-load");
	json_set_text(&result, object, "version", PACKAGE_VERSION);
	json_set_number(&result, object, "confidence", report->confidence);
	json_set(&result, object, "a", side_value(&report->sides[0],
	    &result));
	json_set(&result, object, "comparisons", comparisons);
	return json_line(object, result, 15);
}
