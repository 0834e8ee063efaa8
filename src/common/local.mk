# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# What the programs share.
noinst_LIBRARIES += %D%/libcommon.a

%C%_libcommon_a_SOURCES = \
	%D%/addresses.c \
	%D%/addresses.h \
	%D%/descriptor_table.c \
	%D%/descriptor_table.h \
	%D%/json.c \
	%D%/json.h \
	%D%/histogram.c \
	%D%/histogram.h \
	%D%/log.c \
	%D%/log.h \
	%D%/log_limit.c \
	%D%/log_limit.h \
	%D%/log_line.c \
	%D%/log_line.h \
	%D%/log_queue.c \
	%D%/log_queue.h \
	%D%/log_target.c \
	%D%/log_target.h \
	%D%/log_writer.c \
	%D%/log_writer.h \
	%D%/monotonic.h \
	%D%/options.c \
	%D%/options.h \
	%D%/options_store.c \
	%D%/setting.c \
	%D%/setting.h \
	%D%/settings.c \
	%D%/settings.h \
	%D%/settings_compare.c \
	%D%/settings_compare.h \
	%D%/settings_file.c \
	%D%/settings_load.c \
	%D%/settings_load.h \
	%D%/settings_parse.c \
	%D%/settings_parse.h \
	%D%/settings_text.c \
	%D%/settings_text.h \
	%D%/standard.c \
	%D%/standard.h \
	%D%/string_list.c \
	%D%/string_list.h \
	%D%/suggest.c \
	%D%/suggest.h \
	%D%/tell.c \
	%D%/tell.h \
	%D%/tls_explain.c \
	%D%/tls_explain.h \
	%D%/tls_options.c \
	%D%/tls_options.h \
	%D%/tls_parameters.c \
	%D%/tls_parameters.h \
	%D%/tls_time.h \
	%D%/tls_verification.c \
	%D%/tls_verification.h \
	%D%/tls_names.c \
	%D%/tls_names.h \
	%D%/tls_pair.c \
	%D%/tls_pair.h \
	%D%/units.c \
	%D%/units.h
