/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "admission.h"

#include "common/log.h"
#include "common/log_limit.h"
#include "common/monotonic.h"
#include "connection.h"
#include "limits.h"
#include "shortage.h"

#include <errno.h>
#include <netinet/in.h>

/* Lines about refusals, in so many seconds. */
#define LINES 10
#define SECONDS 10

static struct log_limit line_limit = LOG_LIMIT_INITIALIZER(LINES, SECONDS);

static void
log_refusal(const struct service *service, const struct sockaddr *peer,
    enum refusal refusal)
{
	char address[AW_ADDRESS_TEXT_SIZE] = "unknown";
	const struct log_field fields[] = {
		LOG_TEXT("listener", service->listener),
		LOG_TEXT("peer", address),
		LOG_TEXT("reason", refusal_name(refusal)),
	};
	uint64_t left_out;

	if (!log_enabled(LOG_LEVEL_WARNING) ||
	    !log_limit_allows(&line_limit, monotonic_seconds(), &left_out))
		return;
	if (left_out > 0)
		log_warning("more connections were refused, which are not "
		    "logged: %llu", (unsigned long long)left_out);
	if (peer->sa_family == AF_INET || peer->sa_family == AF_INET6)
		aw_address_text(peer, peer->sa_family == AF_INET ?
		    sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6),
		    address, sizeof(address));
	log_write_fields(LOG_LEVEL_WARNING, fields,
	    sizeof(fields) / sizeof(fields[0]), "connection refused");
}

static bool
refuse(const struct service *service, const struct sockaddr *peer,
    enum refusal refusal)
{
	counter_add(&service->traffic->counters.refused[refusal]);
	log_refusal(service, peer, refusal);
	return false;
}

static bool
enter(aw_server *server, void *arg)
{
	struct service *service = arg;
	struct gate *gate = service->gate;

	(void)server;
	if (limits_enter(gate->limits, gate))
		return true;
	counter_add(&service->traffic->counters.paused[PAUSED_FULL]);
	return false;
}

static bool
admit(aw_server *server, const struct sockaddr *peer, void **seat, void *arg)
{
	const struct service *service = arg;
	struct address_count *count = NULL;
	int result = 0;

	(void)server;
	if (!limits_admit(service->gate->limits, service->gate))
		return refuse(service, peer, REFUSED_FULL);
	if (service->max_per_address > 0)
		result = address_counts_add(
		    limits_addresses(service->gate->limits), service->traffic,
		    peer, (uint64_t)service->max_per_address, &count);
	if (result < 0)
		return refuse(service, peer, result == -EUSERS ?
		    REFUSED_ADDRESS : REFUSED_MEMORY);
	*seat = count;
	return true;
}

static void
leave(aw_server *server, void *seat, void *arg)
{
	const struct service *service = arg;
	struct gate *gate = service->gate;

	(void)server;
	if (seat != NULL)
		address_counts_remove(limits_addresses(gate->limits), seat);
	limits_leave(gate->limits, gate);
}

void
admission_shortage(aw_server *server, int error, void *arg)
{
	struct service *service = arg;

	if (error < 0)
		counter_add(&service->traffic->counters.paused[
		    PAUSED_SHORTAGE]);
	service->failing = error < 0;
	shortage_accept_error(server, error, service->shortage);
}

void
admission_closed(struct service *service)
{
	if (service->failing)
		shortage_accept_error(NULL, 0, service->shortage);
	service->failing = false;
}

aw_admission
admission_of(struct service *service)
{
	return (aw_admission){ enter, admit, leave, service };
}
