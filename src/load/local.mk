# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

bin_PROGRAMS += %D%/echo-load
noinst_LIBRARIES += %D%/libload.a

# Everything but main, so that tests can reach it.
%C%_libload_a_SOURCES = \
	%D%/alike.c %D%/alike.h \
	%D%/base64.c %D%/base64.h \
	%D%/behaviour.c %D%/behaviour.h \
	%D%/buckets.c %D%/buckets.h \
	%D%/churn.c %D%/churn.h \
	%D%/clock.h \
	%D%/closed.c %D%/closed.h \
	%D%/compare.c %D%/compare.h \
	%D%/compare_report.c %D%/compare_report.h \
	%D%/compare_runs.c %D%/compare_runs.h \
	%D%/coordinator.c %D%/coordinator.h \
	%D%/difference.c %D%/difference.h \
	%D%/dispatcher.c %D%/dispatcher.h \
	%D%/failures.c %D%/failures.h \
	%D%/format.c %D%/format.h \
	%D%/hdr_encoding.c %D%/hdr_encoding.h \
	%D%/hdr_log.c %D%/hdr_log.h \
	%D%/hdr_log_read.c \
	%D%/hold.c %D%/hold.h \
	%D%/html.c %D%/html.h \
	%D%/html_page.c %D%/html_page.h \
	%D%/idle.c %D%/idle.h \
	%D%/intervals.c %D%/intervals.h \
	%D%/json_read.c %D%/json_read.h \
	%D%/limits.c %D%/limits.h \
	%D%/link.c %D%/link.h \
	%D%/link_errors.c %D%/link_errors.h \
	%D%/link_open.c %D%/link_open.h \
	%D%/live.c %D%/live.h \
	%D%/machine.c %D%/machine.h \
	%D%/merge.c %D%/merge.h \
	%D%/merge_results.c %D%/merge_results.h \
	%D%/merge_series.c %D%/merge_series.h \
	%D%/meter.c %D%/meter.h \
	%D%/mode.c %D%/mode.h \
	%D%/objective.c %D%/objective.h \
	%D%/objective_parse.c \
	%D%/open.c %D%/open.h \
	%D%/option_values.c %D%/option_values.h \
	%D%/options.c %D%/options.h \
	%D%/options_check.c %D%/options_check.h \
	%D%/outcome.c %D%/outcome.h \
	%D%/output_file.c %D%/output_file.h \
	%D%/outputs.c %D%/outputs.h \
	%D%/payload.c %D%/payload.h \
	%D%/percentiles.h \
	%D%/picture.c %D%/picture.h \
	%D%/picture_histogram.c \
	%D%/picture_percentiles.c \
	%D%/picture_series.c \
	%D%/pictures.h \
	%D%/plan.c %D%/plan.h \
	%D%/random.c %D%/random.h \
	%D%/rank_test.c %D%/rank_test.h \
	%D%/rate_plan.c %D%/rate_plan.h \
	%D%/rate_plan_parse.c \
	%D%/repeat.c %D%/repeat.h \
	%D%/report_command.c %D%/report_command.h \
	%D%/report_csv.c %D%/report_csv.h \
	%D%/report_files.c %D%/report_files.h \
	%D%/report_html.c %D%/report_html.h \
	%D%/report_html_facts.c \
	%D%/report_html_figures.c \
	%D%/report_html_parts.h \
	%D%/report_json.c %D%/report_json.h \
	%D%/report_json_figures.c \
	%D%/report_json_parts.h \
	%D%/report_json_run.c \
	%D%/report_options.h \
	%D%/report_read.c %D%/report_read.h \
	%D%/report_read_options.c %D%/report_read_options.h \
	%D%/report_read_run.c %D%/report_read_run.h \
	%D%/report_text.c %D%/report_text.h \
	%D%/report_text_errors.c \
	%D%/report_text_parts.h \
	%D%/report_text_times.c \
	%D%/result.c %D%/result.h \
	%D%/run.c %D%/run.h \
	%D%/schedule.c %D%/schedule.h \
	%D%/search.c %D%/search.h \
	%D%/sender.c %D%/sender.h \
	%D%/series.c %D%/series.h \
	%D%/series_columns.h \
	%D%/sizes.c %D%/sizes.h \
	%D%/slo.c %D%/slo.h \
	%D%/sources.c %D%/sources.h \
	%D%/statistics.c %D%/statistics.h \
	%D%/summary.c %D%/summary.h \
	%D%/svg.c %D%/svg.h \
	%D%/svg_axis.c \
	%D%/target.c %D%/target.h \
	%D%/verdict.c %D%/verdict.h \
	%D%/worker.c %D%/worker.h \
	%D%/worker_parts.c %D%/worker_parts.h \
	%D%/worker_task.c %D%/worker_task.h

%C%_echo_load_SOURCES = %D%/main.c
%C%_echo_load_LDFLAGS = $(PROGRAM_LINK_FLAGS)
%C%_echo_load_LDADD = %D%/libload.a $(PROGRAM_LIBS) $(OPENSSL_LIBS) \
	$(ZLIB_LIBS) -lm
