# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/architecture.md %D%/performance.md
# What echo-load --json prints.
dist_doc_DATA = %D%/echo-load.schema.json
EXTRA_DIST += %D%/images/stall.svg
