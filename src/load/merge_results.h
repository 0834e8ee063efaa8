/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * One result of what several processes have done at the same time.
 *
 * Histograms and counters are added exactly.  The part measured reaches from
 * where the first one's begins to where the last one's ends, so a rate is
 * rather a little too low than too high.  Entries of the series are added by
 * their number, and have the greatest of the percentiles, as a percentile of
 * several can't be had from theirs.  Fairness in an open loop is among the
 * connections of each part.
 */
#ifndef LOAD_MERGE_RESULTS_H
#define LOAD_MERGE_RESULTS_H

#include <stddef.h>

#include "load/report_read.h"

/*
 * Whether two runs can be parts of one.  Returns 0; or -EINVAL, and error then
 * says why not, without the files' names.
 */
int merge_check(const struct report_run *a, const struct report_run *b,
    char *error, size_t error_size);

/*
 * Adds runs that merge_check has nothing against.  options gets those of the
 * whole: the sums of connections, threads and rates, and the first one's else;
 * they have to stay as long as the result.  Returns 0 and *result, for
 * load_result_free, with its verdict and its status; or -ENOMEM.
 */
int merge_results(const struct report_run *const *runs, size_t count,
    struct load_options *options, struct load_result **result);

#endif
