/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the machine has to give, as the kernel's files tell it.
 *
 * root stands before each path, so that a test can have files of its own; it is
 * "" otherwise.  What can't be read is taken for enough.
 */
#ifndef LOAD_MACHINE_H
#define LOAD_MACHINE_H

#include <stdint.h>

/* Ports that the kernel chooses from for a connection, of each address. */
struct machine_ports {
	uint64_t lowest;
	uint64_t highest;
	uint64_t reserved; /* of these, which it leaves out */
	uint64_t usable;
};
void machine_read_ports(const char *root, struct machine_ports *ports);

/*
 * Seconds that a port is not given again after we have closed its connection
 * first (TIME_WAIT): 60, or 1 where net.ipv4.tcp_tw_reuse has it given to newer
 * connections; loopback says whether these stay in the machine.
 */
double machine_port_rest(const char *root, int loopback);

/*
 * Bytes of memory that may still be used: what is available in the machine, or
 * less if a cgroup of the process's own has less left.  UINT64_MAX: not known.
 */
uint64_t machine_memory(const char *root);

#endif
