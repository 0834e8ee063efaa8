# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

programs_tests = \
	%D%/test_descriptors.py \
	%D%/test_handover.py \
	%D%/test_idle.py \
	%D%/test_peers.py \
	%D%/test_reload.py \
	%D%/test_signals.py \
	%D%/test_start_errors.py \
	%D%/test_streams.py \
	%D%/test_system_calls.py \
	%D%/test_systemd.sh \
	%D%/test_watchdog.py

programs_tls_tests = \
	%D%/test_tls.py \
	%D%/test_tls_handshakes.py \
	%D%/test_tls_records.py

programs_slow_tests = \
	%D%/test_admin.py \
	%D%/test_admin_hostile.py \
	%D%/test_limits.py \
	%D%/test_limits_network.py \
	%D%/test_log.py \
	%D%/test_sandbox.py

programs_plain_tests = \
	%D%/test_crowds.py \
	%D%/test_status_page.py \
	%D%/test_tls_bytes.py \
	%D%/test_tls_peers.py

dist_check_SCRIPTS += $(programs_tests) $(programs_slow_tests) \
	$(programs_plain_tests) $(programs_tls_tests)
SLOW_TESTS += $(programs_slow_tests) $(programs_tls_tests)
PLAIN_TESTS += $(programs_plain_tests)
TESTS += $(programs_tests)
EXTRA_DIST += %D%/admin.py %D%/comers.py %D%/harness.py %D%/stopped_thread.py \
	%D%/systemd-container.sh %D%/systemd-inside.sh %D%/tls.py \
	%D%/tls_records.py
