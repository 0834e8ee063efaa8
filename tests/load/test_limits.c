/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/limits.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include "load/kernel_files.h"
#include "load/results.h"
#include "unit.h"

static char error[512];

static int
foresee(const struct load_options *options)
{
	error[0] = '\0';
	return limits_foresee_at(kernel_files, options, error, sizeof(error));
}

static void
assert_says(const char *words)
{
	ck_assert_msg(strstr(error, words) != NULL, "'%s' lacks '%s'", error,
	    words);
}

/* A machine of 100 ports. */
static void
make_machine(void)
{
	kernel_files_make();
	kernel_files_write(KERNEL_PORTS, "10000 10099\n");
	kernel_files_write(KERNEL_REUSE, "2\n");
}

/* Valgrind does not have the hard limit changed. */
static rlim_t
limit_descriptors(rlim_t soft)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = soft;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return limit.rlim_max;
}

START_TEST(soft_limit_of_descriptors_is_raised)
{
	struct load_options options = results_options(MODE_CLOSED);
	struct rlimit limit;

	make_machine();
	limit_descriptors(64);
	options.connections = 100;
	ck_assert_int_eq(foresee(&options), 0);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_uint_ge(limit.rlim_cur, 116);
	kernel_files_remove();
}
END_TEST

START_TEST(too_few_descriptors_are_told)
{
	struct load_options options = results_options(MODE_CLOSED);
	rlim_t hard = limit_descriptors(64);
	char limit[64];

	make_machine();
	kernel_files_write(KERNEL_PORTS, "1 9999999\n");
	options.connections = (int64_t)hard;
	ck_assert_int_eq(foresee(&options), -EMFILE);
	snprintf(limit, sizeof(limit), "descriptors, and the limit is %ju:",
	    (uintmax_t)hard);
	assert_says(limit);
	assert_says("ulimit -Hn");
	assert_says("LimitNOFILE");
	kernel_files_remove();
}
END_TEST

/* One that needs no more than there is without them. */
START_TEST(threads_need_descriptors)
{
	struct load_options options = results_options(MODE_CLOSED);
	rlim_t hard = limit_descriptors(64);

	make_machine();
	kernel_files_write(KERNEL_PORTS, "1 9999999\n");
	options.connections = (int64_t)hard - 60;
	ck_assert_int_eq(foresee(&options), 0);
	options.threads = 4;
	ck_assert_int_eq(foresee(&options), -EMFILE);
	kernel_files_remove();
}
END_TEST

START_TEST(too_few_ports_are_told)
{
	struct load_options options = results_options(MODE_CLOSED);

	make_machine();
	options.connections = 100;
	ck_assert_int_eq(foresee(&options), 0);
	options.connections = 101;
	ck_assert_int_eq(foresee(&options), -EADDRNOTAVAIL);
	assert_says("101 local ports are needed, and 1 source address has "
	    "100: add 1 to --sources, widen net.ipv4.ip_local_port_range");
	kernel_files_write(KERNEL_RESERVED, "10000-10009\n");
	options.connections = 91;
	ck_assert_int_eq(foresee(&options), -EADDRNOTAVAIL);
	assert_says("10 reserved");
	kernel_files_remove();
}
END_TEST

START_TEST(each_source_has_ports_of_its_own)
{
	struct load_options options = results_options(MODE_CLOSED);

	make_machine();
	options.connections = 301;
	options.sources = "127.0.0.2-127.0.0.4";
	ck_assert_int_eq(foresee(&options), -EADDRNOTAVAIL);
	assert_says("3 source addresses have 300: add 1 to --sources");
	options.connections = 300;
	ck_assert_int_eq(foresee(&options), 0);
	kernel_files_remove();
}
END_TEST

START_TEST(unix_sockets_need_no_ports)
{
	struct load_options options = results_options(MODE_CLOSED);

	make_machine();
	options.connections = 101;
	options.address.kind = ADDRESS_UNIX;
	ck_assert_int_eq(foresee(&options), 0);
	kernel_files_remove();
}
END_TEST

/* What was closed in the last minute, or second, still has its port. */
START_TEST(ports_of_closed_connections_rest)
{
	struct load_options options = results_options(MODE_CHURN);

	make_machine();
	rate_plan_set(&options.rate, 90);
	ck_assert_int_eq(foresee(&options), 0);
	/* To other machines, they are not given again so soon. */
	strcpy(options.address.host, "192.0.2.1");
	ck_assert_int_eq(foresee(&options), -EADDRNOTAVAIL);
	assert_says("910 local ports are needed, 900 of them for connections "
	    "that were closed in the last 60 s");
	assert_says("add 9 to --sources");
	assert_says("a lower --rate or net.ipv4.tcp_tw_reuse");
	/* So many are never closed. */
	options.count = 50;
	ck_assert_int_eq(foresee(&options), 0);
	kernel_files_remove();
}
END_TEST

START_TEST(too_little_memory_is_told)
{
	struct load_options options = results_options(MODE_CLOSED);

	make_machine();
	kernel_files_write(KERNEL_PORTS, "10000 60000\n");
	kernel_files_write(KERNEL_MEMORY, "MemAvailable: 9000 kB\n");
	options.connections = 100;
	ck_assert_int_eq(foresee(&options), 0);
	options.threads = 4;
	ck_assert_int_eq(foresee(&options), -ENOMEM);
	assert_says("and 9 MB are left");
	assert_says("MemoryMax=");
	options.threads = 1;
	options.connections = 500;
	ck_assert_int_eq(foresee(&options), 0);
	options.tls.enabled = true;
	ck_assert_int_eq(foresee(&options), -ENOMEM);
	kernel_files_remove();
}
END_TEST

START_TEST(this_machine_can_have_ten)
{
	struct load_options options = results_options(MODE_CLOSED);

	ck_assert_msg(limits_foresee(&options, error, sizeof(error)) == 0,
	    "%s", error);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		soft_limit_of_descriptors_is_raised,
		too_few_descriptors_are_told,
		threads_need_descriptors,
		too_few_ports_are_told,
		each_source_has_ports_of_its_own,
		unix_sockets_need_no_ports,
		ports_of_closed_connections_rest,
		too_little_memory_is_told,
		this_machine_can_have_ten,
	};

	return UNIT_RUN("limits", tests);
}
