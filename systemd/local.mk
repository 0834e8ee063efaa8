# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/echod.service.in %D%/echod.socket
CLEANFILES += %D%/echod.service

if INSTALL_UNITS
systemdsystemunit_DATA = %D%/echod.service %D%/echod.socket
# An empty folder, over which the service's mounts are.
service_root = $(pkglibdir)/root
endif

install-data-hook: install-service-root
uninstall-hook: uninstall-service-root
.PHONY: install-service-root uninstall-service-root
install-service-root:
	test -z '$(service_root)' || $(MKDIR_P) '$(DESTDIR)$(service_root)'
uninstall-service-root:
	-test -z '$(service_root)' || \
	    rmdir '$(DESTDIR)$(service_root)' '$(DESTDIR)$(pkglibdir)'

%D%/echod.service: %D%/echod.service.in Makefile
	@$(MKDIR_P) %D%
	$(AM_V_GEN)$(substitute) $(srcdir)/%D%/echod.service.in > $@
