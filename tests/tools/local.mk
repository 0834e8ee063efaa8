# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

dist_check_SCRIPTS += %D%/test_make_certs.py %D%/test_stall_picture.py
PLAIN_TESTS += %D%/test_make_certs.py %D%/test_stall_picture.py
