# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

src_await_libawait_la_SOURCES += \
	%D%/accept.c \
	%D%/address.c \
	%D%/address.h \
	%D%/client.c \
	%D%/connect.c \
	%D%/connect.h \
	%D%/connection.c \
	%D%/connection.h \
	%D%/create.c \
	%D%/extra_info.c \
	%D%/listen.c \
	%D%/listen.h \
	%D%/open_connection.c \
	%D%/open_pipe.c \
	%D%/output_limit.c \
	%D%/output_queue.c \
	%D%/output_queue.h \
	%D%/pipe.c \
	%D%/pipe.h \
	%D%/pipe_io.c \
	%D%/pipe_io.h \
	%D%/reader.c \
	%D%/reader_feed.c \
	%D%/reader_until.c \
	%D%/receive.c \
	%D%/resolve.c \
	%D%/resolve.h \
	%D%/send.c \
	%D%/server.c \
	%D%/server.h \
	%D%/server_tls.c \
	%D%/start_server.c \
	%D%/tls.c \
	%D%/tls.h \
	%D%/tls_attach.c \
	%D%/tls_bio.c \
	%D%/tls_buffers.c \
	%D%/tls_context.c \
	%D%/tls_context.h \
	%D%/tls_data.c \
	%D%/tls_error.c \
	%D%/tls_files.c \
	%D%/tls_handshake.c \
	%D%/tls_info.c \
	%D%/tls_session.c \
	%D%/tls_shutdown.c \
	%D%/tls_start.c \
	%D%/transport.c \
	%D%/transport.h \
	%D%/writer.c
