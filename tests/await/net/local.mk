# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# libevent and the resolver are looked at as well.
AWAIT_NET_WRAPS = $(FAIL_WRAPS) \
	-Wl,--wrap=event_base_loop,--wrap=event_add,--wrap=epoll_wait \
	-Wl,--wrap=aw_epoll_wait,--wrap=getaddrinfo
AWAIT_NET_SHARED = \
	%D%/net.c \
	%D%/net.h \
	%D%/peer.c \
	%D%/peer.h \
	%D%/recorder.c \
	%D%/recorder.h \
	tests/entries.h \
	tests/unit.h \
	$(FAIL_SHARED)
AWAIT_NET_READING = %D%/reading.c %D%/reading.h $(AWAIT_NET_SHARED)
AWAIT_NET_SITE = %D%/site.c %D%/site.h $(AWAIT_NET_SHARED)
AWAIT_NET_TLS = \
	%D%/tls_files.c \
	%D%/tls_files.h \
	%D%/tls_peer.c \
	%D%/tls_peer.h \
	$(TEST_CERTIFICATES) \
	$(AWAIT_NET_SHARED)
AWAIT_NET_TLS_WATCHED = \
	%D%/tls_watched.c \
	%D%/tls_watched.h \
	$(AWAIT_NET_TLS)
AWAIT_NET_TESTS = \
	%D%/test_address \
	%D%/test_connect \
	%D%/test_create \
	%D%/test_fail_protocol \
	%D%/test_failures \
	%D%/test_listen \
	%D%/test_output_queue \
	%D%/test_pipe \
	%D%/test_pipe_files \
	%D%/test_pipe_kinds \
	%D%/test_pipe_protocol \
	%D%/test_protocol \
	%D%/test_protocol_buffered \
	%D%/test_protocol_flow \
	%D%/test_protocol_switch \
	%D%/test_reader \
	%D%/test_reader_all \
	%D%/test_reader_chunks \
	%D%/test_reader_eof \
	%D%/test_reader_feed \
	%D%/test_reader_lines \
	%D%/test_reader_peek \
	%D%/test_reader_separator \
	%D%/test_reader_until \
	%D%/test_resolve \
	%D%/test_server \
	%D%/test_server_accept \
	%D%/test_server_admission \
	%D%/test_server_close \
	%D%/test_server_hibernate \
	%D%/test_server_later \
	%D%/test_server_pause \
	%D%/test_server_protocol \
	%D%/test_server_start \
	%D%/test_server_unix \
	%D%/test_standard_streams \
	%D%/test_tls \
	%D%/test_tls_shutdown \
	%D%/test_tls_context \
	%D%/test_tls_errors \
	%D%/test_tls_handshake \
	%D%/test_tls_start \
	%D%/test_tls_info \
	%D%/test_tls_protocol \
	%D%/test_tls_buffers \
	%D%/test_tls_verification \
	%D%/test_transport \
	%D%/test_transport_close \
	%D%/test_transport_edge \
	%D%/test_transport_loop \
	%D%/test_transport_lost \
	%D%/test_writer
%C%_test_transport_edge_SOURCES = \
	%D%/test_transport_edge.c $(AWAIT_NET_SHARED)
%C%_test_transport_edge_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_address_SOURCES = \
	%D%/test_address.c $(AWAIT_NET_SHARED)
%C%_test_address_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_connect_SOURCES = \
	%D%/test_connect.c $(AWAIT_NET_SHARED)
%C%_test_connect_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_create_SOURCES = \
	%D%/test_create.c $(AWAIT_NET_SHARED)
%C%_test_create_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_fail_protocol_SOURCES = \
	%D%/test_fail_protocol.c $(AWAIT_NET_SHARED)
%C%_test_fail_protocol_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_failures_SOURCES = \
	%D%/test_failures.c $(AWAIT_NET_SHARED)
%C%_test_failures_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_listen_SOURCES = \
	%D%/test_listen.c $(AWAIT_NET_SHARED)
