/*
 * SPDX-License-Identifier: MIT
 * Copyright (c) the echod authors
 */
#include "load/meter.h"

#include <errno.h>
#include <stdlib.h>

int
meter_interval_init(struct meter_interval *interval)
{
	interval->inside = statistics_new();
	interval->outside = statistics_new();
	return interval->inside != NULL && interval->outside != NULL ? 0 :
	    -ENOMEM;
}

void
meter_interval_free(struct meter_interval *interval)
{
	free(interval->inside);
	free(interval->outside);
	interval->inside = interval->outside = NULL;
}

void
meter_interval_clear(struct meter_interval *interval)
{
	statistics_clear(interval->inside);
	statistics_clear(interval->outside);
}

int
meter_init(struct meter *meter)
{
	/* Until it is known what is measured, all is. */
	*meter = (struct meter){ .from = INT64_MIN, .to = CLOCK_NEVER };
	return meter_interval_init(&meter->interval);
}

void
meter_free(struct meter *meter)
{
	meter_interval_free(&meter->interval);
}

static void
mark(struct meter *meter, struct meter_mark *mark, int64_t now)
{
	meter_advance(meter, now);
	*mark = (struct meter_mark){
		.made = true,
		.when = now,
		.processor = clock_read(CLOCK_THREAD_CPUTIME_ID),
		.under_way = meter->under_way_time,
		.open = meter->open_time,
	};
}

void
meter_begin(struct meter *meter, int64_t now)
{
	if (meter->begin.made)
		return;
	mark(meter, &meter->begin, now);
	meter->open_least = meter->open_most = meter->open;
}

void
meter_end(struct meter *meter, int64_t now)
{
	if (meter->begin.made && !meter->end.made)
		mark(meter, &meter->end, now);
}

void
meter_opened(struct meter *meter, int64_t now)
{
	meter_advance(meter, now);
	meter->open++;
	if (!meter->end.made && meter->open > meter->open_most)
		meter->open_most = meter->open;
}

void
meter_closed(struct meter *meter, bool lost, int64_t now)
{
	meter_advance(meter, now);
	meter->open--;
	if (lost && !meter->end.made && meter->open < meter->open_least)
		meter->open_least = meter->open;
}
