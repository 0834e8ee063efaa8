/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/html.h"

#include <string.h>

#include "unit.h"

static void
check(const char *text, const char *expected)
{
	char *written;
	size_t size;
	FILE *file = open_memstream(&written, &size);

	ck_assert_ptr_nonnull(file);
	html_text(file, text);
	fclose(file);
	ck_assert_str_eq(written, expected);
	free(written);
}

START_TEST(what_has_a_meaning_is_escaped)
{
	check("", "");
	check("<a href=\"x\" title='y'>&",
	    "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
}
END_TEST

START_TEST(control_characters_are_replaced)
{
	check("a\x1b[31m\r\nb\x7f", "a?[31m??b?");
}
END_TEST

START_TEST(utf8_is_kept)
{
	check("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
	    "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80");
}
END_TEST

START_TEST(what_is_not_utf8_is_replaced)
{
	check("\xc3(", "?(");
	check("\xc0\xaf", "??");             /* longer than need be */
	check("\xe0\x80\xaf", "???");
	check("\xf0\x80\x80\xaf", "????");
	check("\xed\xa0\x80", "???");        /* half of a pair of UTF-16 */
	check("\xf4\x90\x80\x80", "????");   /* beyond the last character */
	check("\xff", "?");
	check("\xe2\x82", "??");             /* it ends too soon */
	check("\xc3\xbc\xff", "???");
}
END_TEST

START_TEST(formatted_text_is_escaped_as_a_whole)
{
	char *written;
	size_t size;
	FILE *file = open_memstream(&written, &size);
	char *longer = calloc(1, 5000);

	memset(longer, 'x', 4999);
	html_print(file, "<%s %d>", "&", 7);
	fflush(file);
	ck_assert_str_eq(written, "&lt;&amp; 7&gt;");
	html_print(file, "%s", longer);
	fclose(file);
	ck_assert_uint_eq(size, 15 + 1023);
	free(written);
	free(longer);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		what_has_a_meaning_is_escaped,
		control_characters_are_replaced,
		utf8_is_kept,
		what_is_not_utf8_is_replaced,
		formatted_text_is_escaped_as_a_whole,
	};

	return UNIT_RUN("html", tests);
}
