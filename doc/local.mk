# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# Documents are installed in the same folders as here, so the links from one to
# another hold there too.
dist_doc_DATA = CONTRIBUTING.md LICENSE README.md
documentsdir = $(docdir)/doc
dist_documents_DATA = \
	%D%/alerts.yml \
	%D%/architecture.md \
	%D%/operations.md \
	%D%/performance.md
# What echo-load --json prints, and echo-load compare --json.
dist_documents_DATA += \
	%D%/echo-load-compare.schema.json \
	%D%/echo-load.schema.json
imagesdir = $(documentsdir)/images
dist_images_DATA = %D%/images/stall.svg
