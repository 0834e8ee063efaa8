# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += \
	%D%/README \
	%D%/test_base_events.txt \
	%D%/test_buffered_proto.txt \
	%D%/test_events.txt \
	%D%/test_events_pipes.txt \
	%D%/test_futures.txt \
	%D%/test_locks.txt \
	%D%/test_protocols.txt \
	%D%/test_queues.txt \
	%D%/test_runners.txt \
	%D%/test_selector_events.txt \
	%D%/test_selector_events_protocols.txt \
	%D%/test_server.txt \
	%D%/test_streams.txt \
	%D%/test_subprocess.txt \
	%D%/test_taskgroups.txt \
	%D%/test_tasks.txt \
	%D%/test_threads.txt \
	%D%/test_timeouts.txt \
	%D%/test_transports.txt \
	%D%/test_unix_events.txt \
	%D%/test_unix_events_pipes.txt \
	%D%/test_waitfor.txt
