# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/child.h %D%/fixture.h %D%/looks.h %D%/manager.h
dist_check_SCRIPTS += %D%/test_program.py

if BUILD_TESTS
TESTS += %D%/test_program.py

ECHOD_TESTS = \
	%D%/test_activation \
	%D%/test_admin \
	%D%/test_admin_guests \
	%D%/test_address_counts \
	%D%/test_admission \
	%D%/test_arguments \
	%D%/test_capacity \
	%D%/test_configuration \
	%D%/test_connection \
	%D%/test_connection_log \
	%D%/test_landlock \
	%D%/test_latency \
	%D%/test_counters \
	%D%/test_end_reasons \
	%D%/test_idle \
	%D%/test_limits \
	%D%/test_drain_delay \
	%D%/test_listener \
	%D%/test_metrics \
	%D%/test_notify \
	%D%/test_observed \
	%D%/test_patient_memory \
	%D%/test_pidfile \
	%D%/test_privileges \
	%D%/test_process \
	%D%/test_reload \
	%D%/test_sandbox \
	%D%/test_pulse \
	%D%/test_settings_table \
	%D%/test_serving \
	%D%/test_shortage \
	%D%/test_stored \
	%D%/test_surroundings \
	%D%/test_system_calls \
	%D%/test_status_json \
	%D%/test_tcp_socket \
	%D%/test_timer_wait \
	%D%/test_tls_check \
	%D%/test_tls_clients \
	%D%/test_tls_tickets \
	%D%/test_tls_certificates \
	%D%/test_tls_context \
	%D%/test_tls_staple \
	%D%/test_tls_statistics \
	%D%/test_tls \
	%D%/test_traffic \
	%D%/test_unix_socket \
	%D%/test_worker
check_PROGRAMS += $(ECHOD_TESTS) %D%/test_tls_shortage
TESTS += $(ECHOD_TESTS)
SLOW_TESTS += %D%/test_tls_shortage

ECHOD_TLS_FIXTURE = %D%/tls_fixture.c %D%/tls_fixture.h $(TEST_CERTIFICATES)
ECHOD_TEST_LIBS = src/echod/libechod.a $(COMMON_TEST_LIBS) \
	$(EVENT_EXTRA_LIBS) $(OPENSSL_LIBS) $(SECCOMP_LIBS)

