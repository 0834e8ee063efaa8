# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

TEST_CERTIFICATES = %D%/certificates.c %D%/certificates.h
TEST_SETTINGS = %D%/settings_fixture.c %D%/settings_fixture.h %D%/folder.h
TEST_SHORTAGE = %D%/shortage.c %D%/shortage.h tests/entries.h
SHORTAGE_WRAPS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=reallocarray,--wrap=strdup \
	-Wl,--wrap=fopen,--wrap=fdopen,--wrap=open_memstream,--wrap=mkstemp \
	-Wl,--wrap=asprintf

if BUILD_TESTS
COMMON_TESTS = \
	%D%/test_addresses \
	%D%/test_descriptor_table \
	%D%/test_json \
	%D%/test_histogram \
	%D%/test_log \
	%D%/test_log_limit \
	%D%/test_log_line \
	%D%/test_log_queue \
	%D%/test_log_target \
	%D%/test_log_writer \
	%D%/test_options \
	%D%/test_settings \
	%D%/test_settings_compare \
	%D%/test_settings_file \
	%D%/test_settings_load \
	%D%/test_standard \
	%D%/test_suggest \
	%D%/test_tell \
	%D%/test_tls_options \
	%D%/test_tls_names \
	%D%/test_tls_pair \
	%D%/test_units
check_PROGRAMS += $(COMMON_TESTS)
TESTS += $(COMMON_TESTS)

%C%_test_addresses_SOURCES = %D%/test_addresses.c
%C%_test_addresses_LDADD = $(COMMON_TEST_LIBS)
%C%_test_descriptor_table_SOURCES = %D%/test_descriptor_table.c
%C%_test_descriptor_table_LDADD = $(COMMON_TEST_LIBS)
%C%_test_json_SOURCES = %D%/test_json.c
%C%_test_json_LDADD = $(COMMON_TEST_LIBS)
%C%_test_histogram_SOURCES = %D%/test_histogram.c
%C%_test_histogram_LDADD = $(COMMON_TEST_LIBS)
%C%_test_log_SOURCES = %D%/test_log.c
%C%_test_log_LDADD = $(COMMON_TEST_LIBS)
%C%_test_log_limit_SOURCES = %D%/test_log_limit.c
%C%_test_log_limit_LDADD = $(COMMON_TEST_LIBS)
%C%_test_log_line_SOURCES = %D%/test_log_line.c
%C%_test_log_line_LDADD = $(COMMON_TEST_LIBS)
%C%_test_log_queue_SOURCES = %D%/test_log_queue.c $(FAIL_SHARED)
%C%_test_log_queue_LDADD = $(COMMON_TEST_LIBS)
%C%_test_log_queue_LDFLAGS = $(FAIL_WRAPS)
%C%_test_log_target_SOURCES = %D%/test_log_target.c %D%/folder.h $(FAIL_SHARED)
%C%_test_log_target_LDADD = $(COMMON_TEST_LIBS)
%C%_test_log_target_LDFLAGS = $(FAIL_WRAPS)
%C%_test_log_writer_SOURCES = %D%/test_log_writer.c %D%/folder.h $(FAIL_SHARED)
%C%_test_log_writer_LDADD = $(COMMON_TEST_LIBS)
%C%_test_log_writer_LDFLAGS = $(FAIL_WRAPS)
%C%_test_options_SOURCES = %D%/test_options.c tests/words.h
%C%_test_options_LDADD = $(COMMON_TEST_LIBS)
%C%_test_settings_SOURCES = %D%/test_settings.c $(TEST_SETTINGS)
%C%_test_settings_LDADD = $(COMMON_TEST_LIBS)
%C%_test_settings_compare_SOURCES = %D%/test_settings_compare.c \
	%D%/folder.h
%C%_test_settings_compare_LDADD = $(COMMON_TEST_LIBS)
%C%_test_settings_file_SOURCES = %D%/test_settings_file.c $(TEST_SETTINGS)
%C%_test_settings_file_LDADD = $(COMMON_TEST_LIBS)
%C%_test_settings_load_SOURCES = %D%/test_settings_load.c %D%/folder.h \
	$(FAIL_SHARED)
%C%_test_settings_load_LDFLAGS = $(FAIL_WRAPS)
%C%_test_settings_load_LDADD = $(COMMON_TEST_LIBS)
%C%_test_standard_SOURCES = %D%/test_standard.c
%C%_test_standard_LDADD = $(COMMON_TEST_LIBS)
%C%_test_suggest_SOURCES = %D%/test_suggest.c
%C%_test_suggest_LDADD = $(COMMON_TEST_LIBS)
%C%_test_tell_SOURCES = %D%/test_tell.c $(FAIL_SHARED)
%C%_test_tell_LDADD = $(COMMON_TEST_LIBS)
%C%_test_tell_LDFLAGS = $(FAIL_WRAPS)
%C%_test_tls_options_SOURCES = %D%/test_tls_options.c %D%/folder.h
%C%_test_tls_options_LDADD = $(COMMON_TEST_LIBS) $(OPENSSL_LIBS)
%C%_test_tls_names_SOURCES = %D%/test_tls_names.c $(TEST_CERTIFICATES)
%C%_test_tls_names_LDADD = $(COMMON_TEST_LIBS) $(OPENSSL_LIBS)
%C%_test_tls_pair_SOURCES = %D%/test_tls_pair.c $(TEST_CERTIFICATES)
%C%_test_tls_pair_LDADD = $(COMMON_TEST_LIBS) $(OPENSSL_LIBS)
%C%_test_units_SOURCES = %D%/test_units.c
%C%_test_units_LDADD = $(COMMON_TEST_LIBS)
endif
