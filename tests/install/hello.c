/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A program outside the tree that uses the installed library.
 */
#include <await.h>
#include <stdio.h>

static int
hello(void *arg)
{
	int err = aw_sleep(0.01);

	printf("%s, libawait %s\n", (const char *)arg, aw_version());
	return err;
}

int
main(void)
{
	return aw_run(hello, "hello") < 0;
}
