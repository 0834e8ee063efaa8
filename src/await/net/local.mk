# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

src_await_libawait_la_SOURCES += \
	%D%/accept.c \
	%D%/address.c \
	%D%/address.h \
	%D%/connect.c \
	%D%/connection.c \
	%D%/connection.h \
	%D%/listen.c \
	%D%/listen.h \
	%D%/reader.c \
	%D%/resolve.c \
	%D%/resolve.h \
	%D%/server.c \
	%D%/server.h \
	%D%/start_server.c \
	%D%/transport.c \
	%D%/transport.h \
	%D%/writer.c