%C%_test_listen_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_output_queue_SOURCES = \
	%D%/test_output_queue.c $(AWAIT_NET_SHARED)
%C%_test_output_queue_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_pipe_SOURCES = \
	%D%/test_pipe.c $(AWAIT_NET_SHARED)
%C%_test_pipe_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_pipe_files_SOURCES = \
	%D%/test_pipe_files.c $(AWAIT_NET_SHARED)
%C%_test_pipe_files_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_pipe_kinds_SOURCES = \
	%D%/test_pipe_kinds.c $(AWAIT_NET_SHARED)
# What older kernels lack is taken away.
%C%_test_pipe_kinds_LDFLAGS = $(AWAIT_NET_WRAPS) \
	-Wl,--wrap=preadv2,--wrap=pwritev2,--wrap=open
%C%_test_pipe_protocol_SOURCES = \
	%D%/test_pipe_protocol.c $(AWAIT_NET_SHARED)
%C%_test_pipe_protocol_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_protocol_SOURCES = \
	%D%/test_protocol.c $(AWAIT_NET_SHARED)
%C%_test_protocol_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_protocol_buffered_SOURCES = \
	%D%/test_protocol_buffered.c $(AWAIT_NET_SHARED)
%C%_test_protocol_buffered_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_protocol_flow_SOURCES = \
	%D%/test_protocol_flow.c $(AWAIT_NET_SHARED)
%C%_test_protocol_flow_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_protocol_switch_SOURCES = \
	%D%/test_protocol_switch.c $(AWAIT_NET_SHARED)
%C%_test_protocol_switch_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_SOURCES = \
	%D%/test_reader.c $(AWAIT_NET_SHARED)
%C%_test_reader_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_all_SOURCES = \
	%D%/test_reader_all.c $(AWAIT_NET_READING)
%C%_test_reader_all_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_chunks_SOURCES = \
	%D%/test_reader_chunks.c $(AWAIT_NET_SHARED)
%C%_test_reader_chunks_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_eof_SOURCES = \
	%D%/test_reader_eof.c $(AWAIT_NET_SHARED)
%C%_test_reader_eof_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_feed_SOURCES = \
	%D%/test_reader_feed.c $(AWAIT_NET_READING)
%C%_test_reader_feed_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_lines_SOURCES = \
	%D%/test_reader_lines.c $(AWAIT_NET_READING)
%C%_test_reader_lines_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_peek_SOURCES = \
	%D%/test_reader_peek.c $(AWAIT_NET_SHARED)
%C%_test_reader_peek_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_separator_SOURCES = \
	%D%/test_reader_separator.c $(AWAIT_NET_READING)
%C%_test_reader_separator_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_reader_until_SOURCES = \
	%D%/test_reader_until.c $(AWAIT_NET_READING)
%C%_test_reader_until_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_resolve_SOURCES = \
	%D%/test_resolve.c $(AWAIT_NET_SHARED)
%C%_test_resolve_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_SOURCES = \
	%D%/test_server.c $(AWAIT_NET_SHARED)
%C%_test_server_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_accept_SOURCES = \
	%D%/test_server_accept.c $(AWAIT_NET_SITE)
%C%_test_server_accept_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_admission_SOURCES = \
	%D%/test_server_admission.c $(AWAIT_NET_SHARED)
%C%_test_server_admission_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_close_SOURCES = \
	%D%/test_server_close.c $(AWAIT_NET_SHARED)
%C%_test_server_close_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_hibernate_SOURCES = \
	%D%/test_server_hibernate.c tests/await/hibernating.h \
	$(AWAIT_NET_SHARED)
%C%_test_server_hibernate_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_later_SOURCES = \
	%D%/test_server_later.c $(AWAIT_NET_SHARED)
%C%_test_server_later_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_pause_SOURCES = \
	%D%/test_server_pause.c $(AWAIT_NET_SITE)
