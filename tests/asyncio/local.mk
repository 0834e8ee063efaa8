# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# Cases that exist in Python and in C, a script and a program a subject, whose
# traces test_traces.py compares.
asyncio_trace = %D%/trace.c %D%/trace.h
asyncio_feeding = %D%/feeding.c %D%/feeding.h $(asyncio_trace)
asyncio_items = %D%/items.c %D%/items.h $(asyncio_trace)
asyncio_loops = %D%/loops.c %D%/loops.h $(asyncio_trace)
asyncio_peer = %D%/peer.c %D%/peer.h $(asyncio_trace)
asyncio_recorder = %D%/recorder.c %D%/recorder.h $(asyncio_peer)
asyncio_served = %D%/served.c %D%/served.h $(asyncio_trace)
asyncio_programs = \
	%D%/as_completed \
	%D%/barrier \
	%D%/cancel \
	%D%/clients \
	%D%/condition \
	%D%/dice \
	%D%/endpoints \
	%D%/event \
	%D%/executor \
	%D%/future \
	%D%/gather \
	%D%/group \
	%D%/handlers \
	%D%/lock \
	%D%/loop \
	%D%/protocol \
	%D%/queue_end \
	%D%/queues \
	%D%/reader \
	%D%/reader_lines \
	%D%/run \
	%D%/semaphore \
	%D%/server \
	%D%/shield \
	%D%/subprocesses \
	%D%/task \
	%D%/timeout \
	%D%/wait \
	%D%/wait_for \
	%D%/writer
%C%_as_completed_SOURCES = %D%/as_completed.c $(asyncio_trace)
%C%_barrier_SOURCES = %D%/barrier.c $(asyncio_trace)
%C%_cancel_SOURCES = %D%/cancel.c $(asyncio_trace)
%C%_clients_SOURCES = %D%/clients.c $(asyncio_served)
%C%_condition_SOURCES = %D%/condition.c $(asyncio_trace)
%C%_dice_SOURCES = %D%/dice.c $(asyncio_trace)
%C%_endpoints_SOURCES = %D%/endpoints.c $(asyncio_recorder)
%C%_event_SOURCES = %D%/event.c $(asyncio_trace)
%C%_executor_SOURCES = %D%/executor.c $(asyncio_trace)
%C%_future_SOURCES = %D%/future.c $(asyncio_trace)
%C%_gather_SOURCES = %D%/gather.c $(asyncio_trace)
%C%_group_SOURCES = %D%/group.c $(asyncio_trace)
%C%_handlers_SOURCES = %D%/handlers.c $(asyncio_loops)
%C%_lock_SOURCES = %D%/lock.c $(asyncio_trace)
%C%_loop_SOURCES = %D%/loop.c $(asyncio_loops)
%C%_protocol_SOURCES = %D%/protocol.c $(asyncio_recorder)
%C%_queue_end_SOURCES = %D%/queue_end.c $(asyncio_items)
%C%_queues_SOURCES = %D%/queues.c $(asyncio_items)
%C%_reader_SOURCES = %D%/reader.c $(asyncio_feeding)
%C%_reader_lines_SOURCES = %D%/reader_lines.c $(asyncio_feeding)
%C%_run_SOURCES = %D%/run.c $(asyncio_trace)
%C%_semaphore_SOURCES = %D%/semaphore.c $(asyncio_trace)
%C%_server_SOURCES = %D%/server.c $(asyncio_served)
%C%_shield_SOURCES = %D%/shield.c $(asyncio_trace)
%C%_subprocesses_SOURCES = %D%/subprocesses.c $(asyncio_trace)
%C%_task_SOURCES = %D%/task.c $(asyncio_trace)
%C%_timeout_SOURCES = %D%/timeout.c $(asyncio_trace)
%C%_wait_SOURCES = %D%/wait.c $(asyncio_trace)
%C%_wait_for_SOURCES = %D%/wait_for.c $(asyncio_trace)
%C%_writer_SOURCES = %D%/writer.c $(asyncio_peer)

if BUILD_TESTS
check_PROGRAMS += $(asyncio_programs)
TESTS += %D%/test_traces.py
endif
dist_check_SCRIPTS += %D%/test_traces.py
EXTRA_DIST += \
	%D%/as_completed.py \
	%D%/barrier.py \
	%D%/cancel.py \
	%D%/clients.py \
	%D%/condition.py \
	%D%/dice.py \
	%D%/endpoints.py \
	%D%/event.py \
	%D%/executor.py \
	%D%/feeding.py \
	%D%/future.py \
	%D%/gather.py \
	%D%/group.py \
	%D%/handlers.py \
	%D%/items.py \
	%D%/lock.py \
	%D%/loop.py \
	%D%/loops.py \
	%D%/protocol.py \
	%D%/queue_end.py \
	%D%/queues.py \
	%D%/reader.py \
	%D%/reader_lines.py \
	%D%/recorder.py \
	%D%/run.py \
	%D%/semaphore.py \
	%D%/served.py \
	%D%/server.py \
	%D%/shield.py \
	%D%/subprocesses.py \
	%D%/task.py \
	%D%/timeout.py \
	%D%/trace.py \
	%D%/wait.py \
	%D%/wait_for.py \
	%D%/writer.py \
	%D%/differences.txt
