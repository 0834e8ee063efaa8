/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * What the status page shows, as JSON: the same numbers as the metrics, put
 * together for a person.
 */
#ifndef ECHOD_STATUS_JSON_H
#define ECHOD_STATUS_JSON_H

#include "observed.h"

/* One line, for the caller to free; NULL: no memory. */
char *status_json(const struct look *look);

#endif
