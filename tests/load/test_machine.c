/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/machine.h"

#include "load/kernel_files.h"
#include "unit.h"

START_TEST(ports_are_the_range_without_the_reserved)
{
	struct machine_ports ports;

	kernel_files_make();
	kernel_files_write(KERNEL_PORTS, "10000\t10999\n");
	kernel_files_write(KERNEL_RESERVED,
	    "80,9990-10009,10500,10990-11010\n");
	machine_read_ports(kernel_files, &ports);
	ck_assert_uint_eq(ports.lowest, 10000);
	ck_assert_uint_eq(ports.highest, 10999);
	ck_assert_uint_eq(ports.reserved, 10 + 1 + 10);
	ck_assert_uint_eq(ports.usable, 1000 - 21);
	kernel_files_remove();
}
END_TEST

START_TEST(without_files_the_kernels_defaults_hold)
{
	struct machine_ports ports;

	machine_read_ports("/nonexistent", &ports);
	ck_assert_uint_eq(ports.usable, 60999 - 32768 + 1);
	ck_assert_double_eq(machine_port_rest("/nonexistent", 1), 60);
	ck_assert_uint_eq(machine_memory("/nonexistent"), UINT64_MAX);
}
END_TEST

START_TEST(ports_rest_unless_they_are_reused)
{
	kernel_files_make();
	kernel_files_write(KERNEL_REUSE, "0\n");
	ck_assert_double_eq(machine_port_rest(kernel_files, 1), 60);
	kernel_files_write(KERNEL_REUSE, "1\n");
	ck_assert_double_eq(machine_port_rest(kernel_files, 0), 1);
	kernel_files_write(KERNEL_REUSE, "2\n");
	ck_assert_double_eq(machine_port_rest(kernel_files, 0), 60);
	ck_assert_double_eq(machine_port_rest(kernel_files, 1), 1);
	kernel_files_remove();
}
END_TEST

START_TEST(memory_is_what_the_tightest_cgroup_leaves)
{
	kernel_files_make();
	kernel_files_write(KERNEL_MEMORY,
	    "MemTotal: 9000 kB\nMemAvailable:    8000 kB\n");
	ck_assert_uint_eq(machine_memory(kernel_files), 8000 * 1024);
	kernel_files_write(KERNEL_CGROUP, "0::/a/b\n");
	ck_assert_uint_eq(machine_memory(kernel_files), 8000 * 1024);
	/* The inner one has no limit; the outer one has. */
	kernel_files_write("/sys/fs/cgroup/a/b/memory.max", "max\n");
	kernel_files_write("/sys/fs/cgroup/a/b/memory.current", "900\n");
	kernel_files_write("/sys/fs/cgroup/a/memory.max", "5000\n");
	kernel_files_write("/sys/fs/cgroup/a/memory.current", "4000\n");
	ck_assert_uint_eq(machine_memory(kernel_files), 1000);
	/* What the page cache holds can be had. */
	kernel_files_write("/sys/fs/cgroup/a/memory.stat",
	    "anon 1000\ninactive_file 3000\n");
	ck_assert_uint_eq(machine_memory(kernel_files), 4000);
	kernel_files_remove();
}
END_TEST

START_TEST(cgroups_of_the_first_version_count_too)
{
	kernel_files_make();
	kernel_files_write(KERNEL_CGROUP,
	    "9:name=systemd:/x\n4:cpu,memory:/a\n0::/\n");
	kernel_files_write("/sys/fs/cgroup/memory/a/memory.limit_in_bytes",
	    "5000\n");
	kernel_files_write("/sys/fs/cgroup/memory/a/memory.usage_in_bytes",
	    "6000\n");
	ck_assert_uint_eq(machine_memory(kernel_files), 0);
	kernel_files_write("/sys/fs/cgroup/memory/a/memory.stat",
	    "total_inactive_file 3000\n");
	ck_assert_uint_eq(machine_memory(kernel_files), 2000);
	kernel_files_remove();
}
END_TEST

START_TEST(nonsense_is_taken_for_enough)
{
	struct machine_ports ports;

	kernel_files_make();
	kernel_files_write(KERNEL_CGROUP, "nonsense\n\n0:\n::\n");
	kernel_files_write(KERNEL_MEMORY, "MemAvailable: many\n");
	kernel_files_write(KERNEL_PORTS, "");
	kernel_files_write(KERNEL_RESERVED, "-,x");
	ck_assert_uint_eq(machine_memory(kernel_files), UINT64_MAX);
	machine_read_ports(kernel_files, &ports);
	ck_assert_uint_eq(ports.usable, 60999 - 32768 + 1);
	kernel_files_remove();
}
END_TEST

START_TEST(this_machine_has_some)
{
	struct machine_ports ports;

	machine_read_ports("", &ports);
	ck_assert_uint_gt(ports.usable, 0);
	ck_assert_uint_gt(machine_memory(""), 1 << 20);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		ports_are_the_range_without_the_reserved,
		without_files_the_kernels_defaults_hold,
		ports_rest_unless_they_are_reused,
		memory_is_what_the_tightest_cgroup_leaves,
		cgroups_of_the_first_version_count_too,
		nonsense_is_taken_for_enough,
		this_machine_has_some,
	};

	return UNIT_RUN("machine", tests);
}
