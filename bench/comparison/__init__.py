# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors
"""What compare.py is made of."""
