/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Runs in which the n-th call of what can run out fails, for every n: each
 * comes to its end, with a result or with an error.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "echo_peer.h"
#include "fail.h"
#include "load/run.h"
#include "unit.h"

/* More calls than a run makes. */
#define MOST_CALLS 2000

static struct load_options options;
static char error[512];

static void
read_options(char *mode, unsigned port)
{
	char address[32];
	char *words[] = { "echo-load", "-m", mode, "-c", "1", "-n", "2",
	    "--timeout", "1s", "--seed", "1", address, NULL };

	snprintf(address, sizeof(address), "127.0.0.1:%u", port);
	ck_assert_int_eq(load_options_read(&options, 12, words, error,
	    sizeof(error)), 0);
}

/* Returns whether a call had to fail. */
static bool
run_with_failure(unsigned n)
{
	struct load_result *result = load_result_new(&options);
	bool failed;
	int err;

	ck_assert_ptr_nonnull(result);
	fail_at(n, false);
	err = run_load(&options, NULL, result, error, sizeof(error));
	failed = fail_stop();
	ck_assert_msg(err <= 0, "call %u, of %s: %d", n, fail_name(), err);
	ck_assert_msg(err == 0 || (failed && error[0] != '\0'),
	    "call %u, of %s: %d: %s", n, fail_name(), err, error);
	/* What could not be done is not passed over. */
	if (err == 0 && !failed)
		ck_assert_uint_eq(result->total->counters[COUNT_RECEIVED], 2);
	load_result_free(result);
	return failed;
}

static void
run_with_each_failure(char *mode)
{
	struct echo_peer peer;
	unsigned n = 1;

	fail_init();
	echo_peer_start(&peer, PEER_ECHOES);
	read_options(mode, peer.port);
	while (run_with_failure(n))
		ck_assert_uint_lt(n++, MOST_CALLS);
	ck_assert_uint_gt(n, 10);
	echo_peer_end(&peer);
}

START_TEST(a_closed_loop_survives_any_failure)
{
	run_with_each_failure("closed");
}
END_TEST

START_TEST(a_churn_survives_any_failure)
{
	run_with_each_failure("churn");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		a_closed_loop_survives_any_failure,
		a_churn_survives_any_failure,
	};

	return UNIT_RUN("run_failures", tests);
}
