# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# Each lesson is a program in C and the same one in Python.
lessons = \
	%D%/01_hello \
	%D%/02_one_after_the_other \
	%D%/03_nested \
	%D%/04_gather \
	%D%/05_wait \
	%D%/06_done_callback \
	%D%/07_fork \
	%D%/08_stop \
	%D%/09_loop_not_empty \
	%D%/10_loops_and_threads \
	%D%/11_producer_consumer \
	%D%/12_window_of_four \
	%D%/13_throttle \
	%D%/14_downloads \
	%D%/15_echo_server \
	%D%/16_echo_client \
	%D%/17_subprocesses \
	%D%/18_protocol \
	%D%/19_keyboard_and_files \
	%D%/20_lock_and_semaphore
# Other libraries' callbacks, awaited.
bridges = \
	%D%/bridge_dns \
	%D%/bridge_http
check_PROGRAMS += $(lessons) $(bridges)

%C%_14_downloads_LDADD = src/await/libawait.la $(EVENT_EXTRA_LIBS)
%C%_bridge_dns_LDADD = src/await/libawait.la $(EVENT_EXTRA_LIBS)
%C%_bridge_http_LDADD = src/await/libawait.la $(EVENT_EXTRA_LIBS)

# They are installed as documentation, from which they can be built.
examplesdir = $(docdir)/examples
dist_examples_DATA = \
	%D%/README.md \
	%D%/seconds.h \
	%D%/seconds.py \
	%D%/bridge_dns.c \
	%D%/bridge_http.c \
	%D%/01_hello.c %D%/01_hello.py \
	%D%/02_one_after_the_other.c %D%/02_one_after_the_other.py \
	%D%/03_nested.c %D%/03_nested.py \
	%D%/04_gather.c %D%/04_gather.py \
	%D%/05_wait.c %D%/05_wait.py \
	%D%/06_done_callback.c %D%/06_done_callback.py \
	%D%/07_fork.c %D%/07_fork.py \
	%D%/08_stop.c %D%/08_stop.py \
	%D%/09_loop_not_empty.c %D%/09_loop_not_empty.py \
	%D%/10_loops_and_threads.c %D%/10_loops_and_threads.py \
	%D%/11_producer_consumer.c %D%/11_producer_consumer.py \
	%D%/12_window_of_four.c %D%/12_window_of_four.py \
	%D%/13_throttle.c %D%/13_throttle.py \
	%D%/14_downloads.c %D%/14_downloads.py \
	%D%/15_echo_server.c %D%/15_echo_server.py \
	%D%/16_echo_client.c %D%/16_echo_client.py \
	%D%/17_subprocesses.c %D%/17_subprocesses.py \
	%D%/18_protocol.c %D%/18_protocol.py \
	%D%/19_keyboard_and_files.c %D%/19_keyboard_and_files.py \
	%D%/20_lock_and_semaphore.c %D%/20_lock_and_semaphore.py

.PHONY: examples
examples: $(lessons) $(bridges)

EXTRA_DIST += %D%/readme.py
dist_check_SCRIPTS += %D%/test_examples.py
SLOW_TESTS += %D%/test_examples.py
