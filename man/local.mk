# SPDX-License-Identifier: MIT
# Copyright (c) the echod authors

dist_man_MANS += %D%/echod.8 %D%/echod.conf.5 %D%/echo-client.1 \
	%D%/echo-load.1

# The library's pages.  Each function that a page describes gets a page of its
# own name when it is installed, which sends the reader there.
AWAIT_PAGES = \
	%D%/await.3 \
	%D%/aw_barrier_new.3 \
	%D%/aw_cancel.3 \
	%D%/aw_condition_new.3 \
	%D%/aw_create_connection.3 \
	%D%/aw_create_subprocess_exec.3 \
	%D%/aw_create_task.3 \
	%D%/aw_event_new.3 \
	%D%/aw_gather.3 \
	%D%/aw_group_enter.3 \
	%D%/aw_lock_new.3 \
	%D%/aw_loop_call_soon.3 \
	%D%/aw_loop_create_future.3 \
	%D%/aw_loop_new.3 \
	%D%/aw_loop_set_debug.3 \
	%D%/aw_loop_set_exception_handler.3 \
	%D%/aw_open_connection.3 \
	%D%/aw_queue_new.3 \
	%D%/aw_reader_read.3 \
	%D%/aw_run.3 \
	%D%/aw_semaphore_new.3 \
	%D%/aw_start_server.3 \
	%D%/aw_strerror.3 \
	%D%/aw_timeout_enter.3 \
	%D%/aw_tls_context_new.3 \
	%D%/aw_to_thread.3 \
	%D%/aw_wait_readable.3 \
	%D%/aw_writer_start_tls.3 \
	%D%/aw_writer_write.3
dist_man_MANS += $(AWAIT_PAGES) %D%/await-bridging.7

# Prints "PAGE FUNCTION" for each further name of a page.
list_links = for page in $(AWAIT_PAGES); do \
	$(SED) -n 's/^\.Nm \(aw_[a-z0-9_]*\).*/\1/p' "$(srcdir)/$$page" | \
	while read -r name; do \
		page=$${page\#\#*/}; \
		test "$$name.3" = "$$page" || echo "$$page $$name"; \
	done; done

install-data-hook:
	@$(list_links) | while read -r page name; do \
		echo ".so man3/$$page" >"$(DESTDIR)$(man3dir)/$$name.3"; \
	done
uninstall-hook:
	@$(list_links) | while read -r page name; do \
		rm -f "$(DESTDIR)$(man3dir)/$$name.3"; \
	done
