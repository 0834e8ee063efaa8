/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * How a module's tests are run.
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

/* Seconds until a test that hangs is ended; CK_TIMEOUT_MULTIPLIER scales it. */
#define UNIT_TIMEOUT 60

/*
 * Runs the tests of a module, each with _i from 0 to times - 1; for main to
 * return.  CK_RUN_CASE and CK_FORK of Check's manual choose what is run and
 * how.
 */
static inline int
unit_run(const char *module, const TTest *const *tests, size_t count,
    int times, enum fork_status forks)
{
	Suite *suite = suite_create(module);
	TCase *tcase = tcase_create(module);
	SRunner *runner;
	size_t i;
	int failed;

	tcase_set_timeout(tcase, UNIT_TIMEOUT);
	for (i = 0; i < count; i++)
		tcase_add_loop_test(tcase, tests[i], 0, times);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, forks);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/*
 * A test with statements around its body, which is a function of that type and
 * name##_body; for the macros of fixtures.
 */
#define UNIT_TEST(name, type, parameters, ...) \
	static type name##_body parameters; \
	START_TEST(name) \
	{ \
		__VA_ARGS__; \
	} \
	END_TEST \
	static type name##_body parameters

/* The same, whose body is run by way of the coroutine name##_main. */
#define UNIT_TASK_TEST(name, ...) \
	static void name##_body(void); \
	static int name##_main(void *arg) \
	{ \
		(void)arg; \
		name##_body(); \
		return 0; \
	} \
	UNIT_TEST(name, void, (void), __VA_ARGS__)

#define UNIT_COUNT(tests) (sizeof(tests) / sizeof((tests)[0]))

#define UNIT_RUN(module, tests) \
	unit_run(module, tests, UNIT_COUNT(tests), 1, CK_FORK_GETENV)

/* The same, each test so many times, with _i counting from 0. */
#define UNIT_RUN_EACH(module, tests, times) \
	unit_run(module, tests, UNIT_COUNT(tests), times, CK_FORK_GETENV)

/*
 * The same two, whatever CK_FORK says, for tests that leave a process other
 * than they found it: they count from its start, end it, or stop half-way.
 */
#define UNIT_RUN_FORKED(module, tests) \
	unit_run(module, tests, UNIT_COUNT(tests), 1, CK_FORK)
#define UNIT_RUN_EACH_FORKED(module, tests, times) \
	unit_run(module, tests, UNIT_COUNT(tests), times, CK_FORK)

#endif
