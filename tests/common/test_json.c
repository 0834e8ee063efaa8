/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/json.h"

#include <math.h>
#include <string.h>

#include "common/tls_parameters.h"
#include "unit.h"

START_TEST(an_object_is_one_line)
{
	int result = 0;
	json_t *object = json_object();
	char *line;

	json_set_text(&result, object, "text", "a\nb");
	json_set_count(&result, object, "count", 7);
	json_set_boolean(&result, object, "flag", true);
	line = json_line(object, result, 9);
	ck_assert_str_eq(line, "{\"text\": \"a\\nb\", \"count\": 7, "
	    "\"flag\": true}\n");
	free(line);
}
END_TEST

START_TEST(what_is_not_there_is_null)
{
	int result = 0;
	json_t *object = json_object();
	char *line;

	json_set_optional(&result, object, "empty", "");
	json_set_optional(&result, object, "none", NULL);
	json_set_number(&result, object, "no_number", NAN);
	json_set_number(&result, object, "endless", INFINITY);
	line = json_line(object, result, 9);
	ck_assert_str_eq(line, "{\"empty\": null, \"none\": null, "
	    "\"no_number\": null, \"endless\": null}\n");
	free(line);
}
END_TEST

START_TEST(bytes_that_are_no_text_are_replaced)
{
	json_t *value = json_text_value("a\xff\xc3z", 4);

	ck_assert_str_eq(json_string_value(value), "a?\?z");
	json_decref(value);
	value = json_text_value("gr\xc3\xbc\xc3\x9f", 6);
	ck_assert_str_eq(json_string_value(value), "gr\xc3\xbc\xc3\x9f");
	json_decref(value);
}
END_TEST

START_TEST(memory_that_ran_out_is_noticed_in_the_end)
{
	int result = 0;
	json_t *object = json_object();

	json_set(&result, object, "key", NULL);
	ck_assert_int_eq(result, -1);
	json_set_count(&result, object, "count", 7);
	ck_assert_int_eq(result, -1);
	ck_assert_ptr_null(json_line(object, result, 9));
	result = 0;
	json_append(&result, NULL, json_null());
	ck_assert_int_eq(result, -1);
}
END_TEST

START_TEST(tls_has_all_of_its_parameters)
{
	const struct tls_parameters tls = { .version = "TLSv1.3",
	    .verified = "ok", .resumed = true };
	int result = 0;
	json_t *object = json_tls_value(&tls, &result);
	const char *version;
	int resumed;

	ck_assert_int_eq(json_unpack(object, "{s:s,s:b}", "version", &version,
	    "resumed", &resumed), 0);
	ck_assert_str_eq(version, "TLSv1.3");
	ck_assert_int_eq(resumed, 1);
	ck_assert(json_is_null(json_object_get(object, "group")));
	ck_assert_uint_eq(json_object_size(object), 10);
	ck_assert_int_eq(result, 0);
	json_decref(object);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		an_object_is_one_line,
		what_is_not_there_is_null,
		bytes_that_are_no_text_are_replaced,
		memory_that_ran_out_is_noticed_in_the_end,
		tls_has_all_of_its_parameters,
	};

	return UNIT_RUN("json", tests);
}
