# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

sbin_PROGRAMS += %D%/echod

# All but main.c, which tests reach.
noinst_LIBRARIES += %D%/libechod.a
%C%_libechod_a_SOURCES = \
	%D%/activation.c \
	%D%/activation.h \
	%D%/admin.c \
	%D%/admin.h \
	%D%/admin_guests.c \
	%D%/admin_guests.h \
	%D%/admin_http.c \
	%D%/admin_http.h \
	%D%/admin_sockets.c \
	%D%/admin_sockets.h \
	%D%/address_counts.c \
	%D%/address_counts.h \
	%D%/admission.c \
	%D%/admission.h \
	%D%/arguments.c \
	%D%/arguments.h \
	%D%/capacity.c \
	%D%/capacity.h \
	%D%/configuration.c \
	%D%/configuration.h \
	%D%/connection.c \
	%D%/connection.h \
	%D%/connection_log.c \
	%D%/connection_log.h \
	%D%/confinement.c \
	%D%/confinement.h \
	%D%/counters.c \
	%D%/counters.h \
	%D%/daemon.c \
	%D%/daemon.h \
	%D%/drain_delay.c \
	%D%/drain_delay.h \
	%D%/echo.c \
	%D%/echo.h \
	%D%/generation.c \
	%D%/generation.h \
	%D%/landlock.c \
	%D%/landlock.h \
	%D%/idle.c \
	%D%/idle.h \
	%D%/latency.c \
	%D%/latency.h \
	%D%/limits.c \
	%D%/limits.h \
	%D%/listener.c \
	%D%/listener.h \
	%D%/listener_open.c \
	%D%/listening.c \
	%D%/listening.h \
	%D%/metrics.c \
	%D%/metrics.h \
	%D%/metrics_table.c \
	%D%/notify.c \
	%D%/notify.h \
	%D%/observed.c \
	%D%/observed.h \
	%D%/patient_memory.c \
	%D%/patient_memory.h \
	%D%/phase.c \
	%D%/phase.h \
	%D%/pidfile.c \
	%D%/pidfile.h \
	%D%/privileges.c \
	%D%/privileges.h \
	%D%/process.c \
	%D%/process.h \
	%D%/pulse.c \
	%D%/pulse.h \
	%D%/reload.c \
	%D%/reload.h \
	%D%/sandbox.c \
	%D%/sandbox.h \
	%D%/sandbox_paths.c \
	%D%/sandbox_paths.h \
	%D%/serving.c \
	%D%/serving.h \
	%D%/settings_table.c \
	%D%/settings_table.h \
	%D%/shortage.c \
	%D%/shortage.h \
	%D%/status_json.c \
	%D%/status_json.h \
	%D%/status_page.h \
	%D%/status_policy.c \
	%D%/stored.c \
	%D%/stored.h \
	%D%/supervisor.c \
	%D%/supervisor.h \
	%D%/surroundings.c \
	%D%/surroundings.h \
	%D%/system_calls.c \
	%D%/system_calls.h \
	%D%/tally.h \
	%D%/tcp_socket.c \
	%D%/tcp_socket.h \
	%D%/timer_wait.c \
	%D%/timer_wait.h \
	%D%/tls.c \
	%D%/tls.h \
	%D%/tls_certificates.c \
	%D%/tls_certificates.h \
	%D%/tls_check.c \
	%D%/tls_check.h \
	%D%/tls_clients.c \
	%D%/tls_clients.h \
	%D%/tls_context.c \
	%D%/tls_context.h \
	%D%/tls_report.c \
	%D%/tls_report.h \
	%D%/tls_staple.c \
	%D%/tls_staple.h \
	%D%/tls_statistics.c \
	%D%/tls_statistics.h \
	%D%/tls_tickets.c \
	%D%/tls_tickets.h \
	%D%/traffic.c \
	%D%/traffic.h \
	%D%/unix_socket.c \
	%D%/unix_socket.h \
	%D%/usage.c \
	%D%/usage.h \
	%D%/worker.c \
	%D%/worker.h

# The status page is a file for people, and bytes for the program.
nodist_%C%_libechod_a_SOURCES = %D%/status_page.c
EXTRA_DIST += %D%/status.html
CLEANFILES += %D%/status_page.c
%D%/status_page.c: %D%/status.html %D%/local.mk
	$(AM_V_GEN)$(MKDIR_P) %D% && { \
	    echo '/* Made of status.html. */' && \
	    echo '#include "echod/status_page.h"' && \
	    echo 'const unsigned char status_page[] = {' && \
	    od -An -v -tx1 $(srcdir)/%D%/status.html | \
	    $(SED) 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g' && \
	    echo '};' && \
	    echo 'const size_t status_page_size = sizeof(status_page);'; \
	} > $@.new && mv $@.new $@

%C%_echod_LDFLAGS = $(PROGRAM_LINK_FLAGS)
%C%_echod_LDADD = %D%/libechod.a $(PROGRAM_LIBS) $(EVENT_EXTRA_LIBS) \
	$(OPENSSL_LIBS) $(SECCOMP_LIBS)
%C%_echod_SOURCES = %D%/main.c
