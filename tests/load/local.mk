# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/HdrVectors.java %D%/hdr_log.py %D%/hdr_reference.hlog
dist_check_SCRIPTS += %D%/test_hdr_log_reference.py
EXTRA_DIST += %D%/chromium.py %D%/reports.py
load_report_tests = \
	%D%/test_live_terminal.py \
	%D%/test_report_page.py \
	%D%/test_report_schema.py
dist_check_SCRIPTS += $(load_report_tests)

dist_check_SCRIPTS += %D%/test_many_hosts.py %D%/test_merge_compare.py
PLAIN_TESTS += %D%/test_many_hosts.py
SLOW_TESTS += %D%/test_merge_compare.py
EXTRA_DIST += %D%/agreement.py %D%/load_program.py %D%/load_servers.py

load_program_tests = \
	%D%/test_modes.py \
	%D%/test_objectives.py \
	%D%/test_program.py \
	%D%/test_tls.py \
	%D%/test_wrong.py
dist_check_SCRIPTS += $(load_program_tests) %D%/test_agreement.py
SLOW_TESTS += $(load_program_tests)
if !SANITIZERS
PLAIN_TESTS += %D%/test_agreement.py
endif

if BUILD_TESTS
LOAD_TESTS = \
	%D%/test_base64 \
	%D%/test_buckets \
	%D%/test_compare_report \
	%D%/test_compare_runs \
	%D%/test_difference \
	%D%/test_failures \
	%D%/test_format \
	%D%/test_hdr_encoding \
	%D%/test_hdr_log \
	%D%/test_html \
	%D%/test_limits \
	%D%/test_live \
	%D%/test_machine \
	%D%/test_merge_results \
	%D%/test_merge_series \
	%D%/test_meter \
	%D%/test_objective \
	%D%/test_option_values \
	%D%/test_options \
	%D%/test_outputs \
	%D%/test_payload \
	%D%/test_random \
	%D%/test_rank_test \
	%D%/test_rate_plan \
	%D%/test_repeat \
	%D%/test_report_command \
	%D%/test_report_csv \
	%D%/test_report_html \
	%D%/test_report_json \
	%D%/test_report_read \
	%D%/test_report_text \
	%D%/test_result \
	%D%/test_run \
	%D%/test_run_failures \
	%D%/test_samples \
	%D%/test_schedule \
	%D%/test_search \
	%D%/test_series \
	%D%/test_sizes \
	%D%/test_slo \
	%D%/test_sources \
	%D%/test_statistics \
	%D%/test_summary \
	%D%/test_svg \
	%D%/test_verdict
check_PROGRAMS += $(LOAD_TESTS)
TESTS += $(LOAD_TESTS)

# A result that is made by hand, and a program that writes its reports.
LOAD_SAMPLE = %D%/sample.c %D%/sample.h
check_PROGRAMS += %D%/write_report
%C%_write_report_SOURCES = %D%/write_report.c $(LOAD_SAMPLE)
%C%_write_report_LDADD = $(LOAD_TEST_LIBS)

LOAD_TEST_LIBS = src/load/libload.a $(COMMON_TEST_LIBS) $(OPENSSL_LIBS) \
	$(ZLIB_LIBS) -lm

# How others encode histograms.
HDR_VECTORS = %D%/hdr_vectors.c %D%/hdr_vectors.h %D%/hdr_vectors.inc

check_PROGRAMS += %D%/hdr_log_tool
TESTS += %D%/test_hdr_log_reference.py
PLAIN_TESTS += $(load_report_tests)
%C%_hdr_log_tool_SOURCES = %D%/hdr_log_tool.c
%C%_hdr_log_tool_LDADD = $(LOAD_TEST_LIBS)

