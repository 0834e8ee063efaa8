# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# The tests of libawait, a program a module, named after its source.  They are
# linked with $(LDADD): the static libawait and Check.
AM_CPPFLAGS += -I$(srcdir)/%D%

# For tests that make calls fail: what fail.c wraps.
FAIL_WRAPS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup \
	-Wl,--wrap=vasprintf,--wrap=mmap,--wrap=mprotect \
	-Wl,--wrap=eventfd,--wrap=epoll_create1,--wrap=epoll_ctl,--wrap=pthread_create \
	-Wl,--wrap=socket,--wrap=bind,--wrap=listen,--wrap=accept4 \
	-Wl,--wrap=setsockopt,--wrap=connect,--wrap=send,--wrap=recv \
	-Wl,--wrap=aw_send,--wrap=aw_recv \
	-Wl,--wrap=getsockopt,--wrap=getsockname \
	-Wl,--wrap=pipe2,--wrap=pidfd_open,--wrap=timerfd_create
FAIL_SHARED = %D%/fail.c %D%/fail.h

include %D%/coro/local.mk
include %D%/core/local.mk
include %D%/sync/local.mk
include %D%/net/local.mk
include %D%/process/local.mk
include %D%/cases/local.mk

# What of CPython's suite is covered.
dist_check_SCRIPTS += %D%/test_cases.py
PLAIN_TESTS += %D%/test_cases.py
include %D%/tools/local.mk
