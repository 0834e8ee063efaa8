# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/files.in %D%/hello.c
dist_check_SCRIPTS += %D%/test_install.sh %D%/test_tarball.sh
PLAIN_TESTS += %D%/test_tarball.sh
# It tells what is wrong with either library, so it needs both.
if BUILD_BOTH_LIBRARIES
if !SANITIZERS
PLAIN_TESTS += %D%/test_install.sh
endif
endif

# Prints what is to be installed, but for what there are many of.
if !INSTALL_UNITS
without_units = -e '/systemd/d' -e '/sysusers/d'
endif
.PHONY: list-installed
list-installed:
	@$(SED) $(without_units) \
	    -e 's,@bindir[@],$(bindir),' \
	    -e 's,@datadir[@],$(datadir),' \
	    -e 's,@docdir[@],$(docdir),' \
	    -e 's,@includedir[@],$(includedir),' \
	    -e 's,@libdir[@],$(libdir),' \
	    -e 's,@mandir[@],$(mandir),' \
	    -e 's,@prefix[@],$(prefix),' \
	    -e 's,@sbindir[@],$(sbindir),' \
	    -e 's,@sysconfdir[@],$(sysconfdir),' \
	    -e 's,@systemdsystemunitdir[@],$(systemdsystemunitdir),' \
	    $(srcdir)/%D%/files.in
