/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What a process uses, as the kernel counts it.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Processor seconds that all threads of a process have used, or -1. */
double process_cpu_time(pid_t pid);

/*
 * Bytes of a process's row in /proc/PID/status, such as "VmRSS" or "VmPTE";
 * -ENOENT if there is none.
 */
int64_t process_memory(pid_t pid, const char *row);

/* The same of /proc/meminfo, such as "MemAvailable". */
int64_t process_machine_memory(const char *row);

/* Keeps this process on one processor.  Returns 0 or -errno. */
int process_pin(int cpu);

/*
 * Raises the limit on file descriptors as far as it goes.  Returns how many
 * there may be.
 */
size_t process_raise_descriptors(void);

#endif
