/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "settings_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_LIMIT (1024 * 1024)
#define SEPARATORS " \t\r\n\"'#={}()+,*"

/* What is to be told of the text. */
struct problem {
	char *text;
	size_t size;
};

static void __attribute__((format(printf, 2, 3)))
note(struct problem *problem, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(problem->text, problem->size, format, list);
	va_end(list);
}

static void
note_syntax(struct problem *problem, const char *text)
{
	note(problem, "syntax error: %s", text);
}

static int
read_all(int fd, char *text, size_t size)
{
	size_t length = 0;
	ssize_t n;

	do {
		n = read(fd, text + length, size - 1 - length);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			length += (size_t)n;
	} while (n != 0 && length < size - 1);
	text[length] = '\0';
	if (length == size - 1)
		return -EFBIG;
	return strlen(text) == length ? 0 : -EINVAL;
}

int
settings_text_read(const char *path, char **text)
{
	int fd, err = -ENOMEM;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*text = malloc(TEXT_LIMIT + 2);
	if (*text != NULL)
		err = read_all(fd, *text, TEXT_LIMIT + 2);
	if (err < 0) {
		free(*text);
		*text = NULL;
	}
	close(fd);
	return err;
}

const char *
settings_text_strerror(int err)
{
	switch (err) {
	case -EFBIG:
		return "it has more than 1M";
	case -EINVAL:
		return "it is not a text file";
	default:
		return strerror(-err);
	}
}

static void
blank(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\n')
			*from = ' ';
}

/* Returns the end of a comment or NULL; the text starts with its mark. */
static char *
comment_end(char *text)
{
	char *end;

	if (strncmp(text, "/*", 2) != 0)
		return text + strcspn(text, "\n");
	end = strstr(text + 2, "*/");
	return end != NULL ? end + 2 : NULL;
}

/* libConfuse knows octal numbers of one to three digits, up to 377. */
static bool
is_octal(const char *text)
{
	size_t octal = strspn(text, "01234567");
	char digits[4] = "";

	strncat(digits, text, 3);
	return octal > 0 && octal <= 3 && strtol(digits, NULL, 8) <= 0377 &&
	    text[octal] != '8' && text[octal] != '9';
}

/*
 * The text starts with "${".  libConfuse takes nothing for a variable that is
 * not set, and then ":7007" is every interface.  Returns the end of it; the
 * text itself if it has none, and stands for itself; or NULL.
 */
static char *
variable_end(char *text, struct problem *problem)
{
	char *end = strchr(text, '}'), *colon;
	bool good;

	if (end == NULL)
		return text;
	*end = '\0';
	colon = strchr(text, ':');
	good = (colon != NULL && colon[1] == '-') || getenv(text + 2) != NULL;
	if (!good)
		note(problem, "'%s}' is not set in the environment; %s:-X} is "
		    "X then", text, text);
	*end = '}';
	return good ? end + 1 : NULL;
}

/* The same for a string. */
static char *
string_end(char *text, struct problem *problem)
{
	char quote = *text++;

	while (*text != quote) {
		bool escaped = *text == '\\';

		if (quote == '"' && strncmp(text, "${", 2) == 0) {
			char *end = variable_end(text, problem);

			if (end == NULL)
				return NULL;
			text = end > text ? end : text + 2;
			continue;
		}
		text += escaped;
		if (*text == '\0') {
			note_syntax(problem,
			    "a string that starts here has no end");
			return NULL;
		}
		if (escaped && quote == '"' && *text >= '0' && *text <= '9' &&
		    !is_octal(text)) {
			note_syntax(problem, "a string has a '\\' before what "
			    "is no octal number of up to 377");
			return NULL;
		}
		text++;
	}
	return text + 1;
}

/* The same for any other piece of the text. */
static char *
piece_end(char *text, struct problem *problem)
{
	char *end;

	if (*text == '*' || (*text == '+' && text[1] != '=')) {
		note_syntax(problem, *text == '*' ?
		    "a value with '*' must be put in quotes" :
		    "a value with '+' must be put in quotes");
		return NULL;
	}
	if (strncmp(text, "${", 2) == 0) {
		end = variable_end(text, problem);
		if (end != text)
			return end;
	}
	if (strchr(SEPARATORS, *text) != NULL)
		return text + 1;
	return text + strcspn(text, SEPARATORS);
}

static int
line_of(const char *text, const char *position)
{
	int line = 1;

	for (; text < position; text++)
		line += *text == '\n';
	return line;
}

/* libConfuse takes the end of the file for the end of a section. */
static const char *
open_brace(const char *position, const char *open, int *depth)
{
	if (*position == '{' && (*depth)++ == 0)
		return position;
	if (*position == '}' && *depth > 0 && --*depth == 0)
		return NULL;
	return open;
}

int
settings_text_prepare(char *text, char *error, size_t error_size)
{
	struct problem problem = { error, error_size };
	const char *brace = NULL;
	char *position = text, *end;
	int depth = 0;

	/* The mark of UTF-8 that some editors begin a file with. */
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		blank(text, text + 3);
	while (*position != '\0') {
		if (*position == '#' || strncmp(position, "//", 2) == 0 ||
		    strncmp(position, "/*", 2) == 0) {
			end = comment_end(position);
			if (end != NULL)
				blank(position, end);
			else
				note_syntax(&problem, "a comment that starts "
				    "here has no end");
		} else if (*position == '"' || *position == '\'') {
			end = string_end(position, &problem);
		} else {
			brace = open_brace(position, brace, &depth);
			end = piece_end(position, &problem);
		}
		if (end == NULL)
			return line_of(text, position);
		position = end;
	}
	if (brace == NULL)
		return 0;
	note_syntax(&problem, "a '{' has no '}'");
	return line_of(text, brace);
}
