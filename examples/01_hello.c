/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Hello: a coroutine that prints, sleeps and prints.
 */
#include <stdio.h>

#include <await.h>

#include "seconds.h"

static int
hello(void *arg)
{
	int err;

	(void)arg;
	puts("Hello ...");
	err = aw_sleep(seconds(0.2));
	if (err < 0)
		return err;
	puts("... world");
	return 0;
}

int
main(void)
{
	return aw_run(hello, NULL) < 0;
}
