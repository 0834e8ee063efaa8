/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * A daemon to look at, made by hand: two workers, a listener with TLS and one
 * without.
 */
#ifndef TESTS_ECHOD_LOOKS_H
#define TESTS_ECHOD_LOOKS_H

#include "echod/observed.h"

#include <check.h>
#include <string.h>

/* A name that no settings file can bring about. */
#define LOOKS_STRANGE "a\"b\\c\nd"

static struct worker looks_workers[2];
static struct reload looks_reload;
static struct pulse looks_pulse;
static struct observed looks_observed;
static struct usage_files looks_files;
static struct tls_listener looks_tls;
static struct listening looks_listening[2];
static struct listening *looks_addresses[] = {
	&looks_listening[0], &looks_listening[1],
};
static struct listener looks_items[2];
static struct listeners looks_listeners = { looks_items, 2, 2 };

static inline void
looks_fill_traffic(void)
{
	struct traffic_lane *lanes = looks_items[0].traffic->lanes;

	tally_add(&lanes[0].open, 3);
	tally_add(&lanes[1].open, 4);
	tally_add(&lanes[0].total, 10);
	tally_add(&lanes[1].total, 20);
	tally_add(&lanes[1].echoed, UINT64_C(1) << 52);
	tally_add(&looks_items[1].traffic->lanes[0].open, 1);
	looks_items[0].traffic->counters.ended[END_RESET] = 5;
	looks_tls.statistics.handshakes = 7;
	looks_tls.statistics.resumed = 2;
	looks_tls.statistics.tls_1_3 = 6;
	looks_tls.statistics.tls_1_2 = 1;
	looks_tls.statistics.failures[AW_TLS_TIMEOUT] = 8;
}

static inline void
looks_make(void)
{
	observed_init(&looks_observed);
	usage_open(&looks_files);
	looks_observed.workers = looks_workers;
	looks_observed.worker_count = 2;
	looks_observed.reload = &looks_reload;
	looks_observed.pulse = &looks_pulse;
	looks_tls.references = 1;
	strcpy(looks_listening[0].text, "127.0.0.1:7");
	strcpy(looks_listening[1].text, "[::1]:7");
	looks_items[0].name = "main";
	looks_items[0].traffic = traffic_new("main", 2);
	looks_items[0].tls = &looks_tls;
	looks_items[0].addresses = looks_addresses;
	looks_items[0].address_count = 2;
	looks_items[1].name = LOOKS_STRANGE;
	looks_items[1].traffic = traffic_new(LOOKS_STRANGE, 2);
	looks_fill_traffic();
	ck_assert_int_eq(observed_show(&looks_observed, &looks_listeners), 0);
	phase_set(PHASE_SERVING);
}

static inline void
looks_clear(void)
{
	observed_clear(&looks_observed);
	usage_close(&looks_files);
	traffic_unref(looks_items[0].traffic);
	traffic_unref(looks_items[1].traffic);
}

#endif
