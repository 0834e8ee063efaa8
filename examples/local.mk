# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

