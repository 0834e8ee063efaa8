/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the unit tests of the client share.
 */
#ifndef TESTS_CLIENT_UNIT_H
#define TESTS_CLIENT_UNIT_H

#include <check.h>
#include <stdlib.h>

/*
 * Runs the tests of one module.  CK_RUN_CASE and CK_FORK of Check's manual
 * choose what is run and how.
 */
static inline int
unit_run(const char *module, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(module);
	TCase *tcase = tcase_create(module);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	for (size_t i = 0; i < count; i++)
		tcase_add_test(tcase, tests[i]);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT_RUN(module, tests) \
	unit_run(module, tests, sizeof(tests) / sizeof((tests)[0]))

#endif
