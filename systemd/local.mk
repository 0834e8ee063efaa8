# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

EXTRA_DIST += %D%/echod.service.in %D%/echod.socket \
	%D%/sysusers.d/echod.conf
CLEANFILES += %D%/echod.service

if INSTALL_UNITS
systemdsystemunit_DATA = %D%/echod.service %D%/echod.socket
# An empty folder, in which systemd makes others to mount over.
service_root = $(pkglibdir)/root
sysusersdir = $(prefix)/lib/sysusers.d
sysusers_DATA = %D%/sysusers.d/echod.conf
endif

install-data-hook: install-service-root
uninstall-hook: uninstall-service-root
.PHONY: install-service-root uninstall-service-root
install-service-root:
	test -z '$(service_root)' || $(MKDIR_P) '$(DESTDIR)$(service_root)'
uninstall-service-root:
	test -z '$(service_root)' || rm -rf '$(DESTDIR)$(service_root)'
	-test -z '$(service_root)' || rmdir '$(DESTDIR)$(pkglibdir)'

%D%/echod.service: %D%/echod.service.in Makefile
	@$(MKDIR_P) %D%
	$(AM_V_GEN)$(substitute) $(srcdir)/%D%/echod.service.in > $@
