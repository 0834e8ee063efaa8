# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

src_await_libawait_la_SOURCES +=
