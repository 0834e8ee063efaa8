# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

echoddir = $(sysconfdir)/echod
EXTRA_DIST += %D%/echod.conf

# A file that somebody has changed is kept; ours goes beside it.
install-data-hook: install-conf
uninstall-hook: uninstall-conf
.PHONY: install-conf uninstall-conf
install-conf:
	$(MKDIR_P) '$(DESTDIR)$(echoddir)'
	@file='$(DESTDIR)$(echoddir)/echod.conf'; \
	if test -f "$$file" && ! cmp -s $(srcdir)/%D%/echod.conf "$$file"; \
	then echo "$$file has been changed: see echod.conf.new"; \
	    file="$$file.new"; \
	fi; \
	$(INSTALL_DATA) $(srcdir)/%D%/echod.conf "$$file"
uninstall-conf:
	@file='$(DESTDIR)$(echoddir)/echod.conf'; \
	if cmp -s $(srcdir)/%D%/echod.conf "$$file"; then rm -f "$$file"; fi
	rm -f '$(DESTDIR)$(echoddir)/echod.conf.new'
	-rmdir '$(DESTDIR)$(echoddir)' 2>/dev/null
