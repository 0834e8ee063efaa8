# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

noinst_LIBRARIES += %D%/libload.a

# Everything but main, so that tests can reach it.
%C%_libload_a_SOURCES = \
	%D%/base64.c %D%/base64.h \
	%D%/clock.h \
	%D%/hdr_encoding.c %D%/hdr_encoding.h \
	%D%/hdr_log.c %D%/hdr_log.h \
	%D%/hdr_log_read.c \
	%D%/objective.c %D%/objective.h \
	%D%/objective_parse.c \
	%D%/options.c %D%/options.h \
	%D%/options_check.c %D%/options_check.h \
	%D%/percentiles.h \
	%D%/random.c %D%/random.h \
	%D%/rate_plan.c %D%/rate_plan.h \
	%D%/rate_plan_parse.c \
	%D%/result.c %D%/result.h \
	%D%/schedule.c %D%/schedule.h \
	%D%/series.c %D%/series.h \
	%D%/sizes.c %D%/sizes.h \
	%D%/sources.c %D%/sources.h \
	%D%/statistics.c %D%/statistics.h

