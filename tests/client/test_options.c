/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/options.h"
#include "unit.h"
#include "words.h"

static struct client_options options;
static char error[512];

static int
load(const char *line)
{
	static struct words words;

	words_split(&words, "echo-client", line);
	return options_load(&options, words.count, words.words, error,
	    sizeof(error));
}

static void
check_address(const char *text, const char *expected)
{
	ck_assert_msg(load(text) == 0, "%s: %s", text, error);
	ck_assert_str_eq(options.text, expected);
}

START_TEST(addresses_get_the_default_port)
{
	check_address("127.0.0.1", "127.0.0.1:7007");
	check_address("localhost", "localhost:7007");
	check_address("[::1]", "[::1]:7007");
	check_address("::1", "[::1]:7007");
	check_address("fe80::1", "[fe80::1]:7007");
}
END_TEST

START_TEST(addresses_keep_their_port)
{
	check_address("127.0.0.1:80", "127.0.0.1:80");
	check_address("[::1]:65535", "[::1]:65535");
	check_address("echo.example:1", "echo.example:1");
	check_address("unix:/run/echod.sock", "unix:/run/echod.sock");
	check_address("unix:@name", "unix:@name");
}
END_TEST

START_TEST(no_host_is_this_machine)
{
	check_address(":7", "localhost:7");
}
END_TEST

START_TEST(bad_addresses_are_refused)
{
	static const char *const texts[] = {
		"", ":", "host:", "host:port", "host:65536", "host:-1",
		"host:0", "[::1]:0", "[::1", "[::1]x", "unix:"
	};
	char longest[400];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		error[0] = '\0';
		ck_assert_msg(load(texts[i]) < 0, "'%s' was taken", texts[i]);
		ck_assert_str_ne(error, "");
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_lt(load(longest), 0);
}
END_TEST

START_TEST(words_are_joined_into_a_line)
{
	ck_assert_int_eq(load("host hello there world"), 0);
	ck_assert_int_eq(options.mode, CLIENT_MESSAGE);
	ck_assert_uint_eq(options.message_size, strlen("hello there world\n"));
	ck_assert_mem_eq(options.message, "hello there world\n",
	    options.message_size);
	options_free(&options);
}
END_TEST

START_TEST(an_empty_word_is_an_empty_line)
{
	char program[] = "echo-client", host[] = "host", empty[] = "";
	char *words[] = { program, host, empty, NULL };

	ck_assert_int_eq(options_load(&options, 3, words, error,
	    sizeof(error)), 0);
	ck_assert_uint_eq(options.message_size, 1);
	ck_assert_int_eq(options.message[0], '\n');
	options_free(&options);
}
END_TEST

START_TEST(words_may_look_like_options_after_two_dashes)
{
	ck_assert_int_eq(load("host -- -q --json"), 0);
	ck_assert_mem_eq(options.message, "-q --json\n", 10);
	ck_assert(!options.quiet && !options.json);
	options_free(&options);
}
END_TEST

START_TEST(defaults_are_in_force)
{
	ck_assert_int_eq(load("host x"), 0);
	ck_assert_str_eq(options.text, "host:7007");
	ck_assert_double_eq(options.timeout, 10);
	ck_assert_double_eq(options.interval, 1);
	ck_assert_uint_eq(options.size, 64);
	ck_assert_int_eq(options.count, 0);
	options_free(&options);
}
END_TEST

START_TEST(each_option_is_read)
{
	ck_assert_int_eq(load("-c 5 --interval 20ms --size=4k "
	    "-t 1.5 -q -j 127.0.0.1:7"), 0);
	ck_assert_int_eq(options.mode, CLIENT_PING);
	ck_assert_int_eq(options.count, 5);
	ck_assert_double_eq_tol(options.interval, 0.02, 1e-9);
	ck_assert_uint_eq(options.size, 4096);
	ck_assert_double_eq(options.timeout, 1.5);
	ck_assert(options.quiet && options.json);
	options_free(&options);
}
END_TEST

