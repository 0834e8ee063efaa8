/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * Whether a run has met its objectives, and how the program is to end.
 */
#ifndef LOAD_SLO_H
#define LOAD_SLO_H

#include <stdbool.h>

#include "load/result.h"

/*
 * Whether an objective is met.  One of a time of which there is no sample is
 * missed: nothing came back, so nothing was in time.
 */
bool slo_is_met(const struct objective *objective,
    const struct load_result *result);

/* The first of a list that was missed, or NULL. */
const struct objective *slo_first_missed(const struct objective_list *list,
    const struct load_result *result);

/*
 * Sets result->status, by what is worst: LOAD_WRONG, also if the server ended a
 * connection before all was echoed; LOAD_FAILED if no connection was left, or
 * nothing was measured, or came back; LOAD_MISSED if an objective of --slo is;
 * LOAD_SUSPECT with --strict, if its verdict, which has to be there, is not
 * VALID; LOAD_GOOD.
 */
void slo_judge(struct load_result *result);

/*
 * For --abort-on-fail, to be asked at each interval (see run_events): whether
 * the run is to go on.  An interval of the part measured that misses an
 * objective ends it; times of which the interval has no sample are left out.
 */
bool slo_interval_is_good(const struct load_options *options,
    const struct series_entry *entry, const struct statistics *interval,
    bool measured);

#endif
