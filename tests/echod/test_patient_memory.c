/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "echod/patient_memory.h"

#include "await/fail.h"
#include "unit.h"

#include <errno.h>
#include <event2/buffer.h>
#include <pthread.h>

/* Makes a buffer, and has it grow, with so many failures at each. */
static struct evbuffer *
make(unsigned failures)
{
	static const char text[10000];
	struct evbuffer *buffer;
	int err = -1;

	fail_call("malloc", 1, failures, ENOMEM);
	buffer = evbuffer_new();
	fail_stop();
	fail_call("malloc", 1, failures, ENOMEM);
	if (buffer != NULL)
		err = evbuffer_add(buffer, text, sizeof(text));
	fail_stop();
	if (err < 0 && buffer != NULL) {
		evbuffer_free(buffer);
		buffer = NULL;
	}
	return buffer;
}

static void *
thread_main(void *arg)
{
	(void)arg;
	patient_memory_begin();
	return make(3);
}

START_TEST(a_patient_thread_gets_it)
{
	pthread_t thread;
	void *buffer = NULL;
	int err;

	ck_assert_ptr_null(make(1));
	err = pthread_create(&thread, NULL, thread_main, NULL);
	/* Nothing here allocates meanwhile, as that would fail. */
	if (err == 0)
		err = pthread_join(thread, &buffer);
	ck_assert_int_eq(err, 0);
	ck_assert_ptr_nonnull(buffer);
	ck_assert_uint_eq(evbuffer_get_length(buffer), 10000);
	evbuffer_free(buffer);
	/* Others are as they were. */
	ck_assert_ptr_null(make(1));
	buffer = make(0);
	ck_assert_ptr_nonnull(buffer);
	evbuffer_free(buffer);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_patient_thread_gets_it };

	patient_memory_init();
	return UNIT_RUN("patient_memory", tests);
}
