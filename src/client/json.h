/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 *
 * The report as one JSON object.
 */
#ifndef CLIENT_JSON_H
#define CLIENT_JSON_H

#include "client/report.h"

/*
 * Returns the object on one line, with a line end and a NUL, for the caller to
 * free; NULL if memory is short.
 */
char *json_report(const struct report *report);

#endif