%C%_test_server_pause_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_protocol_SOURCES = \
	%D%/test_server_protocol.c $(AWAIT_NET_SHARED)
%C%_test_server_protocol_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_start_SOURCES = \
	%D%/test_server_start.c $(AWAIT_NET_SHARED)
%C%_test_server_start_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_server_unix_SOURCES = \
	%D%/test_server_unix.c $(AWAIT_NET_SHARED)
%C%_test_server_unix_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_standard_streams_SOURCES = \
	%D%/test_standard_streams.c $(AWAIT_NET_SHARED)
%C%_test_standard_streams_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_SOURCES = \
	%D%/test_tls.c $(AWAIT_NET_TLS)
%C%_test_tls_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_hostile_SOURCES = \
	%D%/test_tls_hostile.c $(AWAIT_NET_TLS)
%C%_test_tls_hostile_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_hostile_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_shutdown_SOURCES = \
	%D%/test_tls_shutdown.c $(AWAIT_NET_TLS)
%C%_test_tls_shutdown_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_shutdown_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_context_SOURCES = \
	%D%/test_tls_context.c $(AWAIT_NET_TLS)
%C%_test_tls_context_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_context_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_handshake_SOURCES = \
	%D%/test_tls_handshake.c $(AWAIT_NET_TLS_WATCHED)
%C%_test_tls_handshake_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_handshake_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_start_SOURCES = \
	%D%/test_tls_start.c $(AWAIT_NET_TLS)
%C%_test_tls_start_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_start_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_info_SOURCES = \
	%D%/test_tls_info.c $(AWAIT_NET_TLS)
%C%_test_tls_info_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_info_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_protocol_SOURCES = \
	%D%/test_tls_protocol.c $(AWAIT_NET_TLS)
%C%_test_tls_protocol_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_protocol_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_errors_SOURCES = \
	%D%/test_tls_errors.c $(AWAIT_NET_TLS)
%C%_test_tls_errors_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_errors_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_failures_SOURCES = \
	%D%/test_tls_failures.c \
	tests/await/core/scenario.c \
	tests/await/core/scenario.h \
	tests/await/core/core.c \
	tests/await/core/core.h \
	$(AWAIT_NET_TLS)
%C%_test_tls_failures_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_failures_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_buffers_SOURCES = \
	%D%/test_tls_buffers.c $(AWAIT_NET_TLS)
%C%_test_tls_buffers_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_buffers_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_tls_verification_SOURCES = \
	%D%/test_tls_verification.c $(AWAIT_NET_TLS_WATCHED)
%C%_test_tls_verification_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_tls_verification_LDADD = $(LDADD) $(OPENSSL_LIBS)
%C%_test_transport_SOURCES = \
	%D%/test_transport.c $(AWAIT_NET_SHARED)
%C%_test_transport_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_transport_close_SOURCES = \
	%D%/test_transport_close.c $(AWAIT_NET_SHARED)
%C%_test_transport_close_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_transport_loop_SOURCES = \
	%D%/test_transport_loop.c $(AWAIT_NET_SHARED)
%C%_test_transport_loop_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_transport_lost_SOURCES = \
	%D%/test_transport_lost.c $(AWAIT_NET_SHARED)
%C%_test_transport_lost_LDFLAGS = $(AWAIT_NET_WRAPS)
%C%_test_writer_SOURCES = \
	%D%/test_writer.c $(AWAIT_NET_SHARED)
%C%_test_writer_LDFLAGS = $(AWAIT_NET_WRAPS)

if BUILD_TESTS
AWAIT_NET_SLOW_TESTS = %D%/test_tls_failures %D%/test_tls_hostile
check_PROGRAMS += $(AWAIT_NET_TESTS) $(AWAIT_NET_SLOW_TESTS)
TESTS += $(AWAIT_NET_TESTS)
SLOW_TESTS += $(AWAIT_NET_SLOW_TESTS)
endif
