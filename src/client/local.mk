# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

bin_PROGRAMS += %D%/echo-client
noinst_LIBRARIES += %D%/libclient.a

# Everything but main, so that tests can reach it.
%C%_libclient_a_SOURCES = \
	%D%/compare.c %D%/compare.h \
	%D%/connection.c %D%/connection.h \
	%D%/descriptor.c %D%/descriptor.h \
	%D%/json.c %D%/json.h \
	%D%/options.c %D%/options.h \
	%D%/pattern.c %D%/pattern.h \
	%D%/ping.c %D%/ping.h \
	%D%/report.c %D%/report.h \
	%D%/session_file.c %D%/session_file.h \
	%D%/source.c %D%/source.h \
	%D%/stall.c %D%/stall.h \
	%D%/statistics.c %D%/statistics.h \
	%D%/stream.c %D%/stream.h \
	%D%/tls.c %D%/tls.h \
	%D%/verbose.c %D%/verbose.h \
	%D%/window.c %D%/window.h

%C%_echo_client_SOURCES = %D%/main.c
%C%_echo_client_LDFLAGS = $(PROGRAM_LINK_FLAGS)
%C%_echo_client_LDADD = %D%/libclient.a $(PROGRAM_LIBS) $(OPENSSL_LIBS) \
	-lm