%C%_test_base64_SOURCES = %D%/test_base64.c
%C%_test_base64_LDADD = $(LOAD_TEST_LIBS)
%C%_test_hdr_encoding_SOURCES = %D%/test_hdr_encoding.c $(HDR_VECTORS)
%C%_test_hdr_encoding_LDADD = $(LOAD_TEST_LIBS)
%C%_test_hdr_log_SOURCES = %D%/test_hdr_log.c $(HDR_VECTORS) $(FAIL_SHARED)
%C%_test_hdr_log_LDFLAGS = $(FAIL_WRAPS)
%C%_test_hdr_log_LDADD = $(LOAD_TEST_LIBS)
%C%_test_objective_SOURCES = %D%/test_objective.c %D%/refusals.h
%C%_test_objective_LDADD = $(LOAD_TEST_LIBS)
%C%_test_random_SOURCES = %D%/test_random.c
%C%_test_random_LDADD = $(LOAD_TEST_LIBS)
%C%_test_rate_plan_SOURCES = %D%/test_rate_plan.c %D%/refusals.h
%C%_test_rate_plan_LDADD = $(LOAD_TEST_LIBS)
%C%_test_result_SOURCES = %D%/test_result.c
%C%_test_result_LDADD = $(LOAD_TEST_LIBS)
%C%_test_schedule_SOURCES = %D%/test_schedule.c
%C%_test_schedule_LDADD = $(LOAD_TEST_LIBS)
%C%_test_series_SOURCES = %D%/test_series.c
%C%_test_series_LDADD = $(LOAD_TEST_LIBS)
%C%_test_sizes_SOURCES = %D%/test_sizes.c %D%/refusals.h
%C%_test_sizes_LDADD = $(LOAD_TEST_LIBS)
%C%_test_statistics_SOURCES = %D%/test_statistics.c
%C%_test_statistics_LDADD = $(LOAD_TEST_LIBS)

%C%_test_buckets_SOURCES = %D%/test_buckets.c
%C%_test_buckets_LDADD = $(LOAD_TEST_LIBS)
%C%_test_format_SOURCES = %D%/test_format.c
%C%_test_format_LDADD = $(LOAD_TEST_LIBS)
%C%_test_report_csv_SOURCES = %D%/test_report_csv.c
%C%_test_report_csv_LDADD = $(LOAD_TEST_LIBS)
%C%_test_summary_SOURCES = %D%/test_summary.c
%C%_test_summary_LDADD = $(LOAD_TEST_LIBS)

%C%_test_verdict_SOURCES = %D%/test_verdict.c %D%/results.h
%C%_test_verdict_LDADD = $(LOAD_TEST_LIBS)
%C%_test_slo_SOURCES = %D%/test_slo.c %D%/results.h
%C%_test_slo_LDADD = $(LOAD_TEST_LIBS)
%C%_test_repeat_SOURCES = %D%/test_repeat.c %D%/results.h $(FAIL_SHARED)
%C%_test_repeat_LDFLAGS = $(FAIL_WRAPS)
%C%_test_repeat_LDADD = $(LOAD_TEST_LIBS)
%C%_test_search_SOURCES = %D%/test_search.c %D%/results.h
%C%_test_search_LDADD = $(LOAD_TEST_LIBS)
%C%_test_machine_SOURCES = %D%/test_machine.c %D%/kernel_files.h
%C%_test_machine_LDADD = $(LOAD_TEST_LIBS)
%C%_test_limits_SOURCES = %D%/test_limits.c %D%/kernel_files.h %D%/results.h
%C%_test_limits_LDADD = $(LOAD_TEST_LIBS)
%C%_test_rank_test_SOURCES = %D%/test_rank_test.c $(FAIL_SHARED)
%C%_test_rank_test_LDFLAGS = $(FAIL_WRAPS)
%C%_test_rank_test_LDADD = $(LOAD_TEST_LIBS)
%C%_test_difference_SOURCES = %D%/test_difference.c
%C%_test_difference_LDADD = $(LOAD_TEST_LIBS)
%C%_test_failures_SOURCES = %D%/test_failures.c
%C%_test_failures_LDADD = $(LOAD_TEST_LIBS)
%C%_test_meter_SOURCES = %D%/test_meter.c
%C%_test_meter_LDADD = $(LOAD_TEST_LIBS)
%C%_test_options_SOURCES = %D%/test_options.c tests/words.h
%C%_test_options_LDADD = $(LOAD_TEST_LIBS)
%C%_test_payload_SOURCES = %D%/test_payload.c
%C%_test_payload_LDADD = $(LOAD_TEST_LIBS)
%C%_test_sources_SOURCES = %D%/test_sources.c
%C%_test_sources_LDADD = $(LOAD_TEST_LIBS)
LOAD_ECHO_PEER = %D%/echo_peer.c %D%/echo_peer.h
%C%_test_run_SOURCES = %D%/test_run.c $(LOAD_ECHO_PEER)
%C%_test_run_LDADD = $(LOAD_TEST_LIBS)

