# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/echod.service.in %D%/echod.socket
CLEANFILES += %D%/echod.service

if INSTALL_UNITS
systemdsystemunit_DATA = %D%/echod.service %D%/echod.socket
endif

%D%/echod.service: %D%/echod.service.in Makefile
	@$(MKDIR_P) %D%
	$(AM_V_GEN)$(substitute) $(srcdir)/%D%/echod.service.in > $@