START_TEST(options_of_tls_are_read)
{
	ck_assert_int_eq(load("-v --tls --ca a --servername b "
	    "--cert c --key d --tls-max 1.2 --alpn e --resume f host"), 0);
	ck_assert(options.verbose);
	ck_assert(options.tls.enabled);
	ck_assert(!options.tls.insecure);
	ck_assert_str_eq(options.tls.ca, "a");
	ck_assert_str_eq(options.tls.server_name, "b");
	ck_assert_str_eq(options.tls.certificate, "c");
	ck_assert_str_eq(options.tls.key, "d");
	ck_assert_int_eq(options.tls.minimum, AW_TLS_VERSION_DEFAULT);
	ck_assert_int_eq(options.tls.maximum, AW_TLS_VERSION_1_2);
	ck_assert_str_eq(options.tls.alpn, "e");
	ck_assert_str_eq(options.resume, "f");
	options_free(&options);
	ck_assert_int_eq(load("host x"), 0);
	ck_assert(!options.tls.enabled && !options.verbose);
	ck_assert_ptr_null(options.resume);
	options_free(&options);
}
END_TEST

START_TEST(any_of_three_options_makes_numbered_echoes)
{
	ck_assert_int_eq(load("host --count 1"), 0);
	ck_assert_int_eq(options.mode, CLIENT_PING);
	ck_assert_int_eq(load("host --interval 0"), 0);
	ck_assert_int_eq(options.mode, CLIENT_PING);
	ck_assert_int_eq(options.count, 0);
	ck_assert_double_eq(options.interval, 0);
	ck_assert_int_eq(load("host --size 1"), 0);
	ck_assert_int_eq(options.mode, CLIENT_PING);
}
END_TEST

START_TEST(without_a_message_it_is_standard_input)
{
	int null = open("/dev/null", O_RDONLY);

	ck_assert_int_ge(null, 0);
	ck_assert_int_eq(dup2(null, STDIN_FILENO), STDIN_FILENO);
	ck_assert_int_eq(load("host"), 0);
	ck_assert_int_eq(options.mode, CLIENT_INPUT);
	ck_assert_ptr_null(options.message);
	close(null);
}
END_TEST

static void
check_refused(const char *line, const char *part)
{
	error[0] = '\0';
	ck_assert_msg(load(line) < 0, "'%s' was taken", line);
	ck_assert_msg(strstr(error, part) != NULL,
	    "'%s': expected '%s' in '%s'", line, part, error);
}

START_TEST(wrong_usage_says_what_was_expected)
{
	check_refused("", "no address");
	check_refused("--count 5 host hello", "message");
	check_refused("--count 0 host", "count");
	check_refused("--count x host", "whole number");
	check_refused("--size 0 host", "size");
	check_refused("--size 17M host", "16M");
	check_refused("--interval -1 host", "interval");
	check_refused("--timeout never host", "duration");
	check_refused("--quite host", "quiet");
	check_refused("--count", "count");
	check_refused("host:0", "host:0");
	check_refused("--resume x host", "--resume needs --tls");
	check_refused("--tls-min 1.3 host", "--tls-min needs");
	check_refused("--tls unix:/x", "--servername");
	check_refused("host:http hello", "host:http");
}
END_TEST

START_TEST(help_and_version_need_no_address)
{
	ck_assert_int_eq(load("--help"), 0);
	ck_assert(options.help);
	ck_assert_int_eq(load("-V"), 0);
	ck_assert(options.version);
}
END_TEST

START_TEST(help_names_every_option_within_80_columns)
{
	static const char *const names[] = { "--count", "--interval", "--size",
	    "--timeout", "--quiet", "--verbose", "--json", "--help",
	    "--version", "--tls", "--ca", "--insecure", "--servername",
	    "--cert", "--key", "--tls-min", "--tls-max", "--alpn",
	    "--resume" };
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(file);
	options_help(file);
	fclose(file);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(strstr(text, names[i]) != NULL, "%s", names[i]);
	for (char *line = strtok(text, "\n"); line != NULL;
	    line = strtok(NULL, "\n"))
		ck_assert_msg(strlen(line) <= 80, "too long: %s", line);
	free(text);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		addresses_get_the_default_port,
		addresses_keep_their_port,
		no_host_is_this_machine,
		bad_addresses_are_refused,
		words_are_joined_into_a_line,
		an_empty_word_is_an_empty_line,
		words_may_look_like_options_after_two_dashes,
		defaults_are_in_force,
		each_option_is_read,
		options_of_tls_are_read,
		any_of_three_options_makes_numbered_echoes,
		without_a_message_it_is_standard_input,
		wrong_usage_says_what_was_expected,
		help_and_version_need_no_address,
		help_names_every_option_within_80_columns,
	};

	return UNIT_RUN("options", tests);
}
