# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/client_program.py %D%/echo_servers.py %D%/tls_servers.py

client_tls_tests = \
	%D%/test_tls.py \
	%D%/test_tls_resume.py \
	%D%/test_tls_verification.py
client_program_tests = \
	%D%/test_echod.py \
	%D%/test_ping.py \
	%D%/test_program.py \
	%D%/test_stream.py \
	%D%/test_terminal.py
dist_check_SCRIPTS += $(client_program_tests) %D%/test_tls_peers.py \
	$(client_tls_tests)

if BUILD_TESTS
SLOW_TESTS += $(client_program_tests) $(client_tls_tests)
PLAIN_TESTS += %D%/test_tls_peers.py

CLIENT_TESTS = \
	%D%/test_compare \
	%D%/test_descriptor \
	%D%/test_json \
	%D%/test_options \
	%D%/test_pattern \
	%D%/test_session_file \
	%D%/test_stall \
	%D%/test_statistics \
	%D%/test_tls_shortage \
	%D%/test_window
check_PROGRAMS += $(CLIENT_TESTS)
TESTS += $(CLIENT_TESTS)

CLIENT_TEST_LIBS = src/client/libclient.a $(COMMON_TEST_LIBS) \
	$(OPENSSL_LIBS) -lm

%C%_test_compare_SOURCES = %D%/test_compare.c
%C%_test_compare_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_descriptor_SOURCES = %D%/test_descriptor.c
%C%_test_descriptor_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_json_SOURCES = %D%/test_json.c
%C%_test_json_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_options_SOURCES = %D%/test_options.c tests/words.h
%C%_test_options_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_pattern_SOURCES = %D%/test_pattern.c
%C%_test_pattern_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_session_file_SOURCES = %D%/test_session_file.c %D%/session.h \
	tests/common/folder.h
%C%_test_session_file_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_stall_SOURCES = %D%/test_stall.c
%C%_test_stall_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_statistics_SOURCES = %D%/test_statistics.c
%C%_test_statistics_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_tls_shortage_SOURCES = %D%/test_tls_shortage.c %D%/session.h \
	tests/common/folder.h $(TEST_CERTIFICATES) $(TEST_SHORTAGE)
%C%_test_tls_shortage_LDFLAGS = $(SHORTAGE_WRAPS)
%C%_test_tls_shortage_LDADD = $(CLIENT_TEST_LIBS)
%C%_test_window_SOURCES = %D%/test_window.c
%C%_test_window_LDADD = $(CLIENT_TEST_LIBS)
endif
