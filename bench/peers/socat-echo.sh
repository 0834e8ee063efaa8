#!/bin/sh
# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
#
# An echo server of socat, which forks a process a connection.

exec socat -dd TCP4-LISTEN:0,bind=127.0.0.1,fork,backlog=4096,nodelay PIPE 2>&1
