# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

# With it, the tarball can be built by dpkg-buildpackage as a clone can.
EXTRA_DIST += \
	%D%/changelog \
	%D%/control \
	%D%/copyright \
	%D%/echod-clients.install \
	%D%/echod.install \
	%D%/echod.links \
	%D%/echod.lintian-overrides \
	%D%/echod.postrm \
	%D%/echod.prerm \
	%D%/libawait-dev.install \
	%D%/libawait0.install \
	%D%/libawait0.symbols \
	%D%/not-installed \
	%D%/rules \
	%D%/source/format \
	%D%/tests/control \
	%D%/tests/library \
	%D%/tests/service
