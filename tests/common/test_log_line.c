/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "common/log_line.h"

#include "unit.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TIME "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"

static const struct log_style text_style = { .format = LOG_FORMAT_TEXT };
static const struct log_style logfmt_style = { .format = LOG_FORMAT_LOGFMT };
static const struct log_style journal_style = {
	.reader = LOG_READER_JOURNAL,
};
static char line[LOG_LINE_MAX + 1];

static const char *
make(const struct log_style *style, enum log_level level, const char *message,
    const struct log_field *fields, size_t count)
{
	size_t length = log_line(line, style, level, message, fields, count);

	ck_assert_uint_le(length, LOG_LINE_MAX);
	ck_assert_int_eq(line[length - 1], '\n');
	line[length] = '\0';
	ck_assert_uint_eq(strlen(line), length);
	return line;
}

static void
assert_matches(const char *text, const char *pattern)
{
	regex_t regex;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB),
	    0);
	ck_assert_msg(regexec(&regex, text, 0, NULL, 0) == 0,
	    "'%s' does not match '%s'", text, pattern);
	regfree(&regex);
}

static const struct log_field fields[] = {
	LOG_TEXT("listener", "main"),
	LOG_TEXT("error", NULL),
	LOG_NUMBER("connection", UINT64_MAX),
	LOG_SECONDS("duration", 1.25),
};
#define FIELDS fields, sizeof(fields) / sizeof(fields[0])

START_TEST(as_text)
{
	assert_matches(make(&text_style, LOG_LEVEL_INFO, "it \"closed\"",
	    FIELDS), "^" TIME " info: it \"closed\" listener=main "
	    "connection=18446744073709551615 duration=1\\.250000\n$");
}
END_TEST

START_TEST(as_logfmt)
{
	assert_matches(make(&logfmt_style, LOG_LEVEL_WARNING, "it closed",
	    FIELDS), "^time=" TIME " level=warning msg=\"it closed\" "
	    "listener=main connection=18446744073709551615 "
	    "duration=1\\.250000\n$");
}
END_TEST

START_TEST(for_the_journal)
{
	const struct log_style logfmt = {
		.reader = LOG_READER_JOURNAL, .format = LOG_FORMAT_LOGFMT,
	};

	ck_assert_str_eq(make(&journal_style, LOG_LEVEL_ERROR, "x", NULL, 0),
	    "<3>x\n");
	ck_assert_str_eq(make(&journal_style, LOG_LEVEL_DEBUG, "x", fields, 1),
	    "<7>x listener=main\n");
	ck_assert_str_eq(make(&logfmt, LOG_LEVEL_NOTICE, "x", fields, 1),
	    "<5>level=notice msg=x listener=main\n");
}
END_TEST

/* Facility daemon is 3, so a warning is 3 * 8 + 4. */
START_TEST(for_syslog)
{
	const struct log_style style = {
		.reader = LOG_READER_SYSLOG, .program = "echod",
	};
	char pattern[256];

	snprintf(pattern, sizeof(pattern), "^<28>[A-Z][a-z]{2} [ 1-3][0-9] "
	    "[0-9]{2}:[0-9]{2}:[0-9]{2} echod\\[%ld\\]: x listener=main\n$",
	    (long)getpid());
	assert_matches(make(&style, LOG_LEVEL_WARNING, "x", fields, 1),
	    pattern);
}
END_TEST

static const struct {
	const char *value, *text, *logfmt;
} values[] = {
	{ "", "\"\"", "\"\"" },
	{ "a:b/c[1]", "a:b/c[1]", "a:b/c[1]" },
	{ "a b", "\"a b\"", "\"a b\"" },
	{ "a=b", "\"a=b\"", "\"a=b\"" },
	{ "a\"b", "\"a\\\"b\"", "\"a\\\"b\"" },
	{ "a\\b", "\"a\\\\b\"", "\"a\\\\b\"" },
	{ "a\nb", "\"a\\x0ab\"", "\"a\\u000ab\"" },
	{ "\x1b[2J\x7f\xff", "\"\\x1b[2J\\x7f\\xff\"",
	    "\"\\u001b[2J\\u007f\\u00ff\"" },
};

START_TEST(quotes_and_escapes)
{
	const struct log_style logfmt = {
		.reader = LOG_READER_JOURNAL, .format = LOG_FORMAT_LOGFMT,
	};
	char expected[128];

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		const struct log_field field = LOG_TEXT("k", values[i].value);

		snprintf(expected, sizeof(expected), "<6>m k=%s\n",
		    values[i].text);
		ck_assert_str_eq(make(&journal_style, LOG_LEVEL_INFO, "m",
		    &field, 1), expected);
		snprintf(expected, sizeof(expected),
		    "<6>level=info msg=%s k=%s\n", values[i].logfmt,
		    values[i].logfmt);
		ck_assert_str_eq(make(&logfmt, LOG_LEVEL_INFO,
		    values[i].value, &field, 1), expected);
	}
}
END_TEST

START_TEST(message_is_escaped)
{
	ck_assert_str_eq(make(&journal_style, LOG_LEVEL_INFO,
	    "a\r\n<0>\"b\" \\ \x80", NULL, 0),
	    "<6>a\\x0d\\x0a<0>\"b\" \\\\ \\x80\n");
}
END_TEST

START_TEST(long_message_is_cut)
{
	static char text[LOG_MESSAGE_MAX + 100];

	memset(text, 'x', sizeof(text) - 1);
	ck_assert_uint_eq(strlen(make(&journal_style, LOG_LEVEL_INFO, text,
	    fields, 1)), LOG_MESSAGE_MAX + strlen("<6> listener=main\n"));
}
END_TEST

/* Every byte is six then, and there is no room for the field's. */
START_TEST(line_is_cut_between_escapes)
{
	static char text[LOG_MESSAGE_MAX + 1];
	const struct log_field field = LOG_TEXT("k", text);
	const char *end;

	memset(text, '\x01', sizeof(text) - 1);
	make(&logfmt_style, LOG_LEVEL_INFO, text, &field, 1);
	end = line + strlen(line) - 1;
	ck_assert_uint_gt(end - line, LOG_LINE_MAX - 8);
	ck_assert_int_eq(strncmp(end - 6, "\\u0001", 6) == 0 ||
	    strncmp(end - 7, "\\u0001\"", 7) == 0, 1);
}
END_TEST

START_TEST(lines_are_counted)
{
	ck_assert_uint_eq(log_line_count("", 0), 0);
	ck_assert_uint_eq(log_line_count("a\nb\nc", 5), 2);
	ck_assert_uint_eq(log_line_count("a\nb\nc", 3), 1);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { as_text, as_logfmt,
	    for_the_journal, for_syslog, quotes_and_escapes,
	    message_is_escaped, long_message_is_cut,
	    line_is_cut_between_escapes, lines_are_counted };

	return UNIT_RUN("log_line", tests);
}