%C%_test_activation_SOURCES = %D%/test_activation.c
%C%_test_activation_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_admin_SOURCES = %D%/test_admin.c $(FAIL_SHARED)
%C%_test_admin_LDFLAGS = $(FAIL_WRAPS)
%C%_test_admin_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_admin_guests_SOURCES = %D%/test_admin_guests.c
%C%_test_admin_guests_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_arguments_SOURCES = %D%/test_arguments.c tests/words.h
%C%_test_address_counts_SOURCES = %D%/test_address_counts.c $(FAIL_SHARED)
%C%_test_address_counts_LDFLAGS = $(FAIL_WRAPS)
%C%_test_address_counts_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_admission_SOURCES = %D%/test_admission.c $(FAIL_SHARED)
%C%_test_admission_LDFLAGS = $(FAIL_WRAPS)
%C%_test_admission_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_arguments_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_capacity_SOURCES = %D%/test_capacity.c
%C%_test_capacity_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_configuration_SOURCES = %D%/test_configuration.c
%C%_test_configuration_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_connection_SOURCES = %D%/test_connection.c
%C%_test_connection_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_connection_log_SOURCES = %D%/test_connection_log.c
%C%_test_connection_log_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_landlock_SOURCES = %D%/test_landlock.c
%C%_test_landlock_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=syscall
%C%_test_landlock_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_latency_SOURCES = %D%/test_latency.c
%C%_test_latency_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_counters_SOURCES = %D%/test_counters.c
%C%_test_counters_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_end_reasons_SOURCES = %D%/test_end_reasons.c
%C%_test_end_reasons_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_idle_SOURCES = %D%/test_idle.c $(FAIL_SHARED)
%C%_test_idle_LDFLAGS = $(FAIL_WRAPS)
%C%_test_idle_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_limits_SOURCES = %D%/test_limits.c $(FAIL_SHARED)
%C%_test_limits_LDFLAGS = $(FAIL_WRAPS)
%C%_test_limits_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_drain_delay_SOURCES = %D%/test_drain_delay.c $(FAIL_SHARED)
%C%_test_drain_delay_LDFLAGS = $(FAIL_WRAPS)
%C%_test_drain_delay_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_listener_SOURCES = %D%/test_listener.c
%C%_test_listener_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_metrics_SOURCES = %D%/test_metrics.c
%C%_test_metrics_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_notify_SOURCES = %D%/test_notify.c
%C%_test_notify_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_observed_SOURCES = %D%/test_observed.c $(FAIL_SHARED)
%C%_test_observed_LDFLAGS = $(FAIL_WRAPS)
%C%_test_observed_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_patient_memory_SOURCES = %D%/test_patient_memory.c $(FAIL_SHARED)
%C%_test_patient_memory_LDFLAGS = $(FAIL_WRAPS)
%C%_test_patient_memory_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_pidfile_SOURCES = %D%/test_pidfile.c
%C%_test_pidfile_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_privileges_SOURCES = %D%/test_privileges.c
%C%_test_privileges_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_process_SOURCES = %D%/test_process.c
%C%_test_process_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_reload_SOURCES = %D%/test_reload.c
%C%_test_reload_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_sandbox_SOURCES = %D%/test_sandbox.c
%C%_test_sandbox_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=landlock_open,--wrap=system_calls_limit
%C%_test_sandbox_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_pulse_SOURCES = %D%/test_pulse.c $(FAIL_SHARED)
%C%_test_pulse_LDFLAGS = $(FAIL_WRAPS)
%C%_test_pulse_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_settings_table_SOURCES = %D%/test_settings_table.c
%C%_test_settings_table_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_serving_SOURCES = %D%/test_serving.c $(FAIL_SHARED)
%C%_test_serving_LDFLAGS = $(FAIL_WRAPS)
%C%_test_serving_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_shortage_SOURCES = %D%/test_shortage.c
%C%_test_shortage_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_timer_wait_SOURCES = %D%/test_timer_wait.c $(FAIL_SHARED)
%C%_test_timer_wait_LDFLAGS = $(FAIL_WRAPS)
%C%_test_timer_wait_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_stored_SOURCES = %D%/test_stored.c
%C%_test_stored_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_surroundings_SOURCES = %D%/test_surroundings.c
%C%_test_surroundings_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_system_calls_SOURCES = %D%/test_system_calls.c
%C%_test_system_calls_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=seccomp_init,--wrap=seccomp_attr_set,--wrap=seccomp_load
%C%_test_system_calls_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_status_json_SOURCES = %D%/test_status_json.c
%C%_test_status_json_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tcp_socket_SOURCES = %D%/test_tcp_socket.c
%C%_test_tcp_socket_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_check_SOURCES = %D%/test_tls_check.c
%C%_test_tls_check_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_clients_SOURCES = %D%/test_tls_clients.c $(TEST_CERTIFICATES)
%C%_test_tls_clients_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_tickets_SOURCES = %D%/test_tls_tickets.c
%C%_test_tls_tickets_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_certificates_SOURCES = %D%/test_tls_certificates.c $(ECHOD_TLS_FIXTURE)
%C%_test_tls_certificates_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_context_SOURCES = %D%/test_tls_context.c $(ECHOD_TLS_FIXTURE)
%C%_test_tls_context_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_shortage_SOURCES = %D%/test_tls_shortage.c \
	$(ECHOD_TLS_FIXTURE) $(TEST_SHORTAGE)
%C%_test_tls_shortage_LDFLAGS = $(SHORTAGE_WRAPS)
%C%_test_tls_shortage_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_staple_SOURCES = %D%/test_tls_staple.c $(ECHOD_TLS_FIXTURE)
%C%_test_tls_staple_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_statistics_SOURCES = %D%/test_tls_statistics.c $(TEST_CERTIFICATES)
%C%_test_tls_statistics_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_tls_SOURCES = %D%/test_tls.c $(TEST_CERTIFICATES)
%C%_test_tls_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_traffic_SOURCES = %D%/test_traffic.c
%C%_test_traffic_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_unix_socket_SOURCES = %D%/test_unix_socket.c
%C%_test_unix_socket_LDADD = $(ECHOD_TEST_LIBS)
%C%_test_worker_SOURCES = %D%/test_worker.c
%C%_test_worker_LDADD = $(ECHOD_TEST_LIBS)
endif
