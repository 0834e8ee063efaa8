# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

TESTS += \
	%D%/test_await_3.py \
	%D%/test_bridging.py \
	%D%/test_manual.py \
	%D%/test_readme.py
PLAIN_TESTS += \
	%D%/test_architecture.py \
	%D%/test_echo_load.py \
	%D%/test_haproxy.py \
	%D%/test_ipvs.py \
	%D%/test_links.py \
	%D%/test_operations.py
EXTRA_DIST += \
	%D%/alerts_test.yml \
	%D%/document.py \
	%D%/machines.py \
	%D%/manual.py \
	%D%/test_architecture.py \
	%D%/test_await_3.py \
	%D%/test_bridging.py \
	%D%/test_echo_load.py \
	%D%/test_haproxy.py \
	%D%/test_ipvs.py \
	%D%/test_links.py \
	%D%/test_manual.py \
	%D%/test_operations.py \
	%D%/test_readme.py
