# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/architecture.md %D%/performance.md
# What echo-load --json prints, and echo-load compare --json.
dist_doc_DATA = %D%/echo-load.schema.json %D%/echo-load-compare.schema.json
# For operators.
dist_doc_DATA += %D%/alerts.yml %D%/operations.md
EXTRA_DIST += %D%/images/stall.svg
