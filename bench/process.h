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

/*
 * Processor seconds of a process and of all that it has started, those that
 * have ended too.
 */
double process_tree_cpu_time(pid_t pid);

/*
 * Resident bytes of a process and of all that it has started.  Where they are
 * several, what they share counts once.
 */
int64_t process_tree_memory(pid_t pid);

/*
 * Bytes of kernel memory that all TCP sockets of the machine hold for what is
 * under way on them; -ENOENT if it isn't told.
 */
int64_t process_socket_memory(void);

/* Keeps this process on one processor.  Returns 0 or -errno. */
int process_pin(int cpu);

/*
 * Raises the limit on file descriptors as far as it goes.  Returns how many
 * there may be.
 */
size_t process_raise_descriptors(void);

#endif
