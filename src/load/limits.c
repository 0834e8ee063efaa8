/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "limits.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include "machine.h"
#include "sources.h"
#include "statistics.h"

/* Standard input and output, the files of the reports, name look-ups. */
#define PROCESS_DESCRIPTORS 32
/* A loop's epolls, timers and wake-ups. */
#define THREAD_DESCRIPTORS 16

/*
 * The least that a connection takes, so that no run is refused that could be:
 * of ours the page of its task's stack and its state, and the kernel's socket;
 * with TLS, OpenSSL's object.
 */
#define CONNECTION_BYTES (8 * 1024)
#define TLS_BYTES (24 * 1024)
/* Of a thread: what it measures, twice, as one is being handed over. */
#define THREAD_BYTES (2 * sizeof(struct statistics))

static int
foresee_descriptors(const struct load_options *options, char *error,
    size_t error_size)
{
	uint64_t need = (uint64_t)options->connections +
	    (uint64_t)options->threads * THREAD_DESCRIPTORS +
	    PROCESS_DESCRIPTORS;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= need)
		return 0;
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need) {
		snprintf(error, error_size, "%" PRId64 " connections need %"
		    PRIu64 " descriptors, and the limit is %" PRIu64 ": raise "
		    "it (ulimit -Hn, LimitNOFILE= of a unit, or nofile in "
		    "/etc/security/limits.conf), or use fewer --connections",
		    options->connections, need, (uint64_t)limit.rlim_max);
		return -EMFILE;
	}
	limit.rlim_cur = need;
	return setrlimit(RLIMIT_NOFILE, &limit) < 0 ? -errno : 0;
}

static bool
is_within_the_machine(const struct load_options *options)
{
	const char *host = options->address.host;

	return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
	    strncmp(host, "127.", 4) == 0;
}

static double
run_seconds(const struct load_options *options)
{
	return options->duration > 0 ? options->duration : INFINITY;
}

/*
 * How many connections rest in TIME_WAIT at most.  We close first, so the port
 * is ours.  Without a rate it can't be known.
 */
static double
resting_ports(const struct load_options *options, double rest)
{
	double seconds = fmin(rest, run_seconds(options));
	double resting;

	if (options->mode != MODE_CHURN && options->mode != MODE_HANDSHAKES)
		return 0;
	if (options->rate.count == 0)
		return 0;
	resting = fmin(rate_plan_highest(&options->rate) * seconds,
	    rate_plan_messages(&options->rate,
	    fmin(run_seconds(options), 86400)));
	if (options->count > 0)
		resting = fmin(resting, (double)options->count);
	return resting;
}

static int
foresee_ports(const char *root, const struct load_options *options,
    char *error, size_t error_size)
{
	double rest = machine_port_rest(root, is_within_the_machine(options));
	double resting = resting_ports(options, rest);
	double need = (double)options->connections + resting;
	size_t sources = sources_count(options->sources);
	struct machine_ports ports;
	double usable;
	char why[128] = "";

	if (options->address.kind == ADDRESS_UNIX)
		return 0;
	machine_read_ports(root, &ports);
	sources = sources > 0 ? sources : 1;
	usable = (double)ports.usable * (double)sources;
	if (need <= usable)
		return 0;
	if (resting > 0)
		snprintf(why, sizeof(why), ", %.0f of them for connections "
		    "that were closed in the last %g s", resting, rest);
	snprintf(error, error_size, "%.0f local ports are needed%s, and %zu "
	    "source address%s ha%s %.0f: add %.0f to --sources, widen "
	    "net.ipv4.ip_local_port_range (%" PRIu64 " to %" PRIu64 ", %" PRIu64
	    " reserved), or use %s", need, why, sources,
	    sources == 1 ? "" : "es", sources == 1 ? "s" : "ve", usable,
	    ports.usable > 0 ?
	    ceil(need / (double)ports.usable) - (double)sources : 0,
	    ports.lowest, ports.highest, ports.reserved,
	    resting > 0 ? "a lower --rate or net.ipv4.tcp_tw_reuse" :
	    "fewer --connections");
	return -EADDRNOTAVAIL;
}

static int
foresee_memory(const char *root, const struct load_options *options,
    char *error, size_t error_size)
{
	uint64_t each = CONNECTION_BYTES +
	    (options->tls.enabled ? TLS_BYTES : 0);
	uint64_t need = (uint64_t)options->connections * each +
	    (uint64_t)options->threads * THREAD_BYTES;
	uint64_t left = machine_memory(root);

	if (need <= left)
		return 0;
	snprintf(error, error_size, "%" PRId64 " connections and %" PRId64
	    " threads need %.0f MB of memory, and %.0f MB are left: use fewer "
	    "--connections or --threads, or raise the limit (MemoryMax= of a "
	    "unit, memory.max of a cgroup)", options->connections,
	    options->threads, (double)need / 1e6, (double)left / 1e6);
	return -ENOMEM;
}

int
limits_foresee_at(const char *root, const struct load_options *options,
    char *error, size_t error_size)
{
	int err;

	err = foresee_descriptors(options, error, error_size);
	if (err == 0)
		err = foresee_ports(root, options, error, error_size);
	if (err == 0)
		err = foresee_memory(root, options, error, error_size);
	return err;
}

int
limits_foresee(const struct load_options *options, char *error,
    size_t error_size)
{
	return limits_foresee_at("", options, error, error_size);
}
