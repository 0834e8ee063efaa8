# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

noinst_LIBRARIES += %D%/libload.a

# Everything but main, so that tests can reach it.
%C%_libload_a_SOURCES = \
	%D%/base64.c %D%/base64.h \
	%D%/behaviour.c %D%/behaviour.h \
	%D%/churn.c %D%/churn.h \
	%D%/clock.h \
	%D%/closed.c %D%/closed.h \
	%D%/coordinator.c %D%/coordinator.h \
	%D%/difference.c %D%/difference.h \
	%D%/dispatcher.c %D%/dispatcher.h \
	%D%/failures.c %D%/failures.h \
	%D%/hdr_encoding.c %D%/hdr_encoding.h \
	%D%/hdr_log.c %D%/hdr_log.h \
	%D%/hdr_log_read.c \
	%D%/hold.c %D%/hold.h \
	%D%/idle.c %D%/idle.h \
	%D%/intervals.c %D%/intervals.h \
	%D%/limits.c %D%/limits.h \
	%D%/link.c %D%/link.h \
	%D%/link_errors.c %D%/link_errors.h \
	%D%/link_open.c %D%/link_open.h \
	%D%/machine.c %D%/machine.h \
	%D%/meter.c %D%/meter.h \
	%D%/mode.c %D%/mode.h \
	%D%/objective.c %D%/objective.h \
	%D%/objective_parse.c \
	%D%/open.c %D%/open.h \
	%D%/options.c %D%/options.h \
	%D%/options_check.c %D%/options_check.h \
	%D%/outcome.c %D%/outcome.h \
	%D%/payload.c %D%/payload.h \
	%D%/percentiles.h \
	%D%/plan.c %D%/plan.h \
	%D%/random.c %D%/random.h \
	%D%/rank_test.c %D%/rank_test.h \
	%D%/rate_plan.c %D%/rate_plan.h \
	%D%/rate_plan_parse.c \
	%D%/repeat.c %D%/repeat.h \
	%D%/result.c %D%/result.h \
	%D%/run.c %D%/run.h \
	%D%/schedule.c %D%/schedule.h \
	%D%/search.c %D%/search.h \
	%D%/sender.c %D%/sender.h \
	%D%/series.c %D%/series.h \
	%D%/sizes.c %D%/sizes.h \
	%D%/slo.c %D%/slo.h \
	%D%/sources.c %D%/sources.h \
	%D%/statistics.c %D%/statistics.h \
	%D%/target.c %D%/target.h \
	%D%/verdict.c %D%/verdict.h \
	%D%/worker.c %D%/worker.h \
	%D%/worker_task.c %D%/worker_task.h