# Each run of many waits a little before it starts.
check_PROGRAMS += %D%/test_run_failures
SLOW_TESTS += %D%/test_run_failures
%C%_test_run_failures_SOURCES = %D%/test_run_failures.c $(LOAD_ECHO_PEER) \
	$(FAIL_SHARED)
%C%_test_run_failures_LDFLAGS = $(FAIL_WRAPS)
%C%_test_run_failures_LDADD = $(LOAD_TEST_LIBS)
%C%_test_html_SOURCES = %D%/test_html.c
%C%_test_html_LDADD = $(LOAD_TEST_LIBS)
%C%_test_live_SOURCES = %D%/test_live.c
%C%_test_live_LDADD = $(LOAD_TEST_LIBS)
%C%_test_outputs_SOURCES = %D%/test_outputs.c $(LOAD_SAMPLE) \
	tests/common/folder.h $(FAIL_SHARED)
%C%_test_outputs_LDFLAGS = $(FAIL_WRAPS)
%C%_test_outputs_LDADD = $(LOAD_TEST_LIBS)
%C%_test_report_text_SOURCES = %D%/test_report_text.c $(LOAD_SAMPLE)
%C%_test_report_text_LDADD = $(LOAD_TEST_LIBS)
%C%_test_svg_SOURCES = %D%/test_svg.c
%C%_test_svg_LDADD = $(LOAD_TEST_LIBS)
%C%_test_option_values_SOURCES = %D%/test_option_values.c
%C%_test_option_values_LDADD = $(LOAD_TEST_LIBS)
%C%_test_report_json_SOURCES = %D%/test_report_json.c $(LOAD_SAMPLE)
%C%_test_report_json_LDADD = $(LOAD_TEST_LIBS)
%C%_test_compare_report_SOURCES = %D%/test_compare_report.c
%C%_test_compare_report_LDADD = $(LOAD_TEST_LIBS)
%C%_test_compare_runs_SOURCES = %D%/test_compare_runs.c %D%/results.h
%C%_test_compare_runs_LDADD = $(LOAD_TEST_LIBS)
%C%_test_merge_results_SOURCES = %D%/test_merge_results.c %D%/results.h $(FAIL_SHARED)
%C%_test_merge_results_LDFLAGS = $(FAIL_WRAPS)
%C%_test_merge_results_LDADD = $(LOAD_TEST_LIBS)
%C%_test_merge_series_SOURCES = %D%/test_merge_series.c
%C%_test_merge_series_LDADD = $(LOAD_TEST_LIBS)
%C%_test_report_command_SOURCES = %D%/test_report_command.c \
	%D%/report_texts.h %D%/results.h tests/common/folder.h tests/words.h
%C%_test_report_command_LDADD = $(LOAD_TEST_LIBS)
%C%_test_report_read_SOURCES = %D%/test_report_read.c %D%/report_texts.h \
	%D%/results.h tests/common/folder.h $(FAIL_SHARED)
%C%_test_report_read_LDFLAGS = $(FAIL_WRAPS)
%C%_test_report_read_LDADD = $(LOAD_TEST_LIBS)
%C%_test_report_html_SOURCES = %D%/test_report_html.c $(LOAD_SAMPLE) \
	$(FAIL_SHARED)
%C%_test_report_html_LDFLAGS = $(FAIL_WRAPS)
%C%_test_report_html_LDADD = $(LOAD_TEST_LIBS)

# Its runs are real, and all their samples are kept.
check_PROGRAMS += %D%/test_samples
SLOW_TESTS += %D%/test_samples
%C%_test_samples_SOURCES = %D%/test_samples.c
%C%_test_samples_LDADD = $(LOAD_TEST_LIBS)
%C%_test_samples_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=histogram_add,--wrap=statistics_new
endif
