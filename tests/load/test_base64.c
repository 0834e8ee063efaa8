/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/base64.h"

#include <errno.h>
#include <string.h>

#include "unit.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

START_TEST(the_examples_of_the_rfc)
{
	static const char *const examples[][2] = { { "", "" },
	    { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
	    { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
	    { "foobar", "Zm9vYmFy" } };
	unsigned char data[8];
	char text[16];

	for (size_t i = 0; i < LENGTH(examples); i++) {
		const char *plain = examples[i][0], *encoded = examples[i][1];
		size_t size = strlen(plain);

		base64_encode((const unsigned char *)plain, size, text);
		ck_assert_str_eq(text, encoded);
		ck_assert_uint_eq(strlen(text), BASE64_LENGTH(size));
		ck_assert_int_eq(base64_decode(text, strlen(text), data),
		    (ssize_t)size);
		ck_assert_mem_eq(data, plain, size);
	}
}
END_TEST

START_TEST(every_byte_comes_back)
{
	unsigned char data[256], back[258];
	char text[BASE64_LENGTH(256) + 1];

	for (unsigned i = 0; i < 256; i++)
		data[i] = (unsigned char)(i * 7);
	for (size_t size = 0; size <= 256; size++) {
		base64_encode(data, size, text);
		ck_assert_int_eq(base64_decode(text, BASE64_LENGTH(size),
		    back), (ssize_t)size);
		ck_assert_mem_eq(back, data, size);
	}
}
END_TEST

START_TEST(anything_else_is_refused)
{
	static const char *const texts[] = { "Z", "Zg", "Zg=", "Zg==Zg==",
	    "Z===", "====", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Zm9-", "Zm9_",
	    "=m9v", "Zm=v", "Zm9\x80" };
	unsigned char data[8];

	for (size_t i = 0; i < LENGTH(texts); i++)
		ck_assert_msg(base64_decode(texts[i], strlen(texts[i]),
		    data) == -EINVAL, "'%s'", texts[i]);
	ck_assert_int_eq(base64_decode("Zm\0v", 4, data), -EINVAL);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		the_examples_of_the_rfc,
		every_byte_comes_back,
		anything_else_is_refused,
	};

	return UNIT_RUN("base64", tests);
}
